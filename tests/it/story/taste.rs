//! What the user accepts, refuses and prefers: by the configuration file as well as by the API.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    program::{Home, Program, shelve},
    prowlarr::{self, Indexer, Prowlarr, Release},
};

/// Oshi no Ko, of which 3 and 4 are missing; nothing downloads.
struct Scene {
    library: TempDir,
    _prowlarr: Prowlarr,
    home: Home,
}

impl Scene {
    async fn new(releases: Vec<Release>) -> Self {
        let library = tempfile::tempdir().expect("a folder");
        shelve(library.path(), "Oshi no Ko", &[1, 2, 5]);
        let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], releases);
        let mut home = Home::new().await;
        home.library(library.path())
            .source(&prowlarr.url(), prowlarr::KEY)
            .set("SETTINGS__ENABLED", "false");
        Self {
            library,
            _prowlarr: prowlarr,
            home,
        }
    }

    /// Writes the configuration file.
    fn file(&self, text: &str) {
        std::fs::create_dir_all(self.home.data()).expect("a folder");
        std::fs::write(self.home.data().join("lacunarr.toml"), text).expect("a file");
    }

    async fn start(&self) -> Program {
        let program = self.home.start().await;
        program.scanned().await;
        program
    }

    /// What it says when it does not start.
    fn refused_start(&self) -> String {
        let ended = self.home.command(&["check"]).output().expect("it runs");
        assert!(!ended.status.success());
        String::from_utf8_lossy(&ended.stderr).into_owned()
    }
}

async fn verdict(program: &Program, name: &str) -> (String, String) {
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    reports.verdict("Oshi no Ko", name)
}

const CBZ: &str = "Oshi no Ko T03 [CBZ] FR";
const PDF: &str = "Oshi no Ko T04 [PDF] FR";

const NO_PDF: &str = r#"
[rules."no PDF"]
then = "refuse"
library = "manga"
when = [{ field = "format", test = "is", values = ["pdf"] }]
"#;
const BROKEN: &str = r#"
[rules.broken]
then = "review"
when = [{ field = "name", test = "matches", values = ["("] }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_the_file_are_asked_and_a_broken_one_refuses_with_its_error() {
    let scene = Scene::new(vec![Release::new(1, CBZ), Release::new(1, PDF)]).await;
    scene.file(&[NO_PDF, BROKEN].concat());
    let program = scene.start().await;
    let rules = program.get("rules").await;
    let of = |name: &str| {
        let mut rules = rules.as_array().expect("rules").iter();
        rules.find(|rule| rule["name"] == name).expect(name).clone()
    };
    let (good, broken) = (of("no PDF"), of("broken"));
    assert_eq!(
        (&good["managed"], &good["libraryId"]),
        (&json!("file"), &json!(1))
    );
    assert_eq!(good["error"], Value::Null);
    assert!(
        broken["error"]
            .to_string()
            .contains("no regular expression"),
        "{broken}"
    );

    let (decision, reasons) = verdict(&program, CBZ).await;
    assert_eq!(decision, "refused");
    assert!(
        reasons.contains("'broken'") && reasons.contains("no regular expression"),
        "{reasons}"
    );
    let (_, reasons) = verdict(&program, PDF).await;
    assert!(reasons.contains("your rule 'no PDF' says so"), "{reasons}");
    let health = program.get("health").await;
    assert_eq!(health["problems"][0]["subject"], "rule:broken");
    assert!(
        health["problems"][0]["message"]
            .to_string()
            .contains("configuration file"),
        "{health}"
    );

    let path = format!("rules/{}", good["id"]);
    let body = json!({"name": "no PDF", "when": good["when"], "then": "review"});
    for (method, body) in [("PUT", Some(body)), ("DELETE", None)] {
        let (status, problem) = program.ask(method, &path, body).await;
        assert_eq!(status, 409, "{method}: {problem}");
        assert!(
            problem["detail"]
                .to_string()
                .contains("stands in the configuration file"),
            "{problem}"
        );
    }
    assert_eq!(program.get("rules").await, rules);

    drop(program);
    scene.file(NO_PDF);
    let program = scene.start().await;
    assert_eq!(
        program.get("rules").await,
        json!([good]),
        "the same, and the broken one is gone"
    );
    assert_eq!(program.get("health").await["state"], "ok");
    assert_ne!(verdict(&program, CBZ).await.0, "refused");
    assert_eq!(verdict(&program, PDF).await.0, "refused");

    drop(program);
    scene.file("");
    let program = scene.start().await;
    assert_eq!(program.get("rules").await, json!([]));
    assert_ne!(verdict(&program, PDF).await.0, "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_the_file_is_in_force_and_stays_while_it_is_named() {
    let scene = Scene::new(vec![Release::new(1, CBZ), Release::new(1, PDF)]).await;
    scene.file(
        "[profiles.default]\nrefused_formats = [\"cbz\"]\n[profiles.strict]\nrefused_formats = [\"pdf\"]\n",
    );
    let program = scene.start().await;
    assert_eq!(verdict(&program, CBZ).await.0, "refused");
    let strict = program.get("profiles/strict").await;
    assert_eq!(
        (&strict["managed"], &strict["profile"]["refusedFormats"]),
        (&json!("file"), &json!(["pdf"]))
    );
    for (method, body) in [
        ("PUT", Some(json!({}))),
        ("PATCH", Some(json!({"leastSeeders": 3}))),
        ("DELETE", None),
    ] {
        let (status, problem) = program.ask(method, "profiles/strict", body).await;
        assert_eq!(status, 409, "{method}: {problem}");
        assert!(
            problem["detail"]
                .to_string()
                .contains("stands in the configuration file"),
            "{problem}"
        );
    }
    let change = json!({"profile": "strict"});
    assert_eq!(program.ask("PATCH", "series/1", Some(change)).await.0, 200);
    assert_eq!(verdict(&program, PDF).await.0, "refused");
    assert_ne!(verdict(&program, CBZ).await.0, "refused");

    drop(program);
    scene.file("");
    let program = scene.start().await;
    let profiles = program.get("profiles").await;
    let names: Vec<&Value> = profiles
        .as_array()
        .expect("profiles")
        .iter()
        .map(|profile| &profile["name"])
        .collect();
    assert_eq!(names, ["default", "strict"]);
    assert_eq!(
        profiles[0]["profile"]["refusedFormats"],
        json!([]),
        "its first values again"
    );
    assert_eq!(profiles[1]["managed"], "api", "a series names it");
    assert_eq!(
        program
            .ask("PUT", "profiles/strict", Some(json!({})))
            .await
            .0,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_profile_is_changed_and_the_rest_stays() {
    let scene = Scene::new(Vec::new()).await;
    let program = scene.start().await;
    let whole = async || program.get("profiles/default").await["profile"].clone();
    let mut expected = whole().await;
    for given in [
        json!({"trustedGroups": ["Papa"], "refusedIndexers": ["Nyaa"]}),
        json!({"formats": ["pdf"], "indexerLanguages": {"Nyaa": "en"}}),
        json!({"leastSeeders": 3, "trustedGroups": []}),
        json!({}),
    ] {
        let (status, changed) = program
            .ask("PATCH", "profiles/default", Some(given.clone()))
            .await;
        for (field, value) in given.as_object().expect("fields") {
            expected[field] = value.clone();
        }
        assert_eq!((status, &changed["profile"]), (200, &expected), "{given}");
        assert_eq!(whole().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_not_there_is_not_named_silently() {
    let scene = Scene::new(Vec::new()).await;
    scene.file("[profiles.strict]\n");
    let program = scene.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let library = json!({"name": "bd", "path": folder.path()});
    let library = program.post("libraries", library).await["id"].clone();
    program.scanned().await;
    let before = (program.get("libraries").await, program.get("series").await);
    for (method, path, mut body) in [
        ("PATCH", "series/1".into(), json!({"monitored": false})),
        (
            "PATCH",
            format!("libraries/{library}"),
            json!({"enabled": false}),
        ),
        (
            "POST",
            "libraries".into(),
            json!({"name": "more", "path": folder.path()}),
        ),
    ] {
        body["profile"] = json!("strickt");
        let (status, problem) = program.ask(method, &path, Some(body.clone())).await;
        assert_eq!(status, 400, "{path}: {problem}");
        assert_eq!(
            problem["detail"],
            "profile: there is no profile named 'strickt'; there is: default, strict",
            "{path}"
        );
    }
    let after = (program.get("libraries").await, program.get("series").await);
    assert_eq!(before, after);
    for path in ["series/1".into(), format!("libraries/{library}")] {
        for name in ["strict", "default"] {
            let body = json!({"profile": name});
            assert_eq!(
                program.ask("PATCH", &path, Some(body)).await.0,
                200,
                "{path} {name}"
            );
        }
    }
    drop(program);

    scene.file(&format!(
        "[libraries.more]\nkind = \"folder\"\npath = {:?}\nprofile = \"strickt\"\n{}",
        scene.library.path(),
        NO_PDF.replace("\"manga\"", "\"mango\"")
    ));
    let said = scene.refused_start();
    assert!(
        said.contains(
            "[libraries.more]: profile: there is no profile named 'strickt'; there is: default"
        ),
        "{said}"
    );
    assert!(
        said.contains(
            "[rules.no PDF]: library: there is no library named 'mango'; there is: bd, manga, more"
        ),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_an_inbox_is_not_fetched_again() {
    let mut scene = Scene::new(vec![Release::new(1, CBZ), Release::new(1, PDF)]).await;
    let inbox = tempfile::tempdir().expect("a folder");
    let folder = inbox.path().join("Oshi no Ko");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("T03.cbz"), "").expect("a file");
    let place = inbox.path().display().to_string();
    let inboxes = format!("{place},/nowhere/inbox");
    scene.home.set("LIBRARIES__MANGA__INBOX", &inboxes);
    let program = scene.start().await;
    let (decision, reasons) = verdict(&program, CBZ).await;
    assert_eq!(decision, "refused");
    assert!(
        reasons.contains(&format!("volume 3 is in the inbox folder {place} already")),
        "{reasons}"
    );
    assert_ne!(verdict(&program, PDF).await.0, "refused", "nobody has 4");
    // The one that is not there is told, and in nothing's way.
    let health = program.get("health").await;
    assert_eq!(
        health["problems"].as_array().map(Vec::len),
        Some(1),
        "{health}"
    );
    assert_eq!(health["problems"][0]["subject"], "library:manga:inbox");
    let message = health["problems"][0]["message"].to_string();
    assert!(
        message.contains("the inbox folder /nowhere/inbox: it cannot be read"),
        "{message}"
    );
    assert_eq!(
        program.get("libraries").await[0]["inbox"],
        json!([place, "/nowhere/inbox"])
    );

    let library = json!({"name": "bd", "path": inbox.path(), "inbox": ["downloads"]});
    let (status, problem) = program.ask("POST", "libraries", Some(library)).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].to_string().contains("inbox"), "{problem}");

    drop(program);
    std::fs::remove_file(folder.join("T03.cbz")).expect("moved away");
    let program = scene.start().await;
    assert_ne!(verdict(&program, CBZ).await.0, "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_one_offer_comes_before_the_next_is_said() {
    let scene = Scene::new(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR").seeders(1),
        Release::new(1, "Oshi no Ko T03 FR [CBZ]").seeders(40),
        Release::new(1, "Oshinoko T03 [CBZ] FR").seeders(90),
    ])
    .await;
    let program = scene.start().await;
    let (_, reports) = program.check(json!({})).await;
    let expected = [
        json!([
            "Oshi no Ko T03 FR [CBZ]",
            "3 seeders or more, the next one has 1 or 2 seeders (availability)"
        ]),
        json!([
            "Oshi no Ko T03 [CBZ] FR",
            "it is accepted, the next one is for you to look at"
        ]),
        json!(["Oshinoko T03 [CBZ] FR", null]),
    ];
    let why = program.get("series/1/why?volume=3").await;
    for offers in [&why["offers"], &reports.of("Oshi no Ko")["offers"]] {
        let said: Vec<Value> = offers
            .as_array()
            .expect("offers")
            .iter()
            .map(|offer| json!([offer["title"], offer["before"]]))
            .collect();
        assert_eq!(said, expected);
    }
    let offer = program
        .get(&format!("offers/{}", why["offers"][0]["id"]))
        .await;
    assert_eq!(
        offer["before"],
        Value::Null,
        "alone, it comes before nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_waits_for_the_collected_one_and_leaves_it_what_it_has() {
    const ENGLISH: &str = "Oshi no Ko T03 [CBZ] [English]";
    let scene = Scene::new(vec![
        Release::new(1, ENGLISH),
        Release::new(1, "Oshi no Ko T03-T04 [CBZ] [English]"),
        Release::new(1, "Oshi no Ko T04 [CBZ] FR"),
    ])
    .await;
    let program = scene.start().await;
    let patient = json!({"fallbackLanguages": ["en"], "fallbackAfterDays": 30});
    let (status, body) = program.ask("PUT", "profiles/patient", Some(patient)).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        verdict(&program, ENGLISH)
            .await
            .1
            .contains("this series is collected in fr"),
        "its library's profile takes no other language"
    );
    let named = json!({"profile": "patient"});
    assert_eq!(program.ask("PATCH", "series/1", Some(named)).await.0, 200);
    let (decision, reasons) = verdict(&program, ENGLISH).await;
    assert_eq!(decision, "refused");
    let sentence =
        "its language is en, and fr is waited for, 30 of 30 days are left (fallbackAfterDays)";
    assert!(reasons.contains(sentence), "{reasons}");
    let at_once = json!({"fallbackLanguages": ["en"]});
    assert_eq!(
        program
            .ask("PUT", "profiles/patient", Some(at_once))
            .await
            .0,
        200
    );
    let (_, reports) = program.check(json!({"dryRun": true})).await;
    let mut picks = reports.picks("Oshi no Ko");
    picks.sort();
    assert_eq!(
        picks,
        [
            "Oshi no Ko T03 [CBZ] [English]: would_send",
            "Oshi no Ko T04 [CBZ] FR: would_send"
        ],
        "one pack in English would do, but volume 4 is there in French"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_alias_by_which_something_was_found_is_asked_for_again() {
    let scene = Scene::new(vec![Release::new(1, "My Star T03 [CBZ] FR")]).await;
    let program = scene.start().await;
    let names = json!({"aliases": ["Mon étoile", "My Star"]});
    assert_eq!(program.ask("PATCH", "series/1", Some(names)).await.0, 200);
    for (second, picks) in [("Mon étoile", 0), ("My Star", 1), ("My Star", 1)] {
        let (_, reports) = program.check(json!({})).await;
        let report = reports.of("Oshi no Ko");
        assert_eq!(report["asked"][0]["terms"], json!(["Oshi no Ko", second]));
        assert_eq!(report["picks"].as_array().map(Vec::len), Some(picks));
    }
}
