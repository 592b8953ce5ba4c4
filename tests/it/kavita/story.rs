//! The whole program with a library that Kavita shows.

use serde_json::{Value, json};

use crate::stand_in::{
    eventually,
    kavita::{Book, Era, Fault, KEY, Kavita},
    program::{Home, Program},
};

async fn series(program: &Program, title: &str) -> Value {
    let found = program.get(&format!("series?title={title}")).await;
    found["records"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_kavita_shows_is_on_the_shelf_and_what_it_adds_is_seen_without_a_scan() {
    let kavita = Kavita::start(Era::Tokens);
    let naruto = kavita.change(|world| {
        let manga = world.library("Manga", "/manga");
        let books = [1, 2, 4]
            .map(|number| Book::volume(&format!("Naruto T{number:02}.cbz"), f64::from(number)));
        let naruto = world.add(manga, "Naruto", books);
        world.add(manga, "Akira", [Book::volume("Akira T01.cbz", 1.0)]);
        world.of(naruto).total_count = 72;
        naruto
    });
    let mut home = Home::new().await;
    home.set("LIBRARIES__KAVITA__KIND", "kavita")
        .set("LIBRARIES__KAVITA__URL", kavita.url().as_str())
        .set("LIBRARIES__KAVITA__API_KEY", KEY)
        .set("LIBRARIES__KAVITA__POLL_SECONDS", "10")
        .set("LIBRARIES__KAVITA__SETTLE_SECONDS", "1");
    kavita.change(|world| world.now = lacunarr::clock::Clock::System.now());
    let program = home.start().await;
    program.scanned().await;
    let shown = series(&program, "naruto").await;
    assert_eq!(
        (&shown["owned"], &shown["statedTotal"]),
        (&json!("1-2,4"), &json!(72)),
        "{shown:#}"
    );

    kavita.change(|world| world.put(naruto, Book::volume("Naruto T03.cbz", 3.0)));
    kavita.asked();
    eventually("the new volume is seen", 40, async || {
        series(&program, "naruto").await["owned"] == "1-4"
    })
    .await;
    let asked = kavita.asked();
    let volumes = asked.iter().filter(|asked| asked.path == "Series/volumes");
    assert!(
        volumes
            .clone()
            .all(|asked| asked.number("seriesId") == Some(naruto)),
        "{asked:?}"
    );

    kavita.change(|world| world.remove(naruto));
    program.scan().await;
    assert_eq!(series(&program, "naruto").await["vanished"], "1-4");

    kavita.fail(Fault::Down);
    let id = program.get("libraries").await[0]["id"].clone();
    program
        .post(&format!("libraries/{id}/scan"), json!({}))
        .await;
    eventually("it is held", 40, async || {
        program.get("libraries").await[0]["held"].is_string()
    })
    .await;
    assert_eq!(series(&program, "akira").await["owned"], "1");

    let told = [
        program.text("libraries").await,
        program.text("health").await,
        program.text("history").await,
        home.printed(),
    ];
    for text in told {
        assert!(
            !text.contains(KEY) && !text.contains("planted.token"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_series_of_kavita_that_are_one_here_are_followed_and_have_the_larger_total() {
    let kavita = Kavita::start(Era::AuthKeys);
    let now = lacunarr::clock::Clock::System.now();
    let (first, second) = kavita.change(|world| {
        world.now = now - 24 * 3_600_000;
        let manga = world.library("Manga", "/manga");
        let first = world.add(manga, "Naruto", [Book::volume("Naruto T01.cbz", 1.0)]);
        let books = [Book::volume("Naruto Shippuden T28.cbz", 28.0)];
        let second = world.add(manga, "Naruto Shippuden", books);
        world.add(manga, "Akira", [Book::volume("Akira T01.cbz", 1.0)]);
        world.of(first).total_count = 27;
        world.of(second).total_count = 72;
        (first, second)
    });
    let mut home = Home::new().await;
    home.set("LIBRARIES__KAVITA__KIND", "kavita")
        .set("LIBRARIES__KAVITA__URL", kavita.url().as_str())
        .set("LIBRARIES__KAVITA__API_KEY", KEY)
        .set("LIBRARIES__KAVITA__POLL_SECONDS", "10")
        .set("LIBRARIES__KAVITA__SETTLE_SECONDS", "1");
    let program = home.start().await;
    program.scanned().await;
    let all = program.get("series").await;
    let id = |title: &str| {
        let mut all = all["records"].as_array().expect("records").iter();
        let found = all.find(|series| series["title"] == title);
        found.expect("it is known")["id"].clone()
    };
    let (naruto, other) = (id("Naruto"), id("Naruto Shippuden"));
    let of = async |id: &Value| program.get(&format!("series/{id}")).await;
    let total = async |id: &Value| of(id).await["statedTotal"].clone();
    assert_eq!(
        (total(&naruto).await, total(&other).await),
        (json!(27), json!(72))
    );
    let merged = program
        .post(&format!("series/{other}/merge"), json!({"into": naruto}))
        .await;
    assert_eq!(
        (&merged["series"]["owned"], &merged["series"]["statedTotal"]),
        (&json!("1,28"), &json!(72))
    );

    // What is added to either comes to the one, and no other series is read for it.
    kavita.change(|world| {
        world.now = lacunarr::clock::Clock::System.now();
        world.put(first, Book::volume("Naruto T02.cbz", 2.0));
        world.put(second, Book::volume("Naruto Shippuden T29.cbz", 29.0));
    });
    kavita.asked();
    eventually("both are seen", 40, async || {
        of(&naruto).await["owned"] == "1-2,28-29"
    })
    .await;
    let asked = kavita.asked();
    let read = asked.iter().filter(|asked| asked.path == "Series/volumes");
    let read: Vec<_> = read.filter_map(|asked| asked.number("seriesId")).collect();
    assert!(
        read.iter().all(|id| [first, second].contains(id)),
        "{asked:?}"
    );
    // One of the two is gone from Kavita: what it held has vanished, and the other is as it was.
    kavita.change(|world| world.remove(second));
    program.scan().await;
    let shown = of(&naruto).await;
    assert_eq!(
        (&shown["owned"], &shown["vanished"], &shown["statedTotal"]),
        (&json!("1-2"), &json!("28-29"), &json!(72))
    );
    let undone = format!("merges/{}", merged["mergeId"]);
    let (status, both) = program.ask("DELETE", &undone, None).await;
    assert_eq!(status, 200, "{both}");
    assert_eq!(
        (total(&naruto).await, total(&other).await),
        (json!(27), json!(72))
    );
    assert_eq!(
        (&of(&naruto).await["owned"], &of(&other).await["vanished"]),
        (&json!("1-2"), &json!("28-29"))
    );

    // Parted by their keys instead, each has its own again.
    let path = format!("series/{other}/merge");
    program.post(&path, json!({"into": naruto})).await;
    let links = program.get(&format!("series/{naruto}/links")).await;
    let body = json!({"libraryId": links[0]["libraryId"], "keys": [second.to_string()], "title": "Boruto"});
    let both = program.post(&format!("series/{naruto}/split"), body).await;
    assert_eq!(
        (&both["series"]["statedTotal"], &both["made"]["statedTotal"]),
        (&json!(27), &json!(72)),
        "{both:#}"
    );
}
