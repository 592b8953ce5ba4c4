//! Stages 3 and 4: asks a source for a series, politely: budget, back-off, few pages, and by volume only when results were cut off.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveTime;

use crate::{
    app::App,
    clock, connection,
    domain::{
        link::Network,
        offer::{Offer, fingerprint},
        query,
        report::Asked,
        series::Series,
        volume::VolumeNumber,
    },
    health,
    ports::{Indexer, PortError, Purpose, RawOffer, SearchRequest, Source},
    settings::Settings,
    store::{
        self, StoreError,
        connection::Connection,
        indexer::{IndexerRow, Spend},
    },
};

/// Results asked for in one page.
const PAGE: u32 = 100;
/// Offers looked at for one series and source; what is behind them is noise.
const MOST_OFFERS: usize = 2_000;
/// Slept at most, before what may be asked is looked at again.
const LONGEST_SLEEP_MILLIS: i64 = 60_000;
/// How long a source's list of indexers is believed.
const INDEXERS_FRESH_MILLIS: i64 = 10 * 60 * 1000;

/// What a source answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// For the report.
    pub asked: Asked,
    /// Without repeats.
    pub offers: Vec<Offer>,
}

impl Answer {
    fn failed(row: &Connection, error: String) -> Self {
        Self {
            asked: Asked {
                source: row.name.clone(),
                error: Some(error),
                ..Asked::default()
            },
            offers: Vec::new(),
        }
    }
}

/// Whether a source is asked for this at all.
pub fn serves(row: &Connection, purpose: Purpose) -> bool {
    let settings = connection::Settings::from_json(&row.kind, &row.config);
    // What cannot be read is asked, and says so.
    row.enabled && settings.is_none_or(|settings| settings.serves(purpose))
}

/// Asks one source about one series: for these terms, and for the missing volumes when results were cut off. A source that fails says so in `asked.error`; what it returned before that counts.
///
/// # Errors
/// When the database fails.
pub async fn ask(
    app: &Arc<App>,
    settings: &Settings,
    row: &Connection,
    series: &Series,
    (terms, missing): (&[String], &[VolumeNumber]),
    purpose: Purpose,
) -> Result<Answer, StoreError> {
    let mut search = match Search::begin(app, settings, row, series.id, purpose).await? {
        Ok(search) => search,
        Err(error) => return Ok(Answer::failed(row, error)),
    };
    for term in terms {
        search.pages(term).await?;
    }
    // An index answers with all that it has; its keys are titles, not volumes.
    if search.answer.asked.truncated && !search.source.is_local() {
        for term in query::refined(series, missing) {
            search.page(&term, 0).await?;
        }
    }
    search.finish().await
}

/// A source's recent releases: one query without a term.
///
/// # Errors
/// When the database fails.
pub async fn recent(
    app: &Arc<App>,
    settings: &Settings,
    row: &Connection,
) -> Result<Answer, StoreError> {
    let mut search = match Search::begin(app, settings, row, 0, Purpose::Fresh).await? {
        Ok(search) => search,
        Err(error) => return Ok(Answer::failed(row, error)),
    };
    search.page("", 0).await?;
    search.finish().await
}

/// Looks for one offer again, whose link left the memory: the query that found it is asked once more.
///
/// # Errors
/// When the database fails.
pub async fn ask_again(
    app: &Arc<App>,
    settings: &Settings,
    row: &Connection,
    series: i64,
    term: &str,
) -> Result<Answer, StoreError> {
    let mut search = match Search::begin(app, settings, row, series, Purpose::Asked).await? {
        Ok(search) => search,
        Err(error) => return Ok(Answer::failed(row, error)),
    };
    search.pages(term).await?;
    search.finish().await
}

/// An offer of a source, given by its number and name. Its link is kept in memory.
pub fn taken_in(app: &App, (id, source): (i64, &str), raw: &RawOffer) -> Offer {
    let fingerprint = fingerprint(id, raw.indexer_id, &raw.guid);
    // A link of ed2k is rebuilt from its identity.
    let kept = raw.link.iter();
    for link in kept.filter(|_| raw.network != Some(Network::Ed2k)) {
        let now = app.clock.now();
        app.links.put(&fingerprint, link.clone(), now);
    }
    Offer {
        fingerprint,
        source_id: id,
        source: source.to_owned(),
        indexer_id: raw.indexer_id,
        indexer: raw.indexer.clone(),
        language: None,
        categories: raw.categories.clone(),
        title: raw.title.clone(),
        size: raw.size,
        seeders: raw.seeders,
        published_at: raw.published_at,
        content: raw.content.clone(),
        network: raw.network.filter(|_| raw.link.is_some()),
        term: String::new(),
        seen_at: app.clock.now(),
    }
}

/// Queries of a day that an indexer may get.
fn a_day(settings: &Settings, private: bool) -> i64 {
    match private {
        true => settings.queries_per_day_private,
        false => settings.queries_per_day,
    }
}

/// Of these, what searches that happen by themselves may take: the looks at recent releases that are still to come today keep theirs.
pub fn for_sweeps(settings: &Settings, private: bool, now: i64) -> i64 {
    let limit = a_day(settings, private);
    let midnight = clock::next_time(now, NaiveTime::MIN, settings.time_zone);
    let every = settings.fresh_minutes * 60_000;
    let looks_left = (midnight - now).checked_div(every).unwrap_or(0);
    limit - looks_left.min(limit / 2)
}

/// Whether a source may be asked now.
enum Turn {
    /// These indexers.
    Taken(Vec<i64>),
    /// Not before.
    At(i64),
    /// None of its indexers, today.
    Never,
}

struct Search<'a> {
    app: &'a Arc<App>,
    settings: &'a Settings,
    row: &'a Connection,
    /// For which it asks, if for one.
    series: Option<i64>,
    purpose: Purpose,
    /// Of connections, before it was found out whether the source may be asked.
    failures: u64,
    source: Arc<dyn Source>,
    seen: HashSet<String>,
    /// Of what each indexer offers, when its source says so.
    languages: HashMap<i64, String>,
    answer: Answer,
    /// A fault ends the search: a source in trouble is not asked further.
    ended: bool,
    worked: bool,
}

impl<'a> Search<'a> {
    /// Finds out whether the source may be asked; if not, the sentence that says why.
    async fn begin(
        app: &'a Arc<App>,
        settings: &'a Settings,
        row: &'a Connection,
        series: i64,
        purpose: Purpose,
    ) -> Result<Result<Self, String>, StoreError> {
        let now = app.clock.now();
        let failures = app.failures();
        let source = match app.source(row) {
            Ok(source) => source,
            Err(error) => return Ok(Err(format!("{} cannot be asked: {error}", row.name))),
        };
        let resting = health::resting(row, settings.time_zone, now);
        if let Some(resting) = resting.filter(|_| !source.is_local()) {
            return Ok(Err(resting));
        }
        let asked = Asked {
            source: row.name.clone(),
            ..Asked::default()
        };
        tracing::debug!(source = row.name, series, "asking");
        Ok(Ok(Self {
            app,
            settings,
            row,
            series: Some(series).filter(|series| *series != 0),
            purpose,
            failures,
            source,
            seen: HashSet::new(),
            languages: HashMap::new(),
            answer: Answer {
                asked,
                offers: Vec::new(),
            },
            ended: false,
            worked: false,
        }))
    }

    /// A term, and the pages behind a full one.
    async fn pages(&mut self, term: &str) -> Result<(), StoreError> {
        let mut offset = 0;
        for _ in 0..self.settings.max_result_pages {
            match self.page(term, offset).await? {
                Some(next) => offset = next,
                None => return Ok(()),
            }
        }
        self.answer.asked.truncated = true;
        Ok(())
    }

    /// One page. Where the next one begins, when there were new offers in it and there may be more.
    async fn page(&mut self, term: &str, offset: u32) -> Result<Option<u32>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let Some(indexers) = self.take_turn().await? else {
            return Ok(None);
        };
        if !self.answer.asked.terms.iter().any(|known| known == term) {
            self.answer.asked.terms.push(term.to_owned());
        }
        let request = SearchRequest {
            term: term.to_owned(),
            offset,
            limit: match self.source.is_local() {
                true => MOST_OFFERS as u32,
                false => PAGE,
            },
            indexers,
            series: self.series,
        };
        match self.source.search(&request).await {
            Ok(page) => {
                self.worked = true;
                self.answer.asked.answered = true;
                let new = page
                    .offers
                    .into_iter()
                    .filter(|offer| self.keep(offer, term))
                    .count();
                let goes_on = new > 0 && self.answer.offers.len() < MOST_OFFERS;
                Ok(page.next.filter(|_| goes_on))
            }
            Err(error) => {
                self.fault(&error).await?;
                Ok(None)
            }
        }
    }

    /// Keeps an offer that is new, and its link in memory. A source that ignores `offset` repeats itself; that ends the paging.
    fn keep(&mut self, raw: &RawOffer, term: &str) -> bool {
        let fingerprint = fingerprint(self.row.id, raw.indexer_id, &raw.guid);
        if self.answer.offers.len() >= MOST_OFFERS || !self.seen.insert(fingerprint) {
            return false;
        }
        self.answer.offers.push(Offer {
            language: self.languages.get(&raw.indexer_id).cloned(),
            term: term.to_owned(),
            ..taken_in(self.app, (self.row.id, &self.row.name), raw)
        });
        true
    }

    /// Waits until the indexers may be asked and takes one query out of each one's budget. None when none may be asked today.
    async fn take_turn(&mut self) -> Result<Option<Vec<i64>>, StoreError> {
        if self.source.is_local() {
            return Ok(self.local_indexers().await);
        }
        let row = self.app.turn(self.row.id);
        let mut listed_at = row.lock().await;
        if !self.may_begin(&mut listed_at).await? {
            return Ok(None);
        }
        drop(listed_at);
        // Whoever has to wait stands at the head of the row; whoever need not holds up no one while the database writes.
        let mut head = None;
        loop {
            let until = match self.spend().await? {
                Turn::Taken(indexers) => return Ok(Some(indexers)),
                Turn::Never => {
                    self.ended = true;
                    return Ok(None);
                }
                Turn::At(until) => until.min(self.app.clock.now() + LONGEST_SLEEP_MILLIS),
            };
            if head.is_none() {
                let mut listed_at = row.lock().await;
                if !self.may_begin(&mut listed_at).await? {
                    return Ok(None);
                }
                head = Some(listed_at);
                continue;
            }
            tokio::select! {
                () = self.app.clock.sleep_until(until) => {}
                () = self.app.stop.cancelled() => {
                    self.ended = true;
                    self.answer.asked.error = Some("the program is stopping".into());
                    return Ok(None);
                }
            }
        }
    }

    /// Of a local index; it has no budget, and nobody waits for it.
    async fn local_indexers(&mut self) -> Option<Vec<i64>> {
        let indexers = self.source.indexers().await.ok()?;
        let language = |indexer: &Indexer| Some((indexer.id, indexer.language.clone()?));
        self.languages = indexers.iter().filter_map(language).collect();
        Some(indexers.iter().map(|indexer| indexer.id).collect())
    }

    /// Looks whether the source is in trouble by now, and knows its indexers. They are listed again when that was long ago.
    async fn may_begin(&mut self, listed_at: &mut Option<i64>) -> Result<bool, StoreError> {
        let now = self.app.clock.now();
        if self.failures != self.app.failures() {
            // Another series may have met trouble while this one waited for its turn.
            let row = store::connection::get(&self.app.db, self.row.id).await?;
            let resting = row.and_then(|row| health::resting(&row, self.settings.time_zone, now));
            if resting.is_some() {
                self.ended = true;
                self.answer.asked.error = resting;
                return Ok(false);
            }
        }
        if listed_at.is_none_or(|at| at + INDEXERS_FRESH_MILLIS < now) {
            if let Err(error) = self.list_indexers().await? {
                self.fault(&error).await?;
                return Ok(false);
            }
            *listed_at = Some(now);
        }
        Ok(true)
    }

    /// Takes one query out of the budget of each indexer that may be asked, once all of them may.
    async fn spend(&mut self) -> Result<Turn, StoreError> {
        let now = self.app.clock.now();
        let day = clock::day(now, self.settings.time_zone);
        let rows = store::indexer::list(&self.app.db, self.row.id).await?;
        let language = |row: &IndexerRow| Some((row.indexer_id, row.language.clone()?));
        self.languages = rows.iter().filter_map(language).collect();
        let (usable, resting): (Vec<IndexerRow>, Vec<IndexerRow>) = rows
            .into_iter()
            .partition(|row| self.may_be_asked(row, &day, now));
        self.note_resting(&resting, usable.len(), &day, now);
        let Some(ready_at) = usable.iter().map(|row| row.next_at).max() else {
            return Ok(Turn::Never);
        };
        if ready_at > now {
            return Ok(Turn::At(ready_at));
        }
        let spend = Spend {
            source: self.row.id,
            day: &day,
            now,
            next_at: now + self.settings.seconds_between_queries * 1000,
        };
        let limits = usable
            .iter()
            .map(|row| (row.indexer_id, self.limit(row, now)));
        let limits: Vec<_> = limits.collect();
        let taken = store::indexer::spend(&self.app.db, &spend, &limits).await?;
        Ok(match taken.is_empty() {
            false => Turn::Taken(taken),
            // Someone was faster; it is looked at again.
            true => Turn::At(now),
        })
    }

    /// Queries of this day that this search may bring an indexer to.
    fn limit(&self, row: &IndexerRow, now: i64) -> i64 {
        match self.purpose {
            Purpose::Sweep => for_sweeps(self.settings, row.private, now),
            Purpose::Fresh | Purpose::Asked => a_day(self.settings, row.private),
        }
    }

    fn is_spent(&self, row: &IndexerRow, day: &str, now: i64) -> bool {
        row.day == day && row.used >= self.limit(row, now)
    }

    fn may_be_asked(&self, row: &IndexerRow, day: &str, now: i64) -> bool {
        !self.is_spent(row, day, now) && row.blocked_until.is_none_or(|until| until <= now)
    }

    fn note_resting(&mut self, resting: &[IndexerRow], usable: usize, day: &str, now: i64) {
        if resting.is_empty() && usable > 0 {
            return;
        }
        let why = |row: &IndexerRow| {
            if self.is_spent(row, day, now) {
                let kept = match self.purpose {
                    Purpose::Sweep => ", the others are for recent releases",
                    Purpose::Fresh | Purpose::Asked => "",
                };
                format!(
                    "{} (its {} queries of today are used up{kept})",
                    row.name, row.used
                )
            } else {
                format!("{} (in back-off at {})", row.name, self.row.name)
            }
        };
        let names: Vec<String> = resting.iter().map(why).collect();
        let all = resting.len() + usable;
        self.answer.asked.error = Some(match all {
            0 => format!("{} has no enabled torrent indexer to ask", self.row.name),
            _ => format!(
                "{} of {all} indexers of {} were not asked: {}",
                resting.len(),
                self.row.name,
                names.join(", ")
            ),
        });
    }

    async fn list_indexers(&self) -> Result<Result<(), PortError>, StoreError> {
        let indexers = match self.source.indexers().await {
            Ok(indexers) => indexers,
            Err(error) => return Ok(Err(error)),
        };
        let known = store::indexer::list(&self.app.db, self.row.id).await?;
        let mut tx = self.app.db.begin().await?;
        for indexer in &indexers {
            store::indexer::seen(&mut tx, self.row.id, indexer).await?;
        }
        for row in known
            .iter()
            .filter(|row| !indexers.iter().any(|indexer| indexer.id == row.indexer_id))
        {
            store::indexer::forget(&mut tx, self.row.id, row.indexer_id).await?;
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    async fn fault(&mut self, error: &PortError) -> Result<(), StoreError> {
        self.ended = true;
        self.worked = false;
        self.answer.asked.error = Some(format!("{}: {error}", self.row.name));
        if self.source.is_local() {
            return Ok(());
        }
        health::failed(self.app, self.row.id, error).await
    }

    /// "Found nothing" is only true of a forum that was read.
    async fn say_what_was_not_read(&mut self) -> Result<(), StoreError> {
        if let Some(why) = health::forum::unread(self.app, self.row).await? {
            let error = format!("{}: {why}", self.row.name);
            self.answer.asked.error.get_or_insert(error);
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<Answer, StoreError> {
        // How the forum is that was read into an index is not known from that.
        if self.source.is_local() {
            self.say_what_was_not_read().await?;
        } else if self.worked {
            health::worked_if_failed(self.app, self.row).await?;
        }
        self.answer.asked.offers = self.answer.offers.len() as u64;
        Ok(self.answer)
    }
}
