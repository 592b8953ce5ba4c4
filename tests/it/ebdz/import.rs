//! What Manga_Organizer has read of EBDZ is taken over.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::*;

/// `ebdz.db` as its `config.py` makes it.
pub const TABLE: &str = "CREATE TABLE ed2k_links (id INTEGER PRIMARY KEY AUTOINCREMENT, link TEXT UNIQUE, filename TEXT, filesize TEXT, volume INTEGER,
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
        (ed2k("Monster T01.cbz", 902), "Monster", "x", None, None),
        (
            ed2k("Pluto T01.cbz", 903),
            "Pluto",
            "x",
            Some("91"),
            Some("javascript:alert(1)"),
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
    std::fs::create_dir_all(home.data()).expect("a folder");
    assert_eq!(
        import(&home, &file).0,
        "3 links are new in the index; of the other rows 1 are no links to files, 1 name no thread\n"
    );
    assert_eq!(
        import(&home, &file).0,
        "0 links are new in the index; of the other rows 1 are no links to files, 1 name no thread, 3 are in the index already, or their \
         threads were read here since\n"
    );
    let program = home.start().await;
    let end = over(&program, &Value::Null).await;
    // Of Berserk one link was known, and the old one is the same file.
    assert_eq!(
        (&end["links"], &end["linksNew"], &end["threads"]),
        (&json!(16), &json!(13), &json!(10)),
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
    let pluto = program.get("sources/1/threads?search=pluto").await["records"][0].clone();
    assert_eq!(
        (&pluto["links"], &pluto["cover"]),
        (&json!(1), &Value::Null)
    );
    assert!(
        !mybb.asked().iter().any(|asked| asked.contains("tid=90")),
        "it is not read for that"
    );
}

/// What the command prints, and what it says is wrong.
fn import(home: &Home, file: &std::path::Path) -> (String, String) {
    let output = home
        .command(&["import-ebdz", file.to_str().expect("UTF-8")])
        .output()
        .expect("the program");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn a_file_that_is_another_is_named_and_a_mistyped_directory_is_not_made() {
    let mybb = Mybb::start();
    let home = home(&mybb).await;
    let place = |name: &str| home.log().with_file_name(name);
    std::fs::write(place("notes.txt"), "not a database, ".repeat(100)).expect("a file");
    let options = SqliteConnectOptions::new()
        .filename(place("other.db"))
        .create_if_missing(true);
    let mut other = SqliteConnection::connect_with(&options)
        .await
        .expect("a file");
    sqlx::query("CREATE TABLE ed2k_links (id INTEGER PRIMARY KEY, url TEXT)")
        .execute(&mut other)
        .await
        .expect("a table");
    other.close().await.expect("closed");
    let (_, said) = import(&home, &place("other.db"));
    assert!(said.contains("there is nothing in"), "{said}");
    assert!(!home.data().exists(), "it was made");
    std::fs::create_dir_all(home.data()).expect("a folder");
    for (name, says) in [
        ("none.db", "none.db cannot be opened"),
        (
            "notes.txt",
            "notes.txt is not the file ebdz.db of Manga_Organizer",
        ),
        ("other.db", "it has no table 'ed2k_links' with the columns"),
    ] {
        let (printed, said) = import(&home, &place(name));
        assert!(printed.is_empty() && said.contains(says), "{name}: {said}");
        assert!(said.contains(name), "{said}");
    }
}
