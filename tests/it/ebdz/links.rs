//! The links of the index, as a person looks for them, and its figures.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::*;
use crate::stand_in::{
    consumer::{ask, feed},
    program::KEY,
};

/// What [`filled`] has, and names that say more or less than usual.
fn many_names() -> Mybb {
    let mybb = filled();
    let named = |names: [&str; 2], size: u64| {
        let links = [(names[0], size), (names[1], size + 1)];
        post(&links.map(|(name, size)| ed2k(name, size)))
    };
    mybb.thread(
        29,
        18,
        "Akira",
        &named(
            [
                "Akira T01-T06 [Intégrale].cbz",
                "Akira - Édition Deluxe T03.cbz",
            ],
            181,
        ),
    );
    mybb.thread(23, 19, "Kenya [Leo]", &named(["07.cbr", "08.cbr"], 191));
    mybb
}

async fn read(mybb: &Mybb) -> (Home, Program) {
    let mut home = home(mybb).await;
    home.set("SOURCES__EBDZ__FORUMS", "29,23");
    let program = home.start().await;
    over(&program, &Value::Null).await;
    (home, program)
}

async fn links(program: &Program, query: &str) -> Value {
    program.get(&format!("sources/1/links?{query}")).await
}

/// How many there are, and the names on this page in their order.
async fn names(program: &Program, query: &str) -> (i64, Vec<String>) {
    let found = links(program, query).await;
    let records = found["records"].as_array().expect("records").iter();
    let names = records.map(|link| link["name"].as_str().expect("a name").to_owned());
    (
        found["totalRecords"].as_i64().expect("a number"),
        names.collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_found_by_words_of_their_names_and_threads() {
    let mybb = many_names();
    let (_home, program) = read(&mybb).await;
    for (search, expected) in [
        ("BERSERK", 2),
        ("serk", 2),
        ("t01 miura", 1),
        ("le%20grand%20vide", 2),
        ("vide%20murawiec", 2),
        ("%C3%A9dition%20deluxe", 1),
        ("edition%20D%C3%A9lux%C3%A9", 1),
        ("kenya", 2),
        ("kenya%2007", 1),
        ("berserk%20akira", 0),
        ("nothing", 0),
        ("", 18),
    ] {
        let (total, names) = names(&program, &format!("search={search}")).await;
        assert_eq!(
            (total, names.len()),
            (expected, usize::try_from(expected).expect("small")),
            "{search}: {names:?}"
        );
    }
    let found = links(&program, "search=integrale").await;
    let link = &found["records"][0];
    assert_eq!(
        (&link["hash"], &link["size"], &link["thread"]),
        (
            &json!(format!("{:032x}", 181)),
            &json!(181),
            &json!({"id": 18, "title": "Akira"})
        ),
        "{link}"
    );
    let parsed = &link["parsed"];
    assert_eq!(
        (&parsed["series"], &parsed["volumes"], &parsed["pack"]),
        (&json!("Akira"), &json!("1-6"), &json!(true)),
        "{link}"
    );
    assert!(
        link["firstSeenAt"].is_string() && link["lastSeenAt"].is_string(),
        "{link}"
    );
    assert!(link["goneAt"].is_null(), "{link}");
    assert!(!found.to_string().contains("ed2k:"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_narrowed_and_each_is_on_one_page() {
    let mybb = many_names();
    let (_home, program) = read(&mybb).await;
    let of_thread = names(&program, "thread=11").await;
    assert_eq!(
        of_thread,
        (
            2,
            vec![
                "Berserk [Miura] T01.cbz".into(),
                "Berserk [Miura] T02.cbz".into()
            ]
        )
    );
    for (query, expected) in [
        ("thread=999", 0),
        ("thread=9223372036854775807", 0),
        ("thread=18&volume=5", 1),
        ("search=deluxe&volume=3", 1),
        ("search=deluxe&volume=4", 0),
        // Of each of the seven threads, and the pack.
        ("volume=2", 8),
        ("volume=8", 1),
        ("volume=10.5", 0),
    ] {
        assert_eq!(names(&program, query).await.0, expected, "{query}");
    }
    for query in ["", "volume=2", "search=cbz"] {
        let (total, whole) = names(&program, &format!("{query}&pageSize=200")).await;
        assert_eq!(usize::try_from(total).expect("small"), whole.len());
        let mut paged = Vec::new();
        for page in 1..=total / 3 + 2 {
            let (of_page, names) =
                names(&program, &format!("{query}&pageSize=3&page={page}")).await;
            assert_eq!(of_page, total, "{query}, page {page}");
            paged.extend(names);
        }
        assert_eq!(paged, whole, "{query}");
    }
    let first = links(&program, "pageSize=200").await;
    let seen: Vec<&str> = first["records"]
        .as_array()
        .expect("records")
        .iter()
        .map(|link| link["firstSeenAt"].as_str().expect("a time"))
        .collect();
    assert!(
        seen.is_sorted_by(|newer, older| newer >= older),
        "newest first: {seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_left_their_thread_are_shown_apart_and_counted() {
    let mybb = many_names();
    let (_home, program) = read(&mybb).await;
    let index = program.get("sources/1/index").await;
    let newest = index["newestLinkAt"].clone();
    assert_eq!(
        (&index["threads"], &index["links"], &index["linksGone"]),
        (&json!(10), &json!(18), &json!(0)),
        "{index}"
    );
    let bytes: u64 = (11..=17).map(|id| 20 * id + 3).sum();
    assert_eq!(index["bytes"], bytes + 181 + 182 + 191 + 192);
    assert_eq!(
        index["forums"],
        json!([{"id": 23, "threads": 1, "links": 2}, {"id": 29, "threads": 9, "links": 16}])
    );
    assert_eq!(
        (&index["threadsLeft"], &index["seriesTied"]),
        (&json!(0), &json!(0))
    );
    assert!(index["waitingSince"].is_null(), "{index}");
    mybb.reply(
        14,
        &post(&[ed2k("Erased T02.cbz", 142), ed2k("Erased T03.cbz", 143)]),
    );
    again(&program).await;
    assert_eq!(
        names(&program, "gone=true").await,
        (1, vec!["Erased T01.cbz".into()])
    );
    let gone = links(&program, "gone=true&thread=14&search=erased&volume=1").await;
    assert!(gone["records"][0]["goneAt"].is_string(), "{gone}");
    assert_eq!(
        names(&program, "search=erased&gone=false").await,
        (2, vec!["Erased T03.cbz".into(), "Erased T02.cbz".into()])
    );
    let index = program.get("sources/1/index").await;
    assert_eq!(
        (&index["links"], &index["linksGone"]),
        (&json!(18), &json!(1))
    );
    assert!(index["newestLinkAt"].as_str() > newest.as_str(), "{index}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_searched_for_is_answered() {
    let mybb = filled();
    let (_home, program) = read(&mybb).await;
    let long = "cb%20".repeat(66);
    for (search, expected) in [
        // Signs name nothing, as everywhere.
        ("%25", 14),
        ("_", 14),
        ("%00", 14),
        ("berserk%00", 2),
        ("%5C", 14),
        ("'%20OR%20'1'='1", 0),
        ("berserk')%3B%20DROP%20TABLE%20ed2k_link%3B--", 0),
        ("%F0%9F%90%89", 14),
        ("%22%5D%7D", 14),
        (long.as_str(), 14),
    ] {
        let (total, _) = names(&program, &format!("search={search}")).await;
        assert_eq!(total, expected, "{search}");
    }
    let too_long = format!("search={}", "a".repeat(201));
    for query in [
        too_long.as_str(),
        "volume=abc",
        "volume=-1",
        "volume=1e3",
        "volume=12345",
        "thread=0",
        "thread=x",
        "gone=maybe",
        "page=0",
        "page=1000001",
        "pageSize=201",
        "nothing=1",
    ] {
        let (status, problem) = program
            .ask("GET", &format!("sources/1/links?{query}"), None)
            .await;
        assert_eq!(status, 400, "{query}: {problem}");
    }
    let last = links(&program, "page=1000000&pageSize=200").await;
    assert_eq!(
        (&last["totalRecords"], &last["records"]),
        (&json!(14), &json!([]))
    );
    let prowlarr =
        json!({"name": "p", "kind": "prowlarr", "url": "http://127.0.0.1:1", "apiKey": "x"});
    let prowlarr = program.post("sources", prowlarr).await["id"].clone();
    for place in ["links", "index"] {
        for (source, expected) in [(&prowlarr, 409), (&json!(99), 404)] {
            let path = format!("sources/{source}/{place}");
            let (status, problem) = program.ask("GET", &path, None).await;
            assert_eq!(status, expected, "{path}: {problem}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_among_too_many_links_is_refused_with_what_to_do() {
    let mybb = filled();
    let home = home(&mybb).await;
    std::fs::create_dir_all(home.data()).expect("a folder");
    let file = home.log().with_file_name("ebdz.db");
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options)
        .await
        .expect("a file");
    sqlx::query(super::import::TABLE)
        .execute(&mut old)
        .await
        .expect("a table");
    sqlx::query(
        "INSERT INTO ed2k_links (link, thread_title, thread_url, thread_id)
        WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n <= 20000)
        SELECT printf('ed2k://|file|Vagabond T%02d.cbz|%d|%032x|/', n % 40, n, n), 'Vagabond', 'x', '90' FROM one",
    )
    .execute(&mut old)
    .await
    .expect("rows");
    old.close().await.expect("closed");
    let import = home
        .command(&["import-ebdz", file.to_str().expect("UTF-8")])
        .output()
        .expect("the program");
    assert!(import.status.success(), "{import:?}");
    let program = home.start().await;
    over(&program, &Value::Null).await;
    assert_eq!(names(&program, "search=vagabond").await.0, 20_001);
    let (status, problem) = program
        .ask("GET", "sources/1/links?search=vagabond&volume=7", None)
        .await;
    assert_eq!(status, 422, "{problem}");
    let detail = problem["detail"].as_str().expect("a sentence");
    assert!(
        detail.starts_with("20001 links fit the rest, and at most 20000 are read"),
        "{detail}"
    );
    let (total, page) = names(
        &program,
        "search=vagabond%20t07&volume=7&pageSize=200&page=3",
    )
    .await;
    assert_eq!((total, page.len()), (500, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_of_links_is_searched_as_the_others_are() {
    let mybb = many_names();
    let (_home, program) = read(&mybb).await;
    for (query, expected) in [
        ("q=Berserk+Tome+01", &["Berserk [Miura] T01.cbz"][..]),
        ("q=akira+4", &["Akira T01-T06 [Intégrale].cbz"]),
        ("q=akira+9", &[]),
        ("q=kenya+7&cat=8000", &["07.cbr"]),
        ("q=kenya&cat=5030", &[]),
        ("q=kenya&maxsize=191", &["07.cbr"]),
        ("q=kenya&minage=1", &[]),
    ] {
        let path = format!("/torznab/ebdz/api?t=search&{query}&apikey=KEY");
        let read = feed(&program, &path).await;
        assert_eq!(read.titles, expected, "{query}");
        assert_eq!(read.total, expected.len(), "{query}");
    }
    let all = feed(&program, "/torznab/ebdz?t=search&limit=10&apikey=KEY").await;
    let rest = feed(
        &program,
        "/torznab/ebdz?t=search&limit=10&offset=10&apikey=KEY",
    )
    .await;
    assert_eq!((all.total, all.guids.len(), rest.guids.len()), (18, 10, 8));
    assert!(all.guids.iter().all(|guid| !rest.guids.contains(guid)));
    assert_eq!(all.enclosures[0].2, "application/x-ed2k");
    let link = all.links[0].strip_prefix(&program.url).expect("ours");
    let answer = ask(&program, link).await;
    assert_eq!(answer.status, 301);
    let location = answer.headers["location"].to_str().expect("text");
    assert!(location.starts_with("ed2k://|file|"), "{location}");
    let none = format!("/torznab/ebdz/api?t=search&apikey={KEY}x");
    assert_eq!(ask(&program, &none).await.status, 401);
}
