//! The local index of a forum: `cargo bench --bench ed2k`. Prints figures; asserts only that what is there is found.
//!
//! 100,000 links in 5,000 threads of 20: names read and written, a series looked up by its title, and by one that has a slip in it; what a
//! person looks for by words, and the figures of the index.

use std::time::{Duration, Instant};

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    domain::{
        forum,
        link::{Ed2kId, Ed2kLink},
        release::Lexicon,
        title::fold,
    },
    forums,
    ports::{SearchRequest, Source},
    search::ebdz::Index,
    store::{self, Window},
};

const THREADS: i64 = 5_000;
const LINKS: u64 = 20;
const SEARCHES: i64 = 500;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let folder = tempfile::tempdir().expect("a folder");
    let environment = std::collections::BTreeMap::from(
        [
            ("KIND", "ebdz"),
            ("USERNAME", "collectionneur"),
            ("PASSWORD", "secret"),
        ]
        .map(|(name, value)| (format!("LACUNARR__SOURCES__EBDZ__{name}"), value.to_owned())),
    );
    let config = config::load(&folder.path().join("data"), None, environment);
    let app = App::open(config.expect("a configuration"), Clock::System).await;
    let app = app.expect("it opens");
    let row = &store::connection::list(&app.db, "source")
        .await
        .expect("the database")[0];
    written(&app, row.id).await;
    let index = Index::new(app.db.clone(), row.id, row.name.clone(), Lexicon::known());
    let (first, _) = search(&index, &title(0)).await;
    println!(
        "{:.1} ms: the first search, which reads the titles that there are",
        millis(first)
    );
    let mut exact = Vec::new();
    let mut fuzzy = Vec::new();
    for at in 0..SEARCHES {
        let title = title(at * 7 % THREADS);
        let key = fold(&title);
        let by_key = Instant::now();
        let links = store::forum::by_key(&app.db, row.id, &key);
        assert_eq!(links.await.expect("the database").len() as u64, LINKS);
        exact.push(by_key.elapsed());
        let slipped = title.replacen("Chroniques", "Chronique", 1);
        let (took, found) = search(&index, &slipped).await;
        assert!(found as u64 >= LINKS, "{slipped}");
        fuzzy.push(took);
    }
    for (what, mut times) in [
        ("links of a title, by its folded key", exact),
        ("a search by a title with a slip in it", fuzzy),
    ] {
        times.sort_unstable();
        let at = |share: usize| millis(times[times.len() * share / 100]);
        println!(
            "{:.2} ms: {what}, median; 99 of 100 within {:.2} ms",
            at(50),
            at(99)
        );
    }
    looked_for(&app, row.id).await;
}

/// A page of 50, and how many there are.
async fn looked_for(app: &App, source: i64) {
    let volume = "7".parse().ok();
    let most = THREADS * LINKS as i64;
    for (text, volume, expected) in [
        ("", None, most),
        ("nothing", None, 0),
        ("manga fr", None, most),
        ("team manga chroniques auteur", None, most),
        ("brume abysses", None, most / 100),
        ("brume", volume, THREADS / 10),
    ] {
        let asked = forums::Search {
            text: text.to_owned(),
            volume,
            ..forums::Search::default()
        };
        let mut times = Vec::new();
        for _ in 0..11 {
            let window = Window {
                limit: 50,
                offset: 0,
            };
            let began = Instant::now();
            let found = forums::find(app, source, &asked, window).await;
            times.push(began.elapsed());
            assert_eq!(found.expect("the database").total, expected, "{text}");
        }
        times.sort_unstable();
        println!(
            "{:.1} ms, median: '{text}'{} among all, {expected} found",
            millis(times[5]),
            if volume.is_some() { ", volume 7," } else { "" }
        );
    }
    let began = Instant::now();
    let figures = store::forum::figures(&app.db, source).await;
    assert_eq!(figures.expect("the database").links, most);
    println!(
        "{:.1} ms: the figures of the index",
        millis(began.elapsed())
    );
}

/// Titles that differ by more than a slip.
fn title(thread: i64) -> String {
    const FIRST: [&str; 10] = [
        "brume", "cendre", "dune", "foudre", "givre", "houle", "ombre", "pluie", "sable", "vent",
    ];
    const LAST: [&str; 10] = [
        "abysses",
        "bergers",
        "corbeaux",
        "dragons",
        "fantassins",
        "geants",
        "loups",
        "moines",
        "pirates",
        "sorciers",
    ];
    let thread = usize::try_from(thread).expect("small");
    let (one, two) = (FIRST[thread % 10], LAST[thread / 10 % 10]);
    format!("Chroniques {one} {two} {}", number(thread / 100))
}

/// In letters, so that it is no volume.
fn number(mut number: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu"];
    let mut text = String::new();
    for _ in 0..3 {
        text.push_str(SYLLABLES[number % 10]);
        number /= 10;
    }
    text
}

async fn written(app: &App, source: i64) {
    let mut links: Vec<Vec<Ed2kLink>> = Vec::new();
    for thread in 0..THREADS {
        let link = |volume: u64| {
            let mut md4 = [0; 16];
            md4[..8].copy_from_slice(&(thread as u64 * LINKS + volume).to_be_bytes());
            Ed2kLink {
                id: Ed2kId {
                    md4,
                    size: 90_000_000 + volume,
                },
                name: format!(
                    "{} T{volume:02} (Auteur) (2019) [Manga FR] (Team+).cbz",
                    title(thread)
                ),
                aich: None,
            }
        };
        links.push((1..=LINKS).map(link).collect());
    }
    let began = Instant::now();
    let mut read = Duration::ZERO;
    for (thread, links) in (0..THREADS).zip(links) {
        let title = title(thread);
        let reading = Instant::now();
        let listed = forum::listed(
            (thread + 1, &title, 0, false),
            (thread, true),
            Lexicon::known(),
        );
        let entries: Vec<forum::Entry> = links
            .into_iter()
            .map(|link| forum::entry(link, &title, Lexicon::known()))
            .collect();
        read += reading.elapsed();
        let mut tx = app.db.begin_unsynced().await.expect("a transaction");
        let folded = listed.folded.clone();
        let put = store::forum::put_threads(&mut tx, source, 29, &[listed], thread + 1).await;
        put.expect("written");
        let key = (source, thread + 1);
        let reading = store::forum::Reading {
            title: &title,
            folded: &folded,
            cover: None,
            links: &entries,
            problem: None,
        };
        let put = store::forum::read(&mut tx, key, &reading, thread + 1);
        assert_eq!(put.await.expect("written").new as u64, LINKS);
        tx.commit().await.expect("committed");
    }
    let all = THREADS as u64 * LINKS;
    let rate = |took: Duration| all as f64 / took.as_secs_f64();
    println!(
        "{:.0} links/s: {all} names read; {:.0} links/s read and written, a thread at a time",
        rate(read),
        rate(began.elapsed())
    );
}

async fn search(index: &Index, term: &str) -> (Duration, usize) {
    let request = SearchRequest {
        term: term.to_owned(),
        offset: 0,
        limit: 100,
        indexers: Vec::new(),
        series: None,
    };
    let began = Instant::now();
    let page = index.search(&request).await.expect("an answer");
    (began.elapsed(), page.offers.len())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}
