//! What was found, as other programs read it: the requests of the known ones, and what they need of the answer.

use std::{
    collections::HashSet,
    iter,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use lacunarr::{
    app::App,
    clock::Clock,
    config, shelving, store,
    torznab::{Asked, Consumer, Feed, items},
};
use reqwest::header;
use serde_json::json;
use tempfile::TempDir;

use super::parts::{DAY, MINUTE, started};
use crate::stand_in::{
    consumer::{ask, feed, read},
    eventually, install_tls,
    offers::offered,
    program::{Home, KEY, Program, shelve},
    prowlarr::{self, Indexer, Link, Prowlarr, Release},
};

struct Scene {
    program: Program,
    prowlarr: Prowlarr,
    _home: Home,
    _library: TempDir,
}

/// Naruto, of which 3 and 5 are missing, and what was found of them in a check that sends nothing.
async fn scene(releases: Vec<Release>) -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4, 6]);
    let prowlarr = Prowlarr::start(
        vec![Indexer::public(1, "Nyaa"), Indexer::private(2, "YGG")],
        releases,
    );
    let mut home = Home::new().await;
    home.library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        // Where there is no client at all, nothing can be accepted.
        .client(&"http://127.0.0.1:9/".parse().expect("a URL"), "a", "b");
    let program = home.start().await;
    program.scanned().await;
    program.check(json!({"dryRun": false})).await;
    Scene {
        program,
        prowlarr,
        _home: home,
        _library: library,
    }
}

fn releases() -> Vec<Release> {
    vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(2, "Naruto T05 [CBZ] FR"),
        Release::new(1, "Naruto T05 [CBZ] FR - magnet").link(Link::RedirectMagnet),
        Release::new(1, "Naruto T05 [CBZ] FR - gone").link(Link::Gone),
        Release::new(1, "Naruto T04 [CBZ] FR"),
        Release::new(1, "Naruto T03 [CBZ] [English]"),
        Release::new(1, "Boruto - Naruto Next Generations T03 [CBZ] FR"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn known_consumers_get_what_they_ask_for() {
    let scene = scene(releases()).await;
    let program = &scene.program;
    let found = ["Naruto T03 [CBZ] FR", "Naruto T05 [CBZ] FR"];
    // Each as it was seen of the real one, or, where that was not run, as its source makes it; the words are ours.
    for (consumer, path, least) in [
        (
            "Prowlarr",
            "/torznab/found/api?t=search&extended=1&apikey=KEY",
            2,
        ),
        (
            "FlexGet",
            "/torznab/found/api?extended=1&apikey=KEY&t=search&q=Naruto+T03",
            1,
        ),
        (
            "FlexGet newznab",
            "/torznab/found/api?t=search&extended=1&apikey=KEY&q=naruto",
            2,
        ),
        (
            "Mylar's test",
            "/torznab/found/api?t=search&apikey=KEY&o=xml",
            2,
        ),
        (
            "Mylar",
            "/torznab/found/api?t=search&q=naruto%20003&cat=7030&apikey=KEY",
            1,
        ),
        (
            "Mylar without settings",
            "/torznab/found?t=search&q=naruto%2003&cat=8020&apikey=KEY",
            1,
        ),
        (
            "LazyLibrarian",
            "/torznab/found/api?t=search&apikey=KEY&q=Naruto+Tome+03&extended=1&timeout=30",
            1,
        ),
        (
            "LazyLibrarian's books",
            "/torznab/found/api/api?t=book&title=Naruto&author=Kishimoto&cat=7030&apikey=KEY",
            2,
        ),
        (
            "Medusa",
            "/torznab/found/api?apikey=KEY&t=search&limit=100&offset=0&cat=5010%2C5030%2C5040%2C7000",
            2,
        ),
        (
            "cross-seed",
            "/torznab/found/api?apikey=KEY&t=search&q=Naruto+T03",
            1,
        ),
        (
            "cross-seed rss",
            "/torznab/found/api?apikey=KEY&t=search&q=&limit=100&offset=0",
            2,
        ),
        (
            "Jackett's plugin",
            "/api/v2.0/indexers/found/results/torznab/api?apikey=KEY&q=naruto+t03&cat=8000",
            1,
        ),
        (
            "Jackett's plugin, one thread",
            "/api/v2.0/indexers/all/results/torznab/api?apikey=KEY&q=naruto",
            2,
        ),
        (
            "torznab of PyPI",
            "/torznab/found?t=search&q=naruto&apikey=KEY",
            2,
        ),
        (
            "Readarr",
            "/torznab/found/api?t=book&cat=3030,7020,7030&extended=1&apikey=KEY&offset=0&limit=100",
            2,
        ),
        (
            "Prowlarr, with its mistake",
            "/torznab/found/api?t=search&minage=&minsize=&maxsize=&maxage=&apikey=KEY",
            2,
        ),
        (
            "Prowlarr, with its other one",
            "/torznab/found/api?t=search&limit=0&offset=0&apikey=KEY",
            2,
        ),
    ] {
        let read = feed(program, path).await;
        assert!(read.titles.len() >= least, "{consumer}: {:?}", read.titles);
        let wanted = &found[..least.min(found.len())];
        for title in wanted {
            assert!(
                read.titles.iter().any(|known| known == title),
                "{consumer}: {:?}",
                read.titles
            );
        }
        for (url, _, kind) in &read.enclosures {
            assert_eq!(kind, "application/x-bittorrent", "{consumer}");
            assert!(
                url.starts_with(&format!("{}/torznab/dl/", program.url)),
                "{url}"
            );
        }
        assert_eq!(read.links.len(), read.titles.len());
        for guid in &read.guids {
            let id = guid
                .strip_prefix("http://lacunarr/")
                .expect("one part of a path");
            assert!(!id.contains('/') && !id.is_empty(), "{guid}");
        }
    }
    let fresh = feed(program, "/torznab/fresh?t=search&apikey=KEY").await;
    assert_eq!(
        fresh.total, 6,
        "with what is refused, and nothing of another series: {:?}",
        fresh.titles
    );
    let none = feed(program, "/torznab/fresh?t=search&q=Berserk&apikey=KEY").await;
    assert_eq!((none.total, none.titles.len()), (0, 0));
    let none = feed(program, "/torznab/fresh?t=search&cat=5030&apikey=KEY").await;
    assert_eq!(
        (none.total, none.titles.len()),
        (1, 1),
        "never empty at first sight"
    );
    let behind = feed(program, "/torznab/fresh?t=search&offset=600&apikey=KEY").await;
    assert_eq!((behind.total, behind.titles.len()), (6, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_answered_with_the_codes_of_the_specification() {
    let scene = scene(Vec::new()).await;
    for (path, status, code) in [
        ("/torznab/found/api?t=search", 401, "100"),
        ("/torznab/found/api?t=search&apikey=wrong", 401, "100"),
        ("/torznab/found/api", 401, "100"),
        (
            "/api/v2.0/indexers/all/results/torznab/api?t=indexers&apikey=wrong",
            401,
            "100",
        ),
        ("/torznab/found/api?apikey=KEY", 400, "200"),
        ("/torznab/found/api?t=search&cat=x&apikey=KEY", 400, "201"),
        ("/torznab/found/api?t=nothing&apikey=KEY", 400, "202"),
        ("/torznab/found/api?t=tvsearch&q=x&apikey=KEY", 400, "203"),
        ("/torznab/lost/api?t=search&apikey=KEY", 404, "300"),
        ("/torznab/dl/sample", 410, "300"),
        ("/torznab/dl/AAAA", 410, "300"),
    ] {
        let answer = ask(&scene.program, &path.replace("KEY", KEY)).await;
        assert_eq!(answer.status, status, "{path}");
        let expected = format!("<error code=\"{code}\" description=\"");
        assert!(answer.body.contains(&expected), "{path}: {}", answer.body);
    }
    let empty = feed(&scene.program, "/torznab/found?t=search&apikey=KEY").await;
    assert_eq!(empty.titles, ["Lacunarr: nothing is in this feed yet"]);
    let answer = ask(
        &scene.program,
        empty.links[0]
            .strip_prefix(&scene.program.url)
            .expect("ours"),
    )
    .await;
    assert_eq!(answer.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_asked_is_told_without_a_key() {
    let scene = scene(Vec::new()).await;
    let answer = ask(&scene.program, "/torznab/found/api?t=caps&timeout=30").await;
    assert_eq!(answer.status, 200);
    read(&answer.body);
    for part in [
        "<limits default=\"100\" max=\"100\"/>",
        "<search available=\"yes\" supportedParams=\"q\"/>",
        "<book-search available=\"yes\" supportedParams=\"q,title,author,year\"/>",
        "<audio-search available=\"no\"",
        "<category id=\"7000\" name=\"Books\">",
        "<subcat id=\"7030\" name=\"Comics\"/>",
    ] {
        assert!(answer.body.contains(part), "{part} in {}", answer.body);
    }
    let path = format!(
        "/api/v2.0/indexers/all/results/torznab/api?apikey={KEY}&t=indexers&configured=true"
    );
    let answer = ask(&scene.program, &path).await;
    assert_eq!(answer.body.matches("<indexer id=").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_fetched_through_us_and_no_key_of_others_is_told() {
    let scene = scene(releases()).await;
    let path = format!("/torznab/fresh?t=search&apikey={KEY}");
    let told = ask(&scene.program, &path).await.body;
    assert!(
        !told.contains(prowlarr::KEY) && !told.contains(KEY),
        "{told}"
    );
    assert!(!told.contains(scene.prowlarr.url().as_str()), "{told}");
    let all = read(&told);
    let fetch = async |title: &str| {
        let at = all
            .titles
            .iter()
            .position(|known| known == title)
            .expect(title);
        let link = &all.links[at];
        ask(
            &scene.program,
            link.strip_prefix(&scene.program.url).expect("ours"),
        )
        .await
    };
    let torrent = fetch("Naruto T03 [CBZ] FR").await;
    assert_eq!(torrent.status, 200);
    assert_eq!(
        torrent.headers[header::CONTENT_TYPE],
        "application/x-bittorrent"
    );
    assert!(torrent.body.starts_with('d'), "bencode");
    let magnet = fetch("Naruto T05 [CBZ] FR - magnet").await;
    assert_eq!(magnet.status, 301);
    let location = magnet.headers[header::LOCATION].to_str().expect("text");
    assert!(location.starts_with("magnet:?xt=urn:btih:"), "{location}");
    let gone = fetch("Naruto T05 [CBZ] FR - gone").await;
    assert_eq!(gone.status, 410);
    assert!(gone.body.contains("<error code=\"300\""));
    // Its signature is of this item alone.
    let link = all.links[0].strip_prefix(&scene.program.url).expect("ours");
    let (head, last) = link.split_at(link.len() - 2);
    let other = if last == "AA" { "BA" } else { "AA" };
    assert_eq!(
        ask(&scene.program, &format!("{head}{other}")).await.status,
        410
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_returns_each_of_ten_thousand_once_while_new_ones_come() {
    install_tls();
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4, 6]);
    let mut home = Home::new().await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    program.stop();
    let config = config::load(&home.data(), None, home.environment()).expect("a configuration");
    let app = App::open(config, Clock::System).await.expect("it starts");
    let hostile = |number: u32| match number % 7 {
        0 => format!("Naruto T03 \u{1}\u{1b}]]> <b>&amp; {number}"),
        1 => format!(
            "Naruto T05 😀 \u{202e}FR\u{202c} {number} {}",
            "é".repeat(5_000)
        ),
        _ => format!("Naruto T{:02} [CBZ] FR {number}", number % 70),
    };
    offered(&app, 1, (0..10_000).map(hostile)).await;
    let program = home.start().await;
    let (mut guids, mut offset) = (HashSet::new(), 0);
    loop {
        let path = format!("/torznab/fresh/api?t=search&offset={offset}&limit=100&apikey=KEY");
        let page = feed(&program, &path).await;
        if page.guids.is_empty() {
            break;
        }
        assert_eq!(page.total, 10_000);
        offset += page.guids.len();
        for guid in page.guids {
            assert!(guids.insert(guid.clone()), "twice: {guid}");
        }
        if offset.is_multiple_of(1_000) {
            let new = (0..7).map(|number| format!("Naruto T03 [CBZ] FR new {offset} {number}"));
            offered(&app, 1, new).await;
        }
        if offset == 5_000 {
            // The index is read again while it pages.
            tokio::time::sleep(std::time::Duration::from_secs(6)).await;
        }
    }
    assert_eq!(guids.len(), 10_000);
    eventually("who begins anew sees the new ones", 120, async || {
        let page = feed(&program, "/torznab/fresh/api?t=search&apikey=KEY").await;
        page.total > 10_000
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_is_soon_found_by_its_new_title_and_then_by_its_own() {
    install_tls();
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2]);
    shelve(library.path(), "Boruto", &[1, 2]);
    let mut home = Home::new().await;
    home.library(library.path());
    let at = Arc::new(AtomicI64::new(Clock::System.now()));
    let app = started(&home, &at).await;
    let id = async |title: &str| {
        let all = store::feed::collected(&app.db).await.expect("series");
        let series = all.into_iter().find(|series| series.title == title);
        series.expect(title).id
    };
    let (naruto, boruto) = (id("Naruto").await, id("Boruto").await);
    offered(&app, boruto, iter::once("Boruto T03 [CBZ] FR".into())).await;
    // Long ago: that it was seen tells nothing.
    at.fetch_add(DAY, Ordering::Relaxed);
    let asked = Asked {
        text: "naruto boruto".into(),
        limit: 100,
        ..Asked::default()
    };
    let consumer = Consumer {
        agent: "a consumer".into(),
        address: "127.0.0.1".into(),
    };
    let found = async || {
        let items = items(&app, Feed::Fresh, &asked, &consumer, "http://localhost").await;
        items.expect("a page").total
    };
    assert_eq!(found().await, 0);
    let merged = shelving::merge(&app, boruto, naruto).await;
    let merged = merged.expect("it is merged").merge;
    assert_eq!(found().await, 0, "what was read a moment ago will do");
    at.fetch_add(6_000, Ordering::Relaxed);
    eventually("it is read again", 60, async || found().await == 1).await;
    let undone = shelving::unmerge(&app, merged).await;
    undone.expect("it is undone");
    // Who asks for what is older waits for what is new.
    at.fetch_add(MINUTE, Ordering::Relaxed);
    assert_eq!(found().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_reader_reads_what_is_missing_and_what_happened() {
    let scene = scene(releases()).await;
    let program = &scene.program;
    let plain = async |path: &str| {
        let answer = ask(program, &format!("{path}apikey={KEY}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/rss+xml");
        let titles: Vec<String> = answer
            .body
            .split("<item><title>")
            .skip(1)
            .map(|rest| rest.split('<').next().expect("a title").to_owned())
            .collect();
        titles
    };
    assert_eq!(
        plain("/api/v1/wanted.rss?").await,
        ["Naruto vol. 3 is missing", "Naruto vol. 5 is missing"]
    );
    let french = plain("/api/v1/wanted.rss?language=fr&").await;
    assert_eq!(french, ["Naruto T03 manque", "Naruto T05 manque"]);
    let added = plain("/api/v1/history.rss?type=library.imported&").await;
    assert_eq!(added.len(), 1, "{added:?}");
    assert_eq!(ask(program, "/api/v1/wanted.rss").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_searches_through_a_feed_has_the_sources_asked_by_setting() {
    let scene = scene(releases()).await;
    let (program, prowlarr) = (&scene.program, &scene.prowlarr);
    program.arm().await;
    let search = async |words: &str| {
        let path = format!("/torznab/found/api?t=search&apikey={KEY}&q={words}");
        read(&ask(program, &path).await.body)
    };
    // It came after the check.
    prowlarr.offer(Release::new(1, "Naruto T03 [CBZ] FR - new"));
    let asked = prowlarr.queries().len();
    assert_eq!(search("naruto+t03").await.titles, ["Naruto T03 [CBZ] FR"]);
    assert_eq!(
        prowlarr.queries().len(),
        asked,
        "by itself no source is asked"
    );

    program
        .ask("PATCH", "settings", Some(json!({"feedSearchMinutes": 60})))
        .await;
    for words in ["one+piece+t03", "", "naruto+t03&offset=100"] {
        search(words).await;
        assert_eq!(
            prowlarr.queries().len(),
            asked,
            "{words}: of no series, or further pages"
        );
    }
    let mut found = search("naruto+t03").await.titles;
    found.sort();
    assert_eq!(found, ["Naruto T03 [CBZ] FR", "Naruto T03 [CBZ] FR - new"]);
    let now = prowlarr.queries().len();
    assert!(now > asked);
    // Mylar asks three times in different words, and other programs come behind it.
    for words in ["naruto+003", "naruto+03", "naruto"] {
        assert!(search(words).await.titles.len() >= 2, "{words}");
    }
    assert_eq!(prowlarr.queries().len(), now, "not again for an hour");
    let grabs = program.get("grabs").await;
    assert_eq!(grabs["totalRecords"], 0, "nothing is sent by it");
}
