-- Times are milliseconds since the epoch, volumes hundredths (10.5 is 1050), sets of volumes canonical text ("1-3,5").

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Libraries, sources, clients, targets and hooks. `config` holds no secret; `sealed` holds nothing else.
CREATE TABLE connection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    managed TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    config TEXT NOT NULL,
    sealed TEXT,
    failures BIGINT NOT NULL DEFAULT 0,
    blocked_until BIGINT,
    error TEXT,
    error_at BIGINT,
    ok_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (role, name)
);

CREATE TABLE library (
    connection_id BIGINT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    armed_at BIGINT,
    imported_at BIGINT,
    scanned_at BIGINT,
    held TEXT,
    problems TEXT NOT NULL DEFAULT '[]',
    read_as TEXT,
    heard_at BIGINT,
    -- Someone outside said that something changed in it; it is to be looked at.
    hinted_at BIGINT
);

CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    folded TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    not_aliases TEXT NOT NULL,
    monitored BOOLEAN NOT NULL,
    auto_send BOOLEAN NOT NULL,
    wanted_from BIGINT,
    wanted_to BIGINT,
    ignored TEXT NOT NULL,
    total BIGINT,
    stated_total BIGINT,
    -- How many are out where it is collected, by the catalogue that counts; whether that counts more than the libraries; the numbers among
    -- them that nobody counts with.
    announced_total BIGINT,
    announced_by TEXT,
    announced_before_libraries BOOLEAN NOT NULL DEFAULT false,
    announced_specials TEXT NOT NULL DEFAULT '',
    announced_status TEXT,
    -- Which of these numbers are wanted: never, all, or a set.
    specials TEXT NOT NULL DEFAULT 'never',
    sources TEXT NOT NULL,
    edition TEXT NOT NULL,
    editions TEXT NOT NULL,
    profile TEXT,
    present TEXT NOT NULL,
    damaged TEXT NOT NULL,
    doubtful TEXT NOT NULL,
    vanished TEXT NOT NULL,
    missing BIGINT NOT NULL,
    due_at BIGINT,
    checked_at BIGINT,
    fruitless BIGINT NOT NULL DEFAULT 0,
    search_at BIGINT,
    searched_at BIGINT,
    complete_at BIGINT,
    waits_since BIGINT,
    waits_until BIGINT,
    -- Someone outside said that something changed of it; it is due once its libraries were looked at.
    hinted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX series_folded ON series (folded, language);
CREATE INDEX series_due ON series (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX series_waits ON series (waits_until) WHERE waits_until IS NOT NULL;
CREATE INDEX series_hinted ON series (hinted_at) WHERE hinted_at IS NOT NULL;

CREATE TABLE series_alias (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    folded TEXT NOT NULL,
    alias TEXT NOT NULL,
    taught BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (series_id, folded)
);
CREATE INDEX series_alias_folded ON series_alias (folded);

-- Which series a library's own key means. `present`, `damaged`, `doubtful` and `vanished` are what that library shows of it, `status` (ongoing, ended,
-- hiatus, abandoned) and `tags` (JSON; `folded_tags`, as they are compared) what it says of it.
CREATE TABLE series_link (
    library_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    external_key TEXT NOT NULL,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    present TEXT NOT NULL,
    damaged TEXT NOT NULL,
    doubtful TEXT NOT NULL,
    vanished TEXT NOT NULL,
    status TEXT,
    tags TEXT NOT NULL,
    folded_tags TEXT NOT NULL,
    -- How many volumes exist, as the library says by this key.
    total BIGINT,
    -- A mark of its names, identities and total there.
    said TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- The series that it meant before that was merged into this one.
    merged_from BIGINT,
    -- The user took it out of another series.
    apart BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (library_id, external_key)
);
CREATE INDEX series_link_series ON series_link (series_id);

-- Which series of which catalogue it is: as a library says by one of its keys or, without these two, the user.
CREATE TABLE series_identity (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    catalogue TEXT NOT NULL,
    external_id TEXT NOT NULL,
    library_id BIGINT REFERENCES connection (id) ON DELETE CASCADE,
    external_key TEXT
);
CREATE UNIQUE INDEX series_identity_once ON series_identity (series_id, catalogue, external_id, COALESCE(library_id, 0), COALESCE(external_key, ''));
CREATE INDEX series_identity_of ON series_identity (catalogue, external_id);
CREATE INDEX series_identity_key ON series_identity (library_id, external_key);

-- Which series of a catalogue it is, and when that is asked next. `chosen_by`: library, certain, list, user; nobody when the user says that it is in
-- none of it; null while that is not known.
CREATE TABLE catalogue_link (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    catalogue TEXT NOT NULL,
    external_id TEXT,
    chosen_by TEXT,
    due_at BIGINT NOT NULL,
    asked_at BIGINT,
    found_at BIGINT,
    problem TEXT,
    PRIMARY KEY (series_id, catalogue)
);
CREATE INDEX catalogue_link_due ON catalogue_link (catalogue, due_at);
CREATE INDEX catalogue_link_id ON catalogue_link (catalogue, external_id);
CREATE INDEX catalogue_link_problem ON catalogue_link (series_id, catalogue) WHERE problem IS NOT NULL;

-- Series of a catalogue that may be meant; `reasons` is JSON.
CREATE TABLE catalogue_candidate (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    catalogue TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    year BIGINT,
    score BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (series_id, catalogue, external_id)
);
CREATE INDEX catalogue_candidate_best ON catalogue_candidate (series_id, catalogue, score);

-- What a catalogue says of a series in a market (`said`, JSON), and what it says since `held_since` and is not believed (`held`, `held_why`, JSON).
CREATE TABLE catalogue_statement (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    catalogue TEXT NOT NULL,
    market TEXT NOT NULL,
    said TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    held TEXT,
    held_why TEXT,
    held_since BIGINT,
    PRIMARY KEY (series_id, catalogue, market)
);
CREATE INDEX catalogue_statement_held ON catalogue_statement (held_since) WHERE held_since IS NOT NULL;

-- The volumes that a catalogue lists with a day (2026-07-08, 2026-07, 2026), of what is believed.
CREATE TABLE release_day (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    catalogue TEXT NOT NULL,
    market TEXT NOT NULL,
    language TEXT,
    volume BIGINT NOT NULL,
    day TEXT NOT NULL,
    isbn TEXT,
    PRIMARY KEY (series_id, catalogue, market, volume)
);
CREATE INDEX release_day_day ON release_day (day);

-- Lists that people keep at a catalogue, whose series a library is to hold. `states` (reading,completed,paused,dropped,planning): which of them;
-- `needs_person`: what `problem` says will not pass by itself.
CREATE TABLE import_list (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    catalogue TEXT NOT NULL,
    user_name TEXT NOT NULL,
    states TEXT NOT NULL,
    library_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    language TEXT,
    monitored BOOLEAN NOT NULL,
    enabled BOOLEAN NOT NULL,
    due_at BIGINT NOT NULL,
    read_at BIGINT,
    -- It has no more series than were read.
    is_whole BOOLEAN NOT NULL DEFAULT true,
    problem TEXT,
    problem_at BIGINT,
    needs_person BOOLEAN NOT NULL DEFAULT false,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX import_list_once ON import_list (catalogue, LOWER(user_name), library_id);

-- A series that stands on a list, or stood there. `outcome`: added, known, left_out (`why`), removed; one that was added or known and has no series any
-- more was removed by the user.
CREATE TABLE import_list_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list_id BIGINT NOT NULL REFERENCES import_list (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    series_id BIGINT REFERENCES series (id) ON DELETE SET NULL,
    outcome TEXT NOT NULL,
    why TEXT,
    seen_at BIGINT NOT NULL,
    UNIQUE (list_id, external_id)
);
CREATE INDEX import_list_entry_series ON import_list_entry (series_id) WHERE series_id IS NOT NULL;

-- A series that was merged into another: what it was called, and in `kept` (JSON) what it takes to have it back.
CREATE TABLE series_merge (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_id BIGINT NOT NULL UNIQUE,
    into_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    folded TEXT NOT NULL,
    language TEXT NOT NULL,
    edition TEXT NOT NULL,
    kind TEXT NOT NULL,
    kept TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX series_merge_folded ON series_merge (folded, language);
CREATE INDEX series_merge_into ON series_merge (into_id);

-- Two series of which the user says that they are not one; the lower number first.
CREATE TABLE series_apart (
    first_id BIGINT NOT NULL,
    second_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);

CREATE TABLE library_file (
    library_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    external_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    volumes TEXT NOT NULL,
    title TEXT,
    stated_count BIGINT,
    language TEXT,
    edition TEXT NOT NULL,
    problem TEXT,
    damaged BOOLEAN NOT NULL,
    doubtful BOOLEAN NOT NULL,
    PRIMARY KEY (library_id, path)
);
CREATE INDEX library_file_series ON library_file (library_id, external_key, path);

CREATE TABLE want (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    volume BIGINT NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    since BIGINT NOT NULL,
    overdue BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (series_id, volume)
);
CREATE INDEX want_state ON want (state, since);

-- No link is kept: `fingerprint` is a hash, `content` an identity: an infohash, or `ed2k:` with hash and size.
CREATE TABLE offer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    source_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    indexer_id BIGINT NOT NULL,
    indexer TEXT NOT NULL,
    language TEXT,
    categories TEXT NOT NULL,
    title TEXT NOT NULL,
    size BIGINT,
    seeders BIGINT,
    published_at BIGINT,
    content TEXT,
    network TEXT,
    term TEXT NOT NULL,
    volumes TEXT NOT NULL,
    useful TEXT NOT NULL,
    decision TEXT NOT NULL,
    reasons TEXT NOT NULL,
    ranking TEXT NOT NULL,
    relevance BIGINT NOT NULL,
    relevance_parts TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    UNIQUE (series_id, source_id, fingerprint)
);
CREATE INDEX offer_series ON offer (series_id, decision, term);
CREATE INDEX offer_seen ON offer (last_seen);

CREATE TABLE grab (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    offer_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    client TEXT NOT NULL,
    source TEXT NOT NULL,
    indexer TEXT NOT NULL,
    content TEXT NOT NULL,
    title TEXT NOT NULL,
    size BIGINT,
    reserves TEXT NOT NULL,
    carries TEXT NOT NULL,
    by_hand BOOLEAN NOT NULL,
    alias TEXT,
    -- Added to the client from here; what was there before is never touched.
    ours BOOLEAN NOT NULL,
    -- It is given up, and still to be taken out of its client.
    leaving BOOLEAN NOT NULL DEFAULT false,
    -- Which of its files are fetched: whole, pending, adding, made. Written before the client is called.
    selection TEXT NOT NULL,
    -- Their paths as the client lists them (JSON), and their bytes; only when made.
    selected TEXT,
    selected_bytes BIGINT,
    state TEXT NOT NULL,
    message TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    ended_at BIGINT,
    updated_at BIGINT NOT NULL,
    -- What its client showed of it when it was last looked at.
    client_state TEXT,
    doing TEXT NOT NULL,
    done_bytes BIGINT NOT NULL,
    idle BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    looked_at BIGINT,
    moved_at BIGINT,
    -- Codes of faults in what came that a person has accepted, as JSON.
    accepted TEXT NOT NULL,
    -- Why what came is not on the shelf yet, and when it is looked into again.
    problem TEXT,
    problem_since BIGINT,
    look_at BIGINT
);
CREATE INDEX grab_state ON grab (state);
CREATE INDEX grab_series ON grab (series_id);
CREATE INDEX grab_created ON grab (created_at);
CREATE INDEX grab_leaving ON grab (client_id) WHERE leaving;

-- A volume is reserved by at most one live grab, whichever process writes.
CREATE TABLE grab_volume (
    grab_id BIGINT NOT NULL REFERENCES grab (id) ON DELETE CASCADE,
    series_id BIGINT NOT NULL,
    volume BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- Why it is not right: a code, and a sentence.
    code TEXT,
    reason TEXT,
    live BOOLEAN NOT NULL,
    PRIMARY KEY (grab_id, volume)
);
CREATE UNIQUE INDEX grab_volume_live ON grab_volume (series_id, volume) WHERE live;

-- A file that is put into a library: each step is written before it is done. Outlives grab, series and library, as the file does.
CREATE TABLE placement (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    grab_id BIGINT NOT NULL,
    series_id BIGINT NOT NULL,
    library_id BIGINT NOT NULL,
    volumes TEXT NOT NULL,
    source TEXT NOT NULL,
    root TEXT NOT NULL,
    target TEXT NOT NULL,
    new_folder BOOLEAN NOT NULL,
    may_link BOOLEAN NOT NULL,
    replaces TEXT,
    convert BOOLEAN NOT NULL,
    comic_info TEXT,
    step TEXT NOT NULL,
    how TEXT,
    temp TEXT,
    folder TEXT,
    source_size BIGINT,
    size BIGINT,
    inode BIGINT,
    modified BIGINT,
    checksum TEXT,
    message TEXT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX placement_grab ON placement (grab_id);
CREATE INDEX placement_target ON placement (library_id, target);
-- One file at a time is on its way to a place, whichever process brings it.
CREATE UNIQUE INDEX placement_on_its_way ON placement (library_id, target) WHERE step IN ('planned', 'writing', 'renaming', 'undoing');

CREATE TABLE check_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cause TEXT NOT NULL,
    dry_run BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    stats TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX check_run_state ON check_run (state, id);
-- What happens by itself is asked for once, whichever replica's clock strikes first.
CREATE UNIQUE INDEX check_run_by_itself ON check_run (cause) WHERE state IN ('queued', 'running') AND cause IN ('schedule', 'library');

-- What came of each series of a check. Stays when the series is merged into another.
CREATE TABLE check_series (
    check_id BIGINT NOT NULL REFERENCES check_run (id) ON DELETE CASCADE,
    series_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    report TEXT,
    PRIMARY KEY (check_id, series_id)
);
CREATE INDEX check_series_series ON check_series (series_id);

-- One row per indexer: what was spent of its budget, and when it may be asked again.
CREATE TABLE indexer (
    source_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    indexer_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    private BOOLEAN NOT NULL,
    language TEXT,
    blocked_until BIGINT,
    day TEXT NOT NULL,
    used BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (source_id, indexer_id)
);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    series_id BIGINT,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX event_type ON event (type, seq);
CREATE INDEX event_series ON event (series_id, seq);

-- What the connection of a target does not say.
CREATE TABLE target (
    connection_id BIGINT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    -- Nothing is told before then: the user said so.
    paused_until BIGINT,
    -- Why it was switched off by itself. It stays until a message is taken again.
    switched_off TEXT
);

-- What is told to whom. Rows are written in the event's own transaction; those of a target are told in the order of their numbers.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_seq BIGINT NOT NULL REFERENCES event (seq) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    -- due, told, dead; gathered: it is told by the summary of `summary_id`.
    state TEXT NOT NULL,
    -- It is held by neither quiet hours nor a digest.
    urgent BOOLEAN NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    summary_id BIGINT REFERENCES delivery (id) ON DELETE SET NULL,
    -- Sealed JSON: the links that were signed for the first attempt, so that each attempt carries the same.
    links TEXT,
    ended_at BIGINT,
    acknowledged_at BIGINT,
    UNIQUE (event_seq, target_id)
);
CREATE INDEX delivery_due ON delivery (target_id, id) WHERE state = 'due';
CREATE INDEX delivery_urgent ON delivery (target_id, id) WHERE state = 'due' AND urgent;
CREATE INDEX delivery_of_target ON delivery (target_id, id);
CREATE INDEX delivery_ended ON delivery (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX delivery_summary ON delivery (summary_id) WHERE summary_id IS NOT NULL;

-- Each attempt to tell it: written before the call, settled after it.
CREATE TABLE attempt (
    delivery_id BIGINT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    -- under_way, told, failed.
    outcome TEXT NOT NULL,
    status BIGINT,
    millis BIGINT,
    answer TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (delivery_id, number)
);

-- By which a target finds a message again that later ones change.
CREATE TABLE thread (
    target_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    handle TEXT NOT NULL,
    delivery_id BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (target_id, name)
);

-- The last bodies that came to a hook, without their secrets.
CREATE TABLE hook_body (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hook_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    -- A hash of all of it as it came.
    fingerprint TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- Null when it was neither JSON nor a form.
    body TEXT,
    -- Only its beginning is kept.
    cut BOOLEAN NOT NULL,
    event TEXT NOT NULL,
    effect TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- How often it came again within minutes.
    repeats BIGINT NOT NULL
);
CREATE INDEX hook_body_hook ON hook_body (hook_id, id);

-- What came to a hook in the last minutes, so that it counts once.
CREATE TABLE hook_seen (
    hook_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (hook_id, fingerprint)
);

-- What does not work and is looked for once a minute: what of it was told.
CREATE TABLE trouble (
    subject TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Limits and preferences, as JSON; the one named 'default' holds where no other is named.
CREATE TABLE profile (
    name TEXT PRIMARY KEY,
    managed TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The user's own rules, as JSON: for everything, for a library, or for a series.
CREATE TABLE rule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    managed TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    library_id BIGINT REFERENCES connection (id) ON DELETE CASCADE,
    series_id BIGINT REFERENCES series (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Never sent again: by the offer's fingerprint, and by its identity under other names.
CREATE TABLE blocked (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    content TEXT,
    title TEXT NOT NULL,
    size BIGINT,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (series_id, fingerprint)
);

-- One open question per series and cause, with its candidates, best first.
CREATE TABLE review (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    cause TEXT NOT NULL,
    state TEXT NOT NULL,
    volumes TEXT NOT NULL,
    candidates TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX review_open ON review (series_id, cause) WHERE state = 'open';
CREATE INDEX review_state ON review (state, updated_at);

-- How far the lists of threads of a source's forums were read. `page` is the next one of a reading that is under way since `began_at`, `listed_at` when the
-- last that came to its end had begun; `sweep_page` the next one of the slow full sweep. `problem`: why it could not be read at `problem_at`.
CREATE TABLE forum (
    source_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    forum_id BIGINT NOT NULL,
    page BIGINT,
    pages BIGINT NOT NULL DEFAULT 0,
    began_at BIGINT,
    listed_at BIGINT,
    sweep_page BIGINT NOT NULL DEFAULT 1,
    swept_at BIGINT,
    problem TEXT,
    problem_at BIGINT,
    PRIMARY KEY (source_id, forum_id)
);

-- The crawl of a forum source: `crawling` from its begin to its end, over restarts. `pages`, `threads` and `links` count what this or the last one read.
CREATE TABLE forum_crawl (
    source_id BIGINT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    crawling BOOLEAN NOT NULL DEFAULT false,
    asked BOOLEAN NOT NULL DEFAULT false,
    began_at BIGINT,
    ended_at BIGINT,
    sweep_left BIGINT NOT NULL DEFAULT 0,
    swept_at BIGINT,
    pages BIGINT NOT NULL DEFAULT 0,
    threads BIGINT NOT NULL DEFAULT 0,
    links BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    rests_until BIGINT,
    -- The credentials of this version of the connection were refused: they are not tried again by themselves, and by nobody before `refused_until`.
    refused BIGINT,
    refused_until BIGINT,
    -- When something of the forum was last read.
    read_at BIGINT,
    -- Goes up with every change of the index.
    written BIGINT NOT NULL DEFAULT 0
);

-- `replies` is -1, and `forum_id` 0, while the thread was in no list; `place` is where it stood in it. `due`: to be read; `faults` counts readings that
-- failed since the last good one, the last at `tried_at` for `problem`.
CREATE TABLE forum_thread (
    source_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    thread_id BIGINT NOT NULL,
    forum_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    folded TEXT NOT NULL,
    replies BIGINT NOT NULL,
    sticky BOOLEAN NOT NULL,
    place BIGINT NOT NULL DEFAULT 0,
    cover TEXT,
    due BOOLEAN NOT NULL,
    faults BIGINT NOT NULL DEFAULT 0,
    tried_at BIGINT,
    problem TEXT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (source_id, thread_id)
);
CREATE INDEX forum_thread_due ON forum_thread (source_id, thread_id) WHERE due;
CREATE INDEX forum_thread_problem ON forum_thread (source_id, thread_id) WHERE problem IS NOT NULL;

-- `folded` and `other` are the series titles that its name reads, as keys; `words` is all of its name and the title of its thread, folded.
CREATE TABLE ed2k_link (
    source_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    thread_id BIGINT NOT NULL,
    md4 TEXT NOT NULL,
    size BIGINT NOT NULL,
    aich TEXT,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    other TEXT,
    words TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    gone_at BIGINT,
    PRIMARY KEY (source_id, thread_id, md4, size)
);
CREATE INDEX ed2k_link_folded ON ed2k_link (source_id, folded);
CREATE INDEX ed2k_link_other ON ed2k_link (source_id, other) WHERE other IS NOT NULL;
CREATE INDEX ed2k_link_file ON ed2k_link (md4, size);
CREATE INDEX ed2k_link_gone ON ed2k_link (gone_at) WHERE gone_at IS NOT NULL;

-- The user says that a thread holds a series; it may hold several.
CREATE TABLE series_thread (
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    source_id BIGINT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    thread_id BIGINT NOT NULL,
    -- The series that it was said of before that was merged into this one; 0 for none.
    merged_from BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (series_id, source_id, thread_id, merged_from)
);
CREATE INDEX series_thread_thread ON series_thread (source_id, thread_id);
