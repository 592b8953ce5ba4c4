//! Names, passwords and cookies: what is taken, and what is sent how often.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_sent_once_until_somebody_changes_something() {
    let mybb = Mybb::start();
    mybb.thread(29, 11, "Berserk", &post(&[ed2k("Berserk T01.cbz", 111)]));
    let home = Home::new().await;
    let program = home.start().await;
    let wrong = json!({"name": "ebdz", "kind": "ebdz", "url": mybb.url().as_str(), "username": USER, "password": "wrong", "paceSeconds": 1});
    let made = program.post("sources", wrong).await;
    assert_eq!(
        (&made["secretSet"], &made["forums"], &made["paceSeconds"]),
        (&json!(true), &json!([29]), &json!(1))
    );
    let refused = in_trouble(&program, "refused").await;
    let path = format!("sources/{}", made["id"]);
    assert_eq!(logins(&mybb.asked()), 1);
    let health = program.get(&path).await["health"]["error"].to_string();
    assert!(
        health.contains("user name or password is wrong"),
        "{health}"
    );
    assert_eq!(refused["problem"].to_string(), health);
    // Another source wakes the crawler.
    let other =
        json!({"name": "other", "kind": "ebdz", "url": "http://127.0.0.1:1/", "cookie": "x"});
    let other = program.post("sources", other).await["id"].clone();
    eventually("the other was tried", 20, async || {
        program.get(&format!("sources/{other}")).await["health"]["failures"] != 0
    })
    .await;
    // Neither a person nor a crawl that is asked for sends it again.
    for _ in 0..2 {
        let tested = program.post(&format!("{path}/test"), json!({})).await;
        assert_eq!(tested["success"], false);
        let said = tested["message"].to_string();
        assert!(
            said.contains("not sent again before 20") && said.contains("password is wrong"),
            "{said}"
        );
    }
    let (status, body) = program.ask("POST", &format!("{path}/crawl"), None).await;
    assert_eq!(status, 409, "{body}");
    assert!(
        body["detail"].to_string().contains("not sent again"),
        "{body}"
    );
    assert_eq!(mybb.asked(), Vec::<String>::new(), "it is left alone");
    // What is changed is tried at once; a second wrong one too.
    for (password, expected) in [("wrong too", false), (PASSWORD, true)] {
        let change = Some(json!({"password": password}));
        let (status, body) = program.ask("PATCH", &path, change).await;
        assert_eq!(status, 200, "{body}");
        if !expected {
            in_trouble(&program, "refused").await;
            assert_eq!(logins(&mybb.asked()), 1);
        }
    }
    over(&program, &Value::Null).await;
    assert!(program.get(&path).await["health"]["error"].is_null());
    assert_nothing_secret(&home, &program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_refused_counts_and_is_not_repeated() {
    let mybb = filled();
    let mut home = Home::new().await;
    home.set("SETTINGS__ENABLED", "false")
        .forum(&mybb.url(), USER, "wrong");
    let program = home.start().await;
    for sent in [1, 0] {
        let tested = program.post("sources/1/test", json!({})).await;
        assert_eq!(tested["success"], false);
        assert_eq!(logins(&mybb.asked()), sent);
    }
    let shown = program.get("sources/1").await;
    assert_eq!(shown["health"]["failures"], 1, "{shown}");
    let told = problem_of(&program, "source:ebdz").await;
    assert!(told.contains("password is wrong"), "{told}");
    assert_eq!(crawl(&program).await["state"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_answered_in_new_words_is_tried_once_for_all_forums() {
    let mybb = filled();
    mybb.answers_logins_with("Votre compte attend la décision d'un modérateur.");
    let mut home = home(&mybb).await;
    home.set("SOURCES__EBDZ__FORUMS", "23,29,31");
    let program = home.start().await;
    let refused = in_trouble(&program, "refused").await;
    let problem = refused["problem"].to_string();
    assert!(
        problem.contains("it answers the login with 'Votre compte attend la décision"),
        "{problem}"
    );
    program.post("sources/1/test", json!({})).await;
    assert_eq!(logins(&mybb.asked()), 1);
    assert_eq!(refused["forums"][0]["problem"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_is_looked_at_and_null_clears() {
    let mybb = Mybb::start();
    let cookie = mybb.cookie();
    let home = Home::new().await;
    let program = home.start().await;
    let source = |change: Value| {
        let mut source = json!({"name": "ebdz", "kind": "ebdz", "url": mybb.url().as_str(), "username": USER, "password": PASSWORD, "enabled": false});
        for (field, value) in change.as_object().expect("fields") {
            source[field] = value.clone();
        }
        source
    };
    for (change, says) in [
        (json!({"cookie": "foo=bar"}), "the cookie 'mybbuser'"),
        (json!({"paceSeconds": 0}), "paceSeconds"),
    ] {
        let (status, body) = program.ask("POST", "sources", Some(source(change))).await;
        assert!((400..500).contains(&status), "{status}");
        assert!(body.to_string().contains(says), "{body}");
    }
    let made = program.post("sources", source(json!({}))).await;
    let path = format!("sources/{}", made["id"]);
    let change = json!({"username": null, "password": null, "cookie": cookie});
    let (status, body) = program.ask("PATCH", &path, Some(change)).await;
    assert_eq!((status, &body["username"]), (200, &Value::Null), "{body}");
    let tested = program.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(tested["success"], true, "{tested}");
    assert_eq!(logins(&mybb.asked()), 0);
    // Nothing would be left.
    let (status, body) = program
        .ask("PATCH", &path, Some(json!({"cookie": null})))
        .await;
    assert_eq!(status, 400, "{body}");
    let health = program.get(&path).await["health"].clone();
    assert!(health["error"].is_null(), "{health}");
}
