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
