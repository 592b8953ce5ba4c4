//! How a source's forums are read: whole the first time, in the order of what is new, and each for itself.

use super::*;
use crate::stand_in::mybb::Access;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_reading_goes_to_the_end_and_reads_the_newest_threads_first() {
    let mybb = Mybb::start();
    // The newest has the lowest number; 45 pages of three.
    for at in 0..135_u32 {
        let title = format!("Série {at:03}");
        mybb.thread(29, i64::from(1000 - at), &title, "Bientôt.");
    }
    let home = home(&mybb).await;
    let program = home.start().await;
    let first = over(&program, &Value::Null).await;
    assert_eq!(
        (
            &first["pagesRead"],
            &first["threads"],
            &first["threadsLeft"]
        ),
        (&json!(45), &json!(135), &json!(0))
    );
    let asked = mybb.asked();
    let read: Vec<i64> = asked
        .iter()
        .filter_map(|asked| asked.strip_prefix("GET showthread.php?tid=")?.parse().ok())
        .collect();
    assert_eq!(read, (866..=1000).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_that_cannot_be_read_is_told_and_the_others_are_read() {
    let mybb = filled();
    mybb.access(23, Some(Access::Hidden));
    mybb.access(31, Some(Access::Missing));
    let words = format!("Désolé {USER} : cette section est réservée aux donateurs.");
    mybb.access(40, Some(Access::Says(words)));
    mybb.thread(23, 50, "Lanfeust", &post(&[ed2k("Lanfeust T01.cbz", 501)]));
    let mut home = home(&mybb).await;
    home.set("SOURCES__EBDZ__FORUMS", "23,29,31,40");
    let program = home.start().await;
    let first = over(&program, &Value::Null).await;
    assert_eq!(
        (&first["links"], &first["threads"]),
        (&json!(14), &json!(8))
    );
    for (at, says) in [
        (0, "does not show this to the account"),
        (2, "has no such thread or forum"),
        (3, "'Désolé … : cette section est réservée aux donateurs.'"),
    ] {
        let problem = first["forums"][at]["problem"].to_string();
        assert!(
            problem.contains(says) && !problem.contains(USER),
            "{problem}"
        );
    }
    let told = problem_of(&program, "source:ebdz:forums").await;
    for says in [
        "forum 23 is not read (nor are 31, 40)",
        "forumdisplay.php?fid=23 with a browser",
        "The other forums are read",
    ] {
        assert!(told.contains(says), "{told}");
    }
    assert!(program.get("sources/1").await["health"]["error"].is_null());
    for forum in [23, 31, 40] {
        mybb.access(forum, None);
    }
    let end = again(&program).await;
    assert_eq!((&end["links"], &end["threads"]), (&json!(15), &json!(9)));
    assert_eq!(problem_of(&program, "source:ebdz:forums").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_forum_was_is_not_lost_when_it_cannot_be_read_for_a_while() {
    let mybb = filled();
    let home = home(&mybb).await;
    // The first page as a stranger, the login, pages 1 and 2.
    mybb.fail_after(5, Fault::Stalled);
    let program = home.start().await;
    let mut asked = Vec::new();
    eventually("it waits for page 3", 30, async || {
        asked.extend(mybb.asked());
        asked.len() == 6
    })
    .await;
    mybb.access(29, Some(Access::Hidden));
    mybb.mend();
    over(&program, &Value::Null).await;
    mybb.access(29, None);
    mybb.asked();
    let end = again(&program).await;
    assert_eq!(lists(&mybb.asked()), ["3", "1"]);
    assert_eq!((&end["threads"], &end["links"]), (&json!(8), &json!(14)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_no_forum_says_what_it_has_to_be() {
    let mybb = filled();
    let mut home = home(&mybb).await;
    let wrong = mybb.url().join("/wrong/").expect("a URL");
    home.set("SOURCES__EBDZ__URL", wrong.as_str());
    let program = home.start().await;
    let rests = in_trouble(&program, "resting").await;
    let problem = rests["problem"].to_string();
    assert!(
        problem.contains("is no MyBB forum") && problem.contains("https://ebdz.net/forum/"),
        "{problem}"
    );
    let tested = program.post("sources/1/test", json!({})).await;
    assert!(
        tested["message"].to_string().contains("is no MyBB forum"),
        "{tested}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_ends_when_everything_is_switched_off_and_goes_on_later() {
    let mybb = filled();
    let home = home(&mybb).await;
    mybb.fail_after(8, Fault::Stalled);
    let program = home.start().await;
    let mut asked = Vec::new();
    eventually("it waits for a thread", 30, async || {
        asked.extend(mybb.asked());
        asked.len() == 9
    })
    .await;
    let set = async |enabled: bool| {
        let change = Some(json!({"enabled": enabled}));
        let (status, body) = program.ask("PATCH", "settings", change).await;
        assert_eq!(status, 200, "{body}");
    };
    set(false).await;
    mybb.mend();
    eventually("it has stopped", 30, async || {
        home.printed().contains("everything is switched off")
    })
    .await;
    let stopped = crawl(&program).await;
    assert!(
        stopped["problem"].to_string().contains("switched off"),
        "{stopped}"
    );
    assert_eq!(
        mybb.asked(),
        Vec::<String>::new(),
        "after the page that it read"
    );
    assert_eq!(stopped["threadsRead"], 3);
    set(true).await;
    let end = over(&program, &Value::Null).await;
    assert_eq!((&end["threads"], &end["links"]), (&json!(8), &json!(14)));
    assert!(lists(&mybb.asked()).is_empty(), "it went on where it was");
}
