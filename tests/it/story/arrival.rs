//! What came is looked into, put into the library, and taken back when it was a mistake.

mod making;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io::{Cursor, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use lacunarr::{
    app::App,
    arrival,
    connection::{FolderSettings, Secrets, Settings},
    connections,
    domain::{
        grab::GrabState,
        profile::{Profile, Sizes},
    },
    health,
    pipeline::sending,
    reviewing, shelving,
    store::{self, Window, grab::Grab, grab_volume::GrabVolume},
    taste,
    worker::{arrive, scan, track},
};
use tempfile::TempDir;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

mod damaged;
mod not_owned;

use super::parts::{MINUTE, Parts, arm, check, offers};
use crate::stand_in::{book, prowlarr::Release, torrent::Torrent};

const BYTES: usize = 400_000;

/// Naruto, of which 3 and 4 are missing, with a client whose downloads we see below another path, and small volumes.
struct Scene {
    parts: Parts,
    app: Arc<App>,
    downloads: TempDir,
}

impl Scene {
    async fn new(torrents: Vec<(&str, Torrent)>) -> Self {
        Self::with(torrents, |_| {}).await
    }

    async fn with(torrents: Vec<(&str, Torrent)>, set: impl FnOnce(&mut Parts)) -> Self {
        let seeders = [50, 2, 2, 2, 2];
        let releases = torrents
            .into_iter()
            .zip(seeders)
            .map(|((title, torrent), seeders)| {
                let size = torrent.size();
                let release = Release::new(1, title).torrent(torrent).seeders(seeders);
                Release { size, ..release }
            });
        let mut parts = Parts::new(releases.collect()).await;
        let downloads = tempfile::tempdir().expect("a folder");
        let mapping = format!("/downloads -> {}", downloads.path().display());
        parts
            .home
            .set("CLIENTS__QBITTORRENT__MAPPINGS", &mapping)
            .set("LIBRARIES__MANGA__PLACING", "folder");
        set(&mut parts);
        let app = parts.starts().await;
        let manga = Sizes {
            refuse_below: 0.0,
            review_below: 0.0,
            ideal_from: 0.0,
            ..Profile::default().manga
        };
        let profile = Profile {
            manga,
            ..Profile::default()
        };
        taste::profiles::write(&app, "default", &profile)
            .await
            .expect("a profile");
        arm(&app, Some(app.clock.now())).await;
        check(&app).await;
        Self {
            parts,
            app,
            downloads,
        }
    }

    /// All of it came, and the client shows it.
    async fn comes(&self, torrent: &Torrent) {
        let hash = torrent.hashes().id();
        let held = self.parts.client.torrents();
        let held = held.iter().find(|held| held.hash == hash);
        let held = match held {
            Some(held) => held,
            None => panic!("it was not sent: {:?}", self.said().await),
        };
        torrent.write_data(&self.here(&held.save_path));
        self.parts.client.advance(&hash, "stalledUP", 1.0);
        track::step(&self.app).await.expect("the database");
    }

    /// What was offered, and what was thought of it.
    async fn said(&self) -> Vec<(String, String, Vec<(String, String, String)>)> {
        let offers = offers(&self.app).await.into_iter();
        offers
            .map(|stored| (stored.offer.title, stored.decision, stored.reasons))
            .collect()
    }

    fn here(&self, path: &str) -> PathBuf {
        let below = path.strip_prefix("/downloads").expect("below its folder");
        self.downloads.path().join(below.trim_start_matches('/'))
    }

    async fn arrive(&self) {
        arrive::step(&self.app).await.expect("the database");
    }

    /// What was tried and failed is tried again.
    async fn later(&self) {
        self.parts.pass(10 * MINUTE);
        self.arrive().await;
    }

    async fn grabs(&self) -> Vec<Grab> {
        let all = Window {
            limit: 100,
            offset: 0,
        };
        let page = store::grab::list(&self.app.db, store::grab::Filter::default(), all).await;
        let mut grabs = page.expect("grabs").records;
        grabs.reverse();
        grabs
    }

    async fn states(&self) -> Vec<(String, GrabState)> {
        let grabs = self.grabs().await.into_iter();
        grabs.map(|grab| (grab.title, grab.state)).collect()
    }

    async fn volumes(&self, grab: i64) -> Vec<GrabVolume> {
        store::grab_volume::of_grab(&self.app.db, grab)
            .await
            .expect("volumes")
    }

    fn shelf(&self) -> PathBuf {
        self.parts.library().join("Naruto")
    }

    fn away(&self) -> PathBuf {
        self.shelf().with_extension("away")
    }

    /// It is right, and waits. The tests may run as root, whom no permission stops: the folder itself is away.
    async fn comes_while_the_shelf_is_away(&self, torrent: &Torrent) {
        std::fs::rename(self.shelf(), self.away()).expect("renamed");
        self.comes(torrent).await;
        self.arrive().await;
        assert_eq!(self.states().await[0].1, GrabState::Verified);
    }

    fn shelf_is_back(&self) {
        std::fs::rename(self.away(), self.shelf()).expect("renamed");
    }

    /// What the folder of the series holds, hidden files included.
    fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.shelf()).expect("a folder");
        let name = |file: std::io::Result<std::fs::DirEntry>| {
            file.expect("a file")
                .file_name()
                .into_string()
                .expect("UTF-8")
        };
        let mut names: Vec<String> = files.map(name).collect();
        names.sort();
        names
    }

    async fn problems(&self) -> Vec<String> {
        let problems = health::problems(&self.app).await.expect("problems");
        let told = problems.into_iter();
        told.map(|problem| format!("{}: {}", problem.subject, problem.message))
            .collect()
    }
}

const SHELVED: [&str; 3] = ["Naruto T01.cbz", "Naruto T02.cbz", "Naruto T05.cbz"];

fn named(title: &str, state: GrabState) -> (String, GrabState) {
    (title.to_owned(), state)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_linked_into_the_folder_of_its_series_and_seen_there() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::new(vec![("Naruto T03 [CBZ] FR", torrent.clone())]).await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(
        scene.states().await,
        [named("Naruto T03 [CBZ] FR", GrabState::OnShelf)]
    );
    assert_eq!(
        scene.files(),
        [
            "Naruto T01.cbz",
            "Naruto T02.cbz",
            "Naruto T03.cbz",
            "Naruto T05.cbz"
        ],
        "it is called as those beside it"
    );
    let inode = |path: &Path| std::fs::metadata(path).expect("a file").ino();
    let client = scene.downloads.path().join("lacunarr/Naruto 03.cbz");
    assert_eq!(inode(&scene.shelf().join("Naruto T03.cbz")), inode(&client));
    let mut tx = scene.app.db.begin().await.expect("a transaction");
    for (kind, expected) in [
        ("grab.placed", 1),
        ("volume.on_shelf", 1),
        ("grab.rejected", 0),
    ] {
        let count = store::event::count_since(&mut tx, kind, 0).await;
        assert_eq!(count.expect("a count"), expected, "{kind}");
    }
    assert_eq!(scene.problems().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_placing_is_off_nothing_is_put_anywhere_and_that_is_no_problem() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::with(vec![("Naruto T03 [CBZ] FR", torrent.clone())], |parts| {
        parts.home.set("LIBRARIES__MANGA__PLACING", "off");
    })
    .await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(
        scene.states().await[0].1,
        GrabState::Verified,
        "it was looked into all the same"
    );
    scene.later().await;
    assert_eq!(scene.grabs().await[0].problem, None);
    assert_eq!(scene.files(), SHELVED);
    assert_eq!(scene.problems().await, [""; 0]);
    // Somebody else brings it.
    torrent.write_data(&scene.shelf());
    scan::step(&scene.app).await.expect("a scan");
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_placing_was_switched_on_is_placed_then() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let mut scene = Scene::with(vec![("Naruto T03 [CBZ] FR", torrent.clone())], |parts| {
        parts.home.set("LIBRARIES__MANGA__PLACING", "off");
    })
    .await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    scene.arrive().await;
    assert_eq!(scene.states().await[0].1, GrabState::Verified);
    scene.parts.home.set("LIBRARIES__MANGA__PLACING", "folder");
    scene.app = scene.parts.starts().await;
    scene.arrive().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_promised_is_blocked_and_the_next_candidate_is_sent() {
    let fakes: [(&str, Torrent, &str); 5] = [
        (
            "an executable",
            Torrent::new("Naruto 03").file("Naruto T03.cbz.exe", vec![b'M'; 300_000]),
            "executable",
        ),
        (
            "an encrypted archive",
            Torrent::new("Naruto 03").file("Naruto T03.cbz", encrypted()),
            "encrypted",
        ),
        (
            "a bomb",
            Torrent::new("Naruto 03").file("Naruto T03.cbz", bomb()),
            "bomb",
        ),
        (
            "another volume",
            Torrent::new("Naruto 03").file("Naruto T09.cbz", book::cbz(9, BYTES)),
            "lacks_volume",
        ),
        (
            "chapters",
            Torrent::new("Naruto 03")
                .file("Naruto Ch.001.cbz", book::cbz(1, BYTES))
                .file("Naruto Ch.002.cbz", book::cbz(2, BYTES)),
            "chapters",
        ),
    ];
    for (what, fake, code) in fakes {
        let good = book::volume("Naruto 03 good", 3, BYTES);
        let scene = Scene::new(vec![
            ("Naruto T03 [CBZ] FR", fake.clone()),
            ("Naruto T03 FRENCH [CBZ]", good.clone()),
        ])
        .await;
        scene.comes(&fake).await;
        scene.arrive().await;
        let states = scene.states().await;
        assert_eq!(states[0].1, GrabState::Rejected, "{what}: {states:?}");
        let volumes = scene.volumes(1).await;
        assert_eq!(
            volumes[0].code.as_deref(),
            Some(code),
            "{what}: {volumes:?}"
        );
        assert_eq!(scene.files(), SHELVED, "{what}: nothing is placed");
        assert_eq!(
            states[1..],
            [named("Naruto T03 FRENCH [CBZ]", GrabState::Queued)],
            "{what}"
        );
        scene.comes(&good).await;
        scene.arrive().await;
        assert_eq!(scene.states().await[1].1, GrabState::OnShelf, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_the_good_volumes_are_kept_and_the_others_sent_anew() {
    let lacking = book::pack("Naruto pack", "Naruto", [3], BYTES);
    let fourth = book::volume("Naruto 04", 4, BYTES);
    let scene = Scene::new(vec![
        ("Naruto T03-T04 [CBZ] FR", lacking.clone()),
        ("Naruto T04 [CBZ] FR", fourth.clone()),
    ])
    .await;
    assert_eq!(
        scene.states().await,
        [named("Naruto T03-T04 [CBZ] FR", GrabState::Queued)],
        "one release for both"
    );
    scene.comes(&lacking).await;
    scene.arrive().await;
    assert_eq!(
        scene.states().await,
        [
            named("Naruto T03-T04 [CBZ] FR", GrabState::OnShelf),
            named("Naruto T04 [CBZ] FR", GrabState::Queued),
        ]
    );
    let volumes = scene.volumes(1).await;
    assert_eq!(
        (volumes[0].state.as_str(), volumes[1].state.as_str()),
        ("on_shelf", "wrong"),
        "{volumes:?}"
    );
    assert!(scene.files().contains(&"Naruto T03.cbz".to_owned()));
    scene.comes(&fourth).await;
    scene.arrive().await;
    assert_eq!(scene.states().await[1].1, GrabState::OnShelf);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_restores_the_state_before_and_sends_the_next_candidate() {
    let (wrong, right) = (
        book::volume("Naruto 03", 7, BYTES),
        book::volume("Naruto 03 b", 3, BYTES),
    );
    let scene = Scene::new(vec![
        ("Naruto T03 [CBZ] FR", wrong.clone()),
        ("Naruto T03 FRENCH [CBZ]", right.clone()),
    ])
    .await;
    scene.comes(&wrong).await;
    scene.arrive().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);

    let rejected = arrival::reject(&scene.app, 1).await.expect("rejected");
    assert_eq!(rejected.grab.state, GrabState::Rejected);
    assert_eq!(rejected.taken_back, ["Naruto/Naruto T03.cbz"]);
    assert_eq!(rejected.left, [""; 0]);
    assert_eq!(scene.files(), SHELVED);
    let client = scene.downloads.path().join("lacunarr/Naruto 03.cbz");
    assert!(client.exists(), "the client keeps its own");
    let stored = store::series::get(&scene.app.db, 1)
        .await
        .expect("the database")
        .expect("Naruto");
    assert_eq!(
        stored.shelf.vanished.to_string(),
        "",
        "it did not vanish, it is missing again"
    );
    assert_eq!(
        scene.states().await[1..],
        [named("Naruto T03 FRENCH [CBZ]", GrabState::Queued)]
    );
    scan::step(&scene.app).await.expect("a scan");
    let stored = store::series::get(&scene.app.db, 1)
        .await
        .expect("the database")
        .expect("Naruto");
    assert_eq!(stored.shelf.vanished.to_string(), "");

    let again = arrival::reject(&scene.app, 1)
        .await
        .expect_err("it is over");
    assert_eq!(again.to_string(), "this grab is already over");
    scene.comes(&right).await;
    scene.arrive().await;
    assert_eq!(scene.states().await[1].1, GrabState::OnShelf);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_withdraws_what_a_review_taught_and_not_what_the_user_wrote() {
    for (taught, left) in [(true, 0), (false, 1)] {
        let torrent = book::volume("Ninja Boy 03", 3, BYTES);
        let scene = Scene::new(vec![("Ninja Boy T03 [CBZ] FR", torrent.clone())]).await;
        assert_eq!(scene.states().await, [], "it means another series");
        let app = &scene.app;
        let named = shelving::change(app, 1, |series, _| {
            series.aliases.push("Ninja Boy".into());
            Ok::<(), store::StoreError>(())
        });
        named.await.expect("changed");
        if taught {
            let mut tx = app.db.begin().await.expect("a transaction");
            let written = store::series::taught(&mut tx, 1, "ninja boy").await;
            written.expect("written");
            tx.commit().await.expect("written");
        }
        check(app).await;
        scene.comes(&torrent).await;
        scene.arrive().await;
        let rejected = arrival::reject(app, 1).await.expect("rejected");
        assert!(rejected.left[0].contains("'ninja boy'"), "{rejected:?}");
        let stored = store::series::get(&app.db, 1).await.expect("the database");
        let aliases = stored.expect("Naruto").series.aliases;
        assert_eq!(aliases.len(), left, "{aliases:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_disk_passes_by_itself() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::new(vec![("Naruto T03 [CBZ] FR", torrent.clone())]).await;
    scene.comes_while_the_shelf_is_away(&torrent).await;
    let problems = scene.problems().await;
    assert!(
        problems[0].starts_with("library:manga:placing: 'Naruto T03 [CBZ] FR' is not in the library yet: the series' folder"),
        "{problems:?}"
    );
    scene.shelf_is_back();
    scene.later().await;
    scene.later().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
    assert_eq!(scene.problems().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_library_says_how_volumes_will_come() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::new(vec![("Naruto T03 [CBZ] FR", torrent)]).await;
    let here = scene.downloads.path().join("lacunarr");
    let said = async || {
        let library = store::connection::get(&scene.app.db, 1)
            .await
            .expect("the database");
        let report = connections::test(&scene.app, &library.expect("a library")).await;
        report.expect("the database")
    };
    assert_eq!(
        said().await.expect_err("it is not there"),
        format!(
            "qbittorrent: it saves to /downloads/lacunarr, which by its mappings is {} here, and that is not there; mount it, or correct the mapping",
            here.display()
        )
    );
    std::fs::create_dir_all(&here).expect("a folder");
    let library = scene.parts.library().display().to_string();
    let report = said().await.expect("it works");
    assert_eq!(report.warnings, [""; 0]);
    let linked = format!(
        "qbittorrent: {} and {library} are on one file system, so volumes are linked and take no space",
        here.display()
    );
    assert!(report.program.ends_with(&linked), "{}", report.program);
    assert_eq!(
        std::fs::read_dir(&here).expect("a folder").count(),
        0,
        "nothing is left"
    );
    let within = scene.parts.library().join("Naruto").display().to_string();
    let nested = connections::Wanted {
        name: "one".into(),
        enabled: true,
        settings: Settings::Folder(FolderSettings::of(&within)),
        secrets: Secrets::default(),
    };
    let made = connections::create(&scene.app, &nested).await;
    made.expect("a library");
    let report = said().await.expect("it works");
    assert_eq!(
        report.warnings,
        [format!(
            "its folder and that of the library 'one' lie in each other ({within}): each volume in both is shown by both, and counts once"
        )]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_seen_from_here_says_what_to_do() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::with(vec![("Naruto T03 [CBZ] FR", torrent.clone())], |parts| {
        parts
            .home
            .set("CLIENTS__QBITTORRENT__MAPPINGS", "/downloads -> /nowhere");
    })
    .await;
    scene.comes(&torrent).await;
    scene.arrive().await;
    let grab = scene.grabs().await.remove(0);
    assert_eq!(grab.state, GrabState::Done);
    assert_eq!(
        grab.problem.as_deref(),
        Some(
            "qbittorrent saves it to /downloads/lacunarr, which by its mappings is /nowhere/lacunarr/Naruto 03.cbz here, and that is not there; mount it, or correct the mapping"
        )
    );
    assert_eq!(
        scene.problems().await.len(),
        1,
        "{:?}",
        scene.problems().await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_is_asked_and_the_answer_counts() {
    for approve in [true, false] {
        // A manga of so few pages may be a chapter.
        let few = Torrent::new("Naruto 03").file("Naruto T03.cbz", book::cbz_of(20, 3, BYTES));
        let next = book::volume("Naruto 03 b", 3, BYTES);
        let scene = Scene::new(vec![
            ("Naruto T03 [CBZ] FR", few.clone()),
            ("Naruto T03 FRENCH [CBZ]", next),
        ])
        .await;
        scene.comes(&few).await;
        scene.arrive().await;
        assert_eq!(
            scene.states().await,
            [named("Naruto T03 [CBZ] FR", GrabState::Done)]
        );
        assert_eq!(scene.volumes(1).await[0].code.as_deref(), Some("few_pages"));
        let open = store::review::list(
            &scene.app.db,
            "open",
            None,
            Window {
                limit: 10,
                offset: 0,
            },
        )
        .await;
        let open = open.expect("reviews").records;
        let review = open
            .iter()
            .find(|review| review.cause == "arrived")
            .expect("a question");
        // A check in between does not take it back.
        check(&scene.app).await;
        if approve {
            let approval = reviewing::Approval::default();
            let grab = reviewing::approve(&scene.app, review.id, approval)
                .await
                .expect("approved");
            assert_eq!(grab.id, 1);
            scene.arrive().await;
            assert_eq!(
                scene.states().await,
                [named("Naruto T03 [CBZ] FR", GrabState::OnShelf)]
            );
        } else {
            reviewing::reject(&scene.app, review.id, None)
                .await
                .expect("rejected");
            scene.arrive().await;
            assert_eq!(
                scene.states().await,
                [
                    named("Naruto T03 [CBZ] FR", GrabState::Rejected),
                    named("Naruto T03 FRENCH [CBZ]", GrabState::Queued),
                ]
            );
            assert_eq!(scene.files(), SHELVED);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pack_a_doubtful_volume_waits_while_the_good_one_is_on_the_shelf() {
    for approve in [true, false] {
        let pack = Torrent::new("Naruto pack")
            .file("Naruto T03.cbz", book::cbz(3, BYTES))
            .file("Naruto T04.cbz", book::cbz_of(20, 4, BYTES));
        let scene = Scene::new(vec![("Naruto T03-T04 [CBZ] FR", pack.clone())]).await;
        scene.comes(&pack).await;
        scene.arrive().await;
        let state = async |at: usize| scene.volumes(1).await[at].state.clone();
        assert_eq!(
            (state(0).await, state(1).await),
            ("on_shelf".into(), "review".into())
        );
        assert_eq!(scene.states().await[0].1, GrabState::Verified);
        scene.later().await;
        let all = Window {
            limit: 10,
            offset: 0,
        };
        let open = store::review::list(&scene.app.db, "open", None, all).await;
        let review = open.expect("reviews").records.remove(0);
        assert_eq!(
            (review.cause.as_str(), review.volumes.to_string().as_str()),
            ("arrived", "4")
        );
        match approve {
            true => {
                let approval = reviewing::Approval::default();
                reviewing::approve(&scene.app, review.id, approval)
                    .await
                    .expect("approved");
            }
            false => drop(
                reviewing::reject(&scene.app, review.id, None)
                    .await
                    .expect("rejected"),
            ),
        }
        let again = reviewing::reject(&scene.app, review.id, None).await;
        again.expect_err("it is answered");
        scene.arrive().await;
        assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
        let expected = match approve {
            true => "on_shelf",
            false => "wrong",
        };
        assert_eq!(
            (state(0).await, state(1).await),
            ("on_shelf".into(), expected.into())
        );
        assert_eq!(
            scene.files().contains(&"Naruto T04.cbz".to_owned()),
            approve
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_not_placed_later_and_is_taken_back() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::new(vec![("Naruto T03 [CBZ] FR", torrent.clone())]).await;
    scene.comes_while_the_shelf_is_away(&torrent).await;
    sending::give_up(&scene.app, 1).await.expect("given up");
    scene.shelf_is_back();
    scene.later().await;
    scene.later().await;
    assert_eq!(scene.files(), SHELVED);
    let rows = store::placement::of_grab(&scene.app.db, 1)
        .await
        .expect("rows");
    assert!(
        rows.iter().all(|row| row.step.word() == "undone"),
        "{rows:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_not_overwritten_and_makes_room_when_it_is_gone() {
    let torrent = book::volume("Naruto 03", 3, BYTES);
    let scene = Scene::new(vec![("Naruto T03 [CBZ] FR", torrent.clone())]).await;
    let there = scene.shelf().join("Naruto T03.cbz");
    std::fs::write(&there, "mine").expect("a file");
    scene.comes(&torrent).await;
    scene.arrive().await;
    assert_eq!(scene.volumes(1).await[0].state, "unplaced");
    let problems = scene.problems().await;
    assert!(
        problems[0].contains("is there already, and is not overwritten"),
        "{problems:?}"
    );
    assert_eq!(std::fs::read(&there).expect("a file"), b"mine");
    std::fs::remove_file(&there).expect("removed");
    scene.parts.pass(61 * MINUTE);
    scene.arrive().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_partly_seen_is_no_fault_of_the_release() {
    let pack = book::pack("Naruto pack", "Naruto", [3, 4], BYTES);
    let scene = Scene::new(vec![("Naruto T03-T04 [CBZ] FR", pack.clone())]).await;
    scene.comes(&pack).await;
    let there = scene.downloads.path().join("lacunarr/Naruto pack");
    let away = scene.downloads.path().join("Naruto T04.cbz");
    std::fs::rename(there.join("Naruto T04.cbz"), &away).expect("renamed");
    scene.arrive().await;
    let grab = scene.grabs().await.remove(0);
    assert_eq!(grab.state, GrabState::Done);
    let problem = grab.problem.expect("a problem");
    assert!(
        problem.contains("Naruto T04.cbz, which is not, or not all of it, there"),
        "{problem}"
    );
    std::fs::rename(&away, there.join("Naruto T04.cbz")).expect("renamed");
    scene.later().await;
    assert_eq!(scene.states().await[0].1, GrabState::OnShelf);
}

/// Every entry says that it needs a password (APPNOTE 4.4.4, bit 0).
fn encrypted() -> Vec<u8> {
    let mut zip = book::cbz(3, BYTES);
    let heads = [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)];
    for at in 0..zip.len() - 10 {
        for (head, flags) in heads {
            if zip[at..].starts_with(head) {
                zip[at + flags] |= 1;
            }
        }
    }
    zip
}

/// Ninety times the same page, which is all but nothing until it is unpacked.
fn bomb() -> Vec<u8> {
    let mut page = vec![0; 15_000_000];
    page[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
    let mut one = ZipWriter::new(Cursor::new(Vec::new()));
    one.start_file("page", SimpleFileOptions::default())
        .expect("a name");
    one.write_all(&page).expect("memory");
    let mut one = ZipArchive::new(one.finish().expect("memory")).expect("a zip");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..90 {
        let page = one.by_index_raw(0).expect("a page");
        zip.raw_copy_file_rename(page, format!("{number:03}.png"))
            .expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

/// What was live at the last look, and what has ended.
#[derive(Default)]
struct Seen {
    states: HashSet<GrabState>,
    ended: BTreeMap<i64, GrabState>,
    released: BTreeSet<(i64, i64)>,
}

impl Seen {
    /// What has to hold after each step, whatever happened.
    async fn look(&mut self, scene: &Scene, what: &str) {
        let stored = store::series::get(&scene.app.db, 1).await;
        let stored = stored.expect("the database").expect("Naruto");
        let mut reserved = BTreeSet::new();
        for grab in scene.grabs().await {
            if let Some(before) = self.ended.get(&grab.id) {
                let is_mistake = (*before, grab.state) == (GrabState::OnShelf, GrabState::Rejected);
                assert!(
                    grab.state == *before || is_mistake,
                    "{what}: {before:?} became {:?}",
                    grab.state
                );
            }
            self.states.insert(grab.state);
            if !grab.state.is_live() {
                self.ended.insert(grab.id, grab.state);
            }
            for volume in scene.volumes(grab.id).await {
                let key = (grab.id, volume.volume.hundredths());
                match volume.live {
                    true => {
                        assert!(
                            grab.state.is_live(),
                            "{what}: {:?} holds {}",
                            grab.state,
                            volume.volume
                        );
                        assert!(
                            !self.released.contains(&key),
                            "{what}: {} is held again",
                            volume.volume
                        );
                        assert!(
                            reserved.insert(volume.volume),
                            "{what}: {} is held twice",
                            volume.volume
                        );
                    }
                    false => drop(self.released.insert(key)),
                }
            }
        }
        for (grab, state) in &self.ended {
            let rows = store::placement::of_grab(&scene.app.db, *grab)
                .await
                .expect("rows");
            let is_open = |row: &store::placement::Placement| row.step.is_unfinished();
            let on_shelf = *state == GrabState::OnShelf;
            assert!(on_shelf || !rows.iter().any(is_open), "{what}: {rows:?}");
        }
        assert_eq!(stored.shelf.vanished.to_string(), "", "{what}");
        let on_its_way: BTreeSet<_> = stored.on_its_way.iter().collect();
        assert_eq!(on_its_way, reserved, "{what}");
        for (volume, want) in &stored.wants {
            let state = &want.state;
            let held = reserved.contains(volume);
            assert_eq!(state == "on_its_way", held, "{what}: {volume} is {state}");
        }
        for volume in stored.gaps() {
            assert!(
                stored.wants.contains_key(&volume.volume),
                "{what}: {} is wanted by nobody",
                volume.volume
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_in_whatever_order_every_volume_is_free_held_once_or_there() {
    const RUNS: u64 = 12;
    const STEPS: usize = 40;
    let mut states = HashSet::new();
    for seed in 0..RUNS {
        let mut random = Random(seed);
        let good = book::cbz(3, 100_000);
        let releases: Vec<(String, Torrent)> = (0..5)
            .map(|number| {
                let volume = 3 + number % 2;
                let title = format!("Naruto T{volume:02} [CBZ] FR{number}");
                let name = format!("Naruto T{volume:02} {number}.cbz");
                let content = match random.below(3) {
                    0 => b"no book at all".repeat(500),
                    _ => good.clone(),
                };
                (title, Torrent::new(&name).file(&name, content))
            })
            .collect();
        let offered = releases
            .iter()
            .map(|(title, torrent)| (title.as_str(), torrent.clone()));
        let mut scene = Scene::new(offered.collect()).await;
        let mut seen = Seen::default();
        let mut done = Vec::new();
        for _ in 0..STEPS {
            let grabs = scene.grabs().await;
            let grab = (!grabs.is_empty()).then(|| grabs[random.below(grabs.len())].clone());
            let hash = grab
                .as_ref()
                .map(|grab| grab.content.as_hex())
                .unwrap_or_default();
            let held = scene
                .parts
                .client
                .torrents()
                .iter()
                .any(|held| held.hash == hash);
            let step = random.below(12);
            done.push(step);
            match (step, grab) {
                (0, Some(_)) if held => scene.parts.client.advance(&hash, "downloading", 0.5),
                (1 | 2, Some(_)) if held => {
                    let (_, torrent) = releases
                        .iter()
                        .find(|(_, torrent)| torrent.hashes().id() == hash)
                        .expect("ours");
                    scene.comes(torrent).await;
                }
                (3, Some(_)) if held => scene.parts.client.remove(&hash),
                (4, Some(_)) if held => scene.parts.client.advance(&hash, "stalledDL", 0.0),
                (5, _) => {
                    for _ in 0..random.below(3) {
                        scene.parts.pass(10 * MINUTE);
                        track::step(&scene.app).await.expect("the database");
                    }
                }
                (6 | 7, _) => scene.later().await,
                (8, Some(grab)) => drop(arrival::reject(&scene.app, grab.id).await),
                (9, Some(grab)) => drop(sending::give_up(&scene.app, grab.id).await),
                (10, _) => drop(check(&scene.app).await),
                (11, _) => scene.app = scene.parts.starts().await,
                _ => drop(scan::step(&scene.app).await.expect("a scan")),
            }
            seen.look(&scene, &format!("seed {seed}, steps {done:?}"))
                .await;
        }
        states.extend(seen.states);
    }
    // Else it would say little.
    for state in [
        GrabState::Queued,
        GrabState::Downloading,
        GrabState::Done,
        GrabState::OnShelf,
        GrabState::Removed,
        GrabState::Failed,
        GrabState::Rejected,
    ] {
        assert!(
            states.contains(&state),
            "{state:?} never came to be: {states:?}"
        );
    }
}
