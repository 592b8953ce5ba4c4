//! What a search says of an index.

use super::*;

async fn scene(mybb: &Mybb, missing: &str) -> (Home, Program, tempfile::TempDir) {
    let library = tempfile::tempdir().expect("a folder");
    crate::stand_in::program::shelve(library.path(), missing, &[1, 3]);
    let mut home = home(mybb).await;
    home.library(library.path());
    let program = home.start().await;
    program.scanned().await;
    let sources = program.get("sources").await;
    let path = format!("sources/{}/crawl", sources[0]["id"]);
    eventually("the crawl is over", 60, async || {
        program.get(&path).await["endedAt"].is_string()
    })
    .await;
    (home, program, library)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_how_old_the_index_is_while_the_forum_does_not_let_us_in() {
    let mybb = filled();
    let (_home, program, _library) = scene(&mybb, "Monster").await;
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    let asked = reports.of("Monster")["asked"][0].clone();
    assert_eq!(asked["error"], Value::Null, "{asked}");
    // The session ends, and the next login meets a captcha.
    mybb.reply(13, "Bientôt.");
    mybb.has_failed_logins(3);
    mybb.ends_sessions_after(1);
    let path = format!("sources/{}/crawl", program.get("sources").await[0]["id"]);
    program.post(&path, json!({})).await;
    eventually("it is refused", 30, async || {
        let now = program.get(&path).await;
        now["state"] == "refused" && now["problem"].is_string()
    })
    .await;
    let problem = program.get(&path).await["problem"].to_string();
    assert!(problem.contains("letters of a picture"), "{problem}");
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    let report = reports.of("Monster");
    let error = report["asked"][0]["error"].to_string();
    assert!(
        error.contains("its index is as of 20") && error.contains("it is not read now"),
        "{error}"
    );
    assert!(error.contains("letters of a picture"), "{error}");
    let offers = report["offers"].as_array().expect("offers");
    assert!(
        offers
            .iter()
            .any(|offer| offer["title"] == "Monster T02.cbz"),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_hundreds_of_links_of_one_title_is_found() {
    let mybb = Mybb::start();
    let links: Vec<String> = (4..=400)
        .map(|volume| ed2k(&format!("Detective T{volume:03}.cbz"), volume))
        .chain([ed2k("Detective T002 (zzz).cbz", 2)])
        .collect();
    mybb.thread(29, 7, "Detective", &post(&links));
    let (_home, program, _library) = scene(&mybb, "Detective").await;
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    let report = reports.of("Detective");
    assert_eq!(report["asked"][0]["offers"], 398, "{}", report["asked"]);
    assert_eq!(report["asked"][0]["truncated"], false);
    let (decision, _) = reports.verdict("Detective", "Detective T002 (zzz).cbz");
    assert_ne!(decision, "", "it was judged");
}
