//! `lacunarr crawl` and `lacunarr links`.

use std::process::{Output, Stdio};

use super::*;

fn run(home: &Home, arguments: &[&str]) -> (Option<i32>, String, String) {
    ended(&home.command(arguments).output().expect("the program"))
}

/// Exit code, standard output and standard error.
fn ended(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Its data directory is there, as after a first start.
async fn started(mybb: &Mybb) -> Home {
    let home = home(mybb).await;
    std::fs::create_dir_all(home.data()).expect("a folder");
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_is_read_from_the_command_line_and_looked_through() {
    let mybb = filled();
    let home = started(&mybb).await;
    let crawled = |expected: &str| {
        let (code, said, log) = run(&home, &["crawl"]);
        assert_eq!((code, said.as_str()), (Some(0), expected), "{log}");
    };
    crawled("Read 3 pages and 8 threads: 14 links are new, 0 are gone.\n");
    crawled("Read 1 page and 0 threads: 0 links are new, 0 are gone.\n");
    mybb.reply(14, &post(&[ed2k("Erased T03.cbz", 91_000_000)]));
    crawled("Read 1 page and 1 thread: 1 link is new, 2 are gone.\n");
    let (code, said, _) = run(&home, &["links", "erased"]);
    assert_eq!(
        (code, said.replace('\u{a0}', " ").as_str()),
        (Some(0), "Erased T03.cbz     91 MB  Erased (14)\n")
    );
    let (_, said, _) = run(&home, &["links", "Le", "grand", "vide", "--limit", "1"]);
    assert!(
        said.contains("(12)") && said.ends_with("… and 1 more; --limit shows them\n"),
        "{said}"
    );
    let (_, said, _) = run(
        &home,
        &["links", "VIDE", "murawiec", "--json", "--source", "ebdz"],
    );
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let volumes: Vec<&Value> = lines.iter().map(|line| &line["volumes"]).collect();
    assert_eq!(volumes, ["1", "2"], "{said}");
    assert_eq!(
        (&lines[0]["hash"], &lines[0]["size"], &lines[0]["thread"]),
        (
            &json!(format!("{:032x}", 121)),
            &json!(121),
            &json!({"id": 12, "title": "Grand vide, Le [Murawiec]"})
        )
    );
    let (code, said, _) = run(&home, &["links", "nothing"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "No link in the index has all of these words.\n")
    );
    // The service finds it done.
    let program = home.start().await;
    let crawl = crawl(&program).await;
    assert_eq!(
        (&crawl["state"], &crawl["links"]),
        (&json!("idle"), &json!(13))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_says_what_to_do_and_makes_nothing() {
    let mybb = filled();
    let mut home = home(&mybb).await;
    home.unset("DATABASE__URL");
    for arguments in [["crawl", "--source=ebdz"], ["links", "berserk"]] {
        let (code, _, said) = run(&home, &arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("there is nothing in") && said.contains("--data"),
            "{said}"
        );
        assert!(!home.data().exists(), "a new data directory was made");
    }
    std::fs::create_dir_all(home.data()).expect("a folder");
    let (code, _, said) = run(&home, &["crawl", "--source", "other"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no EBDZ called 'other'"), "{said}");
    home.set("SOURCES__SECOND__KIND", "ebdz")
        .set("SOURCES__SECOND__USERNAME", "x")
        .set("SOURCES__SECOND__PASSWORD", "y");
    let (code, _, said) = run(&home, &["links", "berserk"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("--source NAME: "), "{said}");
    let none = Home::new().await;
    std::fs::create_dir_all(none.data()).expect("a folder");
    for arguments in [["crawl", "--config=/dev/null"], ["links", "berserk"]] {
        let (code, _, said) = run(&none, &arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("there is no EBDZ here; add one with"),
            "{said}"
        );
    }
    assert_eq!(mybb.asked(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_fails_says_why() {
    let mybb = filled();
    let mut home = started(&mybb).await;
    home.forum(&mybb.url(), USER, "wrong");
    let (code, said, log) = run(&home, &["crawl"]);
    assert_eq!((code, said.as_str()), (Some(2), ""), "{log}");
    assert!(
        log.contains("The forum was not read to its end: ") && log.contains("password is wrong"),
        "{log}"
    );
    home.forum(&mybb.url(), USER, PASSWORD);
    mybb.fail_after(0, Fault::Banned);
    let (code, _, log) = run(&home, &["crawl"]);
    assert_eq!(code, Some(2), "{log}");
    let (code, _, log) = run(&home, &["crawl"]);
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("the forum is left alone until "), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_is_interrupted_is_gone_on_with_by_the_next() {
    let mybb = filled();
    let home = started(&mybb).await;
    // Login and lists are over, four threads are read.
    mybb.fail_after(10, Fault::Stalled);
    let child = home
        .command(&["crawl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut asked = 0;
    eventually("it waits for a page", 30, async || {
        asked += mybb.asked().len();
        asked == 11
    })
    .await;
    let (code, _, log) = run(&home, &["crawl"]);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("Another process reads this forum"), "{log}");
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.expect("kill").success());
    let (code, _, log) = ended(&child.wait_with_output().expect("its end"));
    assert_eq!(code, Some(2), "{log}");
    let said = "Stopped. Read 3 pages and 4 threads: 6 links are new, 0 are gone. The next crawl goes on there.\n";
    assert!(log.ends_with(said), "{log}");
    mybb.mend();
    let (code, said, log) = run(&home, &["crawl"]);
    assert_eq!(
        (code, said.as_str()),
        (
            Some(0),
            "Read 1 page and 4 threads: 8 links are new, 0 are gone.\n"
        ),
        "{log}"
    );
}
