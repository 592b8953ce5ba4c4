//! Threads that are not what they were.

use super::*;
use crate::stand_in::mybb::Broken;

fn times_read(asked: &[String], id: i64) -> usize {
    let page = format!("GET showthread.php?tid={id}");
    asked.iter().filter(|asked| **asked == page).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_vanish_are_believed_when_they_are_missed_in_three_crawls() {
    let mybb = filled();
    let home = home(&mybb).await;
    let program = home.start().await;
    over(&program, &Value::Null).await;
    let berserk = [1, 2].map(|volume| ed2k(&format!("Berserk T0{volume}.cbz"), 110 + volume));
    mybb.reply(11, "Connectez-vous pour voir ce message.");
    mybb.reply(12, "Modifié par la modération.");
    mybb.asked();
    for crawl in 1..=3 {
        let done = again(&program).await;
        let asked = mybb.asked();
        assert_eq!(times_read(&asked, 11), 1, "crawl {crawl}: {asked:#?}");
        let (links, left) = if crawl < 3 { (14, 1) } else { (12, 0) };
        assert_eq!(done["links"], links, "crawl {crawl}: {done}");
        // A mod has put back those of thread 12 after the first.
        assert_eq!(times_read(&asked, 12), usize::from(crawl < 3));
        if crawl == 1 {
            mybb.edit(
                12,
                &post(&[1, 2].map(|volume| ed2k("Grand vide.cbz", 120 + volume))),
            );
            assert_eq!(done["threadsLeft"], 2);
        } else {
            assert_eq!(done["threadsLeft"], left, "crawl {crawl}");
            assert_eq!(thread(&program, 12).await["problem"], Value::Null);
        }
        let problem = thread(&program, 11).await["problem"].to_string();
        let told = problem_of(&program, "source:ebdz:threads").await;
        if crawl == 3 {
            assert_eq!((problem.as_str(), told.as_str()), ("null", ""));
            break;
        }
        assert!(problem.contains("none of its 2 links"), "{problem}");
        assert!(told.contains("Their links stay"), "{told}");
        let place = problem.split_whitespace();
        let place = place.clone().find(|word| word.starts_with("samples/"));
        let sample = std::fs::read_to_string(home.data().join(place.expect("a place")));
        assert!(sample.expect("the sample").contains("Connectez-vous"));
        assert!(program.get("sources/1").await["health"]["error"].is_null());
    }
    assert_nothing_secret(&home, &program).await;
    mybb.reply(11, &post(&berserk));
    assert_eq!(again(&program).await["links"], 14, "they are back");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thread_that_cannot_be_read_holds_up_nothing() {
    for (broken, says) in [
        (Broken::TooLarge, "more than 4 MB"),
        (Broken::Unreadable, "a thread has a post"),
        (Broken::Hidden, "does not show this to the account"),
        (
            Broken::Says(format!("Réservé aux donateurs, {USER} : patience.")),
            "Réservé aux donateurs, … : patience.",
        ),
    ] {
        let mybb = filled();
        mybb.breaks(14, Some(broken.clone()));
        let home = home(&mybb).await;
        let program = home.start().await;
        let first = over(&program, &Value::Null).await;
        assert_eq!(
            (
                &first["threadsRead"],
                &first["links"],
                &first["threadsLeft"]
            ),
            (&json!(7), &json!(12), &json!(1)),
            "{broken:?}"
        );
        assert_eq!(times_read(&mybb.asked(), 14), 1, "{broken:?}");
        let problem = thread(&program, 14).await["problem"].to_string();
        assert!(problem.contains(says), "{broken:?}: {problem}");
        assert!(!problem.contains(USER), "{problem}");
        assert!(program.get("sources/1").await["health"]["error"].is_null());
        // What was said of it is looked at no more after the third crawl, until something is said in it.
        for times in [1, 1, 0] {
            again(&program).await;
            assert_eq!(times_read(&mybb.asked(), 14), times, "{broken:?}");
        }
        assert_eq!(problem_of(&program, "source:ebdz:threads").await, "");
        mybb.breaks(14, None);
        mybb.reply(14, &post(&[ed2k("Erased T03.cbz", 143)]));
        let end = again(&program).await;
        assert_eq!(
            (&end["links"], &end["threadsLeft"]),
            (&json!(13), &json!(0))
        );
        assert_eq!(thread(&program, 14).await["problem"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_is_tied_to_its_thread_and_comes_first() {
    let mybb = filled();
    let library = tempfile::tempdir().expect("a folder");
    crate::stand_in::program::shelve(library.path(), "Monster", &[1, 3]);
    let mut home = home(&mybb).await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let source = program.get("sources").await[0]["id"].clone();
    let path = format!("sources/{source}/crawl");
    eventually("the crawl is over", 30, async || {
        program.get(&path).await["endedAt"].is_string()
    })
    .await;
    mybb.asked();
    for (thread, series, expected) in [(13, 1, 204), (999, 1, 204), (13, 77, 404)] {
        tie(&program, &source, thread, series, expected).await;
    }
    let found = program
        .get(&format!("sources/{source}/threads?search=monster"))
        .await;
    assert_eq!(found["records"][0]["series"], json!([1]));
    let index = program.get(&format!("sources/{source}/index")).await;
    assert_eq!(
        (
            &index["seriesTied"],
            &index["threadsLeft"],
            &index["forums"][0]
        ),
        (
            &json!(1),
            &json!(1),
            // In no list.
            &json!({"threads": 1, "links": 0})
        )
    );
    assert!(index["waitingSince"].is_string(), "{index}");
    mybb.thread(29, 30, "Nouveau", "Rien.")
        .reply(13, &post(&[ed2k("Monster T02.cbz", 1)]));
    let before = program.get(&path).await["endedAt"].clone();
    program.post(&path, json!({})).await;
    eventually("the crawl is over", 30, async || {
        program.get(&path).await["endedAt"] != before
    })
    .await;
    let asked = mybb.asked();
    let read: Vec<_> = asked
        .iter()
        .filter(|asked| asked.contains("showthread"))
        .collect();
    // 999 was in no list, and does not exist.
    assert_eq!(
        read,
        [
            "GET showthread.php?tid=999",
            "GET showthread.php?tid=13",
            "GET showthread.php?tid=30"
        ]
    );
    // It is told, and looked for again only when it is tied anew.
    let vain = program
        .get(&format!("sources/{source}/threads?pageSize=200"))
        .await;
    let vain = vain["records"].as_array().expect("threads");
    let vain = vain.iter().find(|thread| thread["id"] == 999);
    let problem = vain.expect("the thread")["problem"].to_string();
    assert!(problem.contains("has no such thread"), "{problem}");
    let told = problem_of(&program, "source:ebdz:ties").await;
    assert!(
        told.contains("thread 999") && told.contains("Untie it, or tie the right one"),
        "{told}"
    );
    for expected in [0, 1] {
        let before = program.get(&path).await["endedAt"].clone();
        program.post(&path, json!({})).await;
        eventually("the crawl is over", 30, async || {
            program.get(&path).await["endedAt"] != before
        })
        .await;
        let asked = mybb.asked();
        let times = asked.iter().filter(|asked| asked.ends_with("tid=999"));
        assert_eq!(times.count(), expected, "{asked:?}");
        tie(&program, &source, 999, 1, 204).await;
    }
    for thread in [13, 999] {
        let path = format!("sources/{source}/threads/{thread}/series/1");
        assert_eq!(program.ask("DELETE", &path, None).await.0, 204);
    }
    assert_eq!(problem_of(&program, "source:ebdz:ties").await, "");
}

async fn tie(program: &Program, source: &Value, thread: i64, series: i64, expected: u16) {
    let path = format!("sources/{source}/threads/{thread}/series/{series}");
    let (status, body) = program.ask("PUT", &path, None).await;
    assert_eq!(status, expected, "{body}");
}
