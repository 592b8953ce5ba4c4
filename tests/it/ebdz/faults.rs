//! What a forum does instead of showing its pages.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_in_the_middle_is_begun_once_more() {
    let mybb = filled();
    mybb.ends_sessions_after(5);
    let home = home(&mybb).await;
    let program = home.start().await;
    let end = over(&program, &Value::Null).await;
    assert_eq!((&end["threads"], &end["links"]), (&json!(8), &json!(14)));
    let asked = mybb.asked();
    // Three lists and eight threads, two of these pages asked twice, and two pages of each login.
    assert_eq!((logins(&asked), asked.len()), (2, 17), "{asked:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_cookie_lets_us_in_and_a_wrong_one_is_said() {
    let mybb = filled();
    let mut home = Home::new().await;
    let cookie = mybb.cookie();
    home.set("SOURCES__EBDZ__KIND", "ebdz")
        .set("SOURCES__EBDZ__URL", mybb.url().as_str())
        .set("SOURCES__EBDZ__PACE_SECONDS", "0");
    home.set("SOURCES__EBDZ__COOKIE", &cookie);
    let program = home.start().await;
    over(&program, &Value::Null).await;
    assert_eq!(logins(&mybb.asked()), 0);
    assert_nothing_secret(&home, &program).await;
    program.stop();
    drop(program);
    home.set("SOURCES__EBDZ__COOKIE", "7_wrong");
    let program = home.start().await;
    let tested = program.post("sources/1/test", json!({})).await;
    assert!(
        tested["message"]
            .to_string()
            .contains("cookie is not, or no longer, valid"),
        "{tested}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captcha_is_not_answered_with_a_password() {
    let mybb = filled();
    mybb.has_failed_logins(3);
    let home = home(&mybb).await;
    let program = home.start().await;
    in_trouble(&program, "refused").await;
    assert_eq!(logins(&mybb.asked()), 0);
    let health = program.get("sources/1").await["health"]["error"].to_string();
    assert!(health.contains("letters of a picture"), "{health}");
    mybb.has_failed_logins(0);
    let tested = program.post("sources/1/test", json!({})).await;
    assert_eq!(tested["success"], true, "{tested}");
    assert_eq!(
        tested["message"],
        "EBDZ: logged in; forum 29 has 3 pages of threads"
    );
    over(&program, &Value::Null).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_that_wants_us_to_go_is_left_alone_at_once() {
    for (fault, says) in [
        (Fault::Forbidden, "has banned this address"),
        (Fault::Banned, "has banned this address"),
        (Fault::TooMany(7200), "asks to wait 7200 s"),
        (Fault::Closed, "closed for maintenance"),
    ] {
        let mybb = filled();
        mybb.fail_after(6, fault.clone());
        let home = home(&mybb).await;
        let program = home.start().await;
        let rests = in_trouble(&program, "resting").await;
        assert_eq!(mybb.asked().len(), 7, "{fault:?}");
        let health = program.get("sources/1").await["health"]["error"].to_string();
        assert!(health.contains(says), "{fault:?}: {health}");
        let until: chrono::DateTime<chrono::Utc> = rests["restsUntil"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time");
        let minutes = (until - chrono::Utc::now()).num_minutes();
        let expected = match fault {
            Fault::Closed => 14..=15,
            Fault::TooMany(_) => 119..=120,
            _ => 179..=180,
        };
        assert!(expected.contains(&minutes), "{fault:?}: {minutes}");
        let (status, body) = program.ask("POST", "sources/1/crawl", None).await;
        assert_eq!(status, 409, "{body}");
        assert!(mybb.asked().is_empty(), "{fault:?}");
        mybb.mend();
        let tested = program.post("sources/1/test", json!({})).await;
        assert_eq!(tested["success"], true, "{tested}");
        let end = over(&program, &Value::Null).await;
        assert_eq!(
            (&end["threads"], &end["links"]),
            (&json!(8), &json!(14)),
            "it went on"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_layout_is_said_with_a_sample_and_loses_no_link() {
    let mybb = filled();
    let home = home(&mybb).await;
    let program = home.start().await;
    over(&program, &Value::Null).await;
    for (fault, missed) in [
        (Fault::NewLayout, "a forum has a list of threads"),
        (Fault::NewThreads, "a thread has a post"),
    ] {
        let links = crawl(&program).await["links"].clone();
        // One thread would be the thread's fault.
        for thread in [11, 12, 13] {
            mybb.reply(thread, &post(&[ed2k("T09.cbz", 9)]));
        }
        mybb.fail_after(0, fault);
        program.post("sources/1/crawl", json!({})).await;
        in_trouble(&program, "resting").await;
        let error = program.get("sources/1").await["health"]["error"]
            .as_str()
            .expect("an error")
            .to_owned();
        assert!(
            error.contains("layout") && error.contains(missed),
            "{error}"
        );
        let place = error
            .split_whitespace()
            .find(|word| word.starts_with("samples/"))
            .expect("a place");
        let sample = std::fs::read_to_string(home.data().join(place)).expect("the sample");
        assert!(
            sample.contains("<main>") && sample.contains("<article>"),
            "{sample}"
        );
        assert_eq!(crawl(&program).await["links"], links, "none is lost");
        assert_nothing_secret(&home, &program).await;
        mybb.mend();
        program.post("sources/1/test", json!({})).await;
        over(&program, &Value::Null).await;
    }
    // Those that were tried are read with the next crawl.
    again(&program).await;
    let end = crawl(&program).await;
    assert_eq!(
        (&end["links"], &end["threadsLeft"]),
        (&json!(11), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forum_that_is_empty_is_no_failure() {
    let mybb = filled();
    let mut home = home(&mybb).await;
    home.set("SOURCES__EBDZ__FORUMS", "23,29");
    let program = home.start().await;
    let end = over(&program, &Value::Null).await;
    assert_eq!((&end["threads"], &end["links"]), (&json!(8), &json!(14)));
    assert_eq!(end["forums"].as_array().expect("forums").len(), 2);
    assert!(program.get("sources/1").await["health"]["error"].is_null());
}

/// A browser's cookie that is out of date does not stand in the way of name and password.
#[tokio::test]
async fn a_stale_cookie_gives_way_to_the_password() {
    let mybb = filled();
    let mut home = home(&mybb).await;
    home.set("SOURCES__EBDZ__COOKIE", "mybbuser=7_STALE0STALE0STALE0");
    let program = home.start().await;
    let done = over(&program, &Value::Null).await;
    assert_eq!(done["state"], "idle");
    assert_eq!(logins(&mybb.asked()), 1);
}
