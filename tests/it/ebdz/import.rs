//! What Manga_Organizer has read of EBDZ is taken over.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::*;

/// `ebdz.db` as its `config.py` makes it.
const TABLE: &str = "CREATE TABLE ed2k_links (id INTEGER PRIMARY KEY AUTOINCREMENT, link TEXT UNIQUE, filename TEXT, filesize TEXT, volume INTEGER,
    thread_title TEXT, thread_url TEXT, thread_id TEXT, forum_category TEXT, cover_image TEXT, description TEXT, date_scraped TEXT)";
const ROW: &str = "INSERT INTO ed2k_links (link, thread_title, thread_url, thread_id, cover_image) VALUES ($1, $2, $3, $4, $5)";

#[tokio::test(flavor = "multi_thread")]
async fn an_old_index_is_taken_over_and_what_is_read_here_counts_more() {
    let mybb = filled();
    let home = home(&mybb).await;
    let file = home.log().with_file_name("ebdz.db");
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options)
        .await
        .expect("a file");
    sqlx::query(TABLE).execute(&mut old).await.expect("a table");
    for (link, title, url, id, cover) in [
        (
            ed2k("Berserk%20T01.cbz", 111),
            "Berserk",
            "x",
            Some("11"),
            None,
        ),
        (
            ed2k("Vagabond T01.cbz", 901),
            "Vagabond",
            "https://ebdz.net/forum/showthread.php?tid=90",
            None,
            Some("https://ebdz.net/c.jpg"),
        ),
        (
            "ed2k://|server|1.2.3.4|4661|/".to_owned(),
            "Vagabond",
            "x",
            Some("90"),
            None,
        ),
    ] {
        sqlx::query(ROW)
            .bind(link)
            .bind(title)
            .bind(url)
            .bind(id)
            .bind(cover)
            .execute(&mut old)
            .await
            .expect("a row");
    }
    old.close().await.expect("closed");
    let import = || {
        let output = home
            .command(&["import-ebdz", file.to_str().expect("UTF-8")])
            .output()
            .expect("the program");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(
        import(),
        "2 links are new in the index; 1 rows were no links to files\n"
    );
    assert_eq!(
        import(),
        "0 links are new in the index; 1 rows were no links to files\n"
    );
    let program = home.start().await;
    let end = over(&program, &Value::Null).await;
    // Of Berserk one link was known, and the old one is the same file.
    assert_eq!(
        (&end["links"], &end["linksNew"], &end["threads"]),
        (&json!(15), &json!(13), &json!(9)),
        "{end}"
    );
    let found = program.get("sources/1/threads?search=vagabond").await["records"][0].clone();
    assert_eq!(
        (&found["id"], &found["links"], &found["cover"]),
        (&json!(90), &json!(1), &json!("https://ebdz.net/c.jpg"))
    );
    assert!(
        found["replies"].is_null() && found["readAt"].is_null(),
        "{found}"
    );
    assert!(
        !mybb.asked().iter().any(|asked| asked.contains("tid=90")),
        "it is not read for that"
    );
}
