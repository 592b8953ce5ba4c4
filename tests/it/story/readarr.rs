//! Programs that know Readarr: Prowlarr gives its indexers, autobrr its releases.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    eventually,
    program::{Home, KEY, Program, shelve},
    prowlarr::{
        self, Indexer, Link, Prowlarr, Release,
        applications::{Applications, Pushed},
    },
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    web_api::WebApi,
};

struct Scene {
    program: Program,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    _library: TempDir,
    home: Home,
}

/// Naruto, of which 3 and 5 are missing; nothing is asked yet.
async fn scene(releases: Vec<Release>) -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Naruto", &[1, 2, 4, 6]);
    let prowlarr = Prowlarr::start(
        vec![
            Indexer::public(1, "Nyaa"),
            Indexer::private(2, "YGG"),
            Indexer {
                protocol: "usenet",
                ..Indexer::public(3, "News")
            },
        ],
        releases,
    );
    let client = RealQBittorrent::start();
    let mut home = Home::new().await;
    home.library(library.path())
        .client(&client.url(), USER, PASSWORD)
        // Set below, where a story can change it.
        .unset("SETTINGS__KEEP_FREE_GIGABYTES");
    let program = home.start().await;
    program.scanned().await;
    program
        .ask("PATCH", "settings", Some(json!({"keepFreeGigabytes": 0})))
        .await;
    Scene {
        program,
        prowlarr,
        client,
        _library: library,
        home,
    }
}

impl Scene {
    fn applications(&self) -> Applications {
        let readarr = format!("{}/readarr", self.program.url);
        Applications::new(self.prowlarr.url().as_str(), &readarr, KEY)
    }

    async fn sources(&self) -> Vec<Value> {
        let sources = self.program.get("sources").await;
        sources.as_array().expect("a list").clone()
    }

    async fn torrents(&self) -> Vec<String> {
        let api = WebApi::login(self.client.url()).await;
        let torrents = api.get("torrents/info").await;
        let names = torrents.as_array().expect("a list").iter();
        names
            .map(|torrent| torrent["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    /// What autobrr gets for a release that it pushes.
    async fn push(&self, release: Value) -> (u16, Value) {
        let url = format!("{}/readarr/api/v1/release/push", self.program.url);
        let answer = reqwest::Client::new()
            .post(url)
            .header("X-Api-Key", KEY)
            .header("User-Agent", "autobrr")
            .header("Content-Type", "application/json")
            .body(release.to_string())
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }
}

/// As autobrr 2026-05 writes it.
fn release(title: &str, link: &str) -> Value {
    json!({
        "title": title, "infoUrl": "https://tracker.example/1", "downloadUrl": link, "size": 60_000_000, "indexer": "ygg",
        "downloadProtocol": "torrent", "protocol": "torrent", "publishDate": "2026-11-27T02:30:00Z",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn prowlarr_adds_changes_and_removes_and_our_sources_follow() {
    let scene = scene(vec![
        Release::new(1, "Naruto T03 [CBZ] FR"),
        Release::new(2, "Naruto T05 [CBZ] FR"),
    ])
    .await;
    let mut applications = scene.applications();
    applications.test().await.expect("the test passes");
    assert_eq!(
        scene.sources().await,
        Vec::<Value>::new(),
        "a test keeps nothing"
    );

    let mut nyaa = Pushed::torznab(1, "Nyaa");
    let ygg = Pushed::torznab(2, "YGG");
    let news = Pushed::newznab(3, "News");
    applications
        .synchronise(&[nyaa.clone(), ygg.clone(), news.clone()])
        .await
        .expect("synchronised");
    let sources = scene.sources().await;
    let seen: Vec<_> = sources
        .iter()
        .map(|source| {
            (
                source["name"].as_str().expect("a name"),
                source["enabled"] == true,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("Nyaa (Prowlarr)", true),
            ("YGG (Prowlarr)", true),
            ("News (Prowlarr)", false)
        ]
    );
    assert_eq!(sources[0]["kind"], "torznab");
    assert_eq!(sources[0]["categories"], json!([7000, 7020, 7030]));
    assert_eq!(
        (&sources[0]["apiKeySet"], &sources[2]["usenet"]),
        (&json!(true), &json!(true))
    );

    // Nothing differs, so nothing is written.
    applications.asked.clear();
    let all = [nyaa.clone(), ygg.clone(), news.clone()];
    applications.synchronise(&all).await.expect("synchronised");
    let written = applications
        .asked
        .iter()
        .filter(|asked| !asked.starts_with("GET"));
    assert_eq!(written.collect::<Vec<_>>(), Vec::<&String>::new());

    // They are asked, page behind page, and what they offer is sent.
    scene.prowlarr.set_page(1);
    scene.program.arm().await;
    scene.program.check(json!({})).await;
    let mut names = scene.torrents().await;
    names.sort();
    assert_eq!(names, ["Naruto T03 [CBZ] FR", "Naruto T05 [CBZ] FR"]);
    let asked = scene
        .prowlarr
        .queries()
        .into_iter()
        .flat_map(|query| query.indexers);
    let asked: std::collections::BTreeSet<i64> = asked.collect();
    assert_eq!(asked, [1, 2].into(), "nothing is asked of usenet");
    let of_nyaa = scene.prowlarr.queries().into_iter();
    let of_nyaa = of_nyaa.filter(|query| query.indexers == [1] && query.term == "Naruto");
    let offsets: Vec<_> = of_nyaa.map(|query| query.offset).collect();
    assert_eq!(offsets, [0, 1], "its page holds one");

    // A change there is one here, and what only we know stays.
    let id = sources[0]["id"].as_i64().expect("a number");
    let change = json!({"private": false, "timeoutSeconds": 7});
    scene
        .program
        .ask("PATCH", &format!("sources/{id}"), Some(change))
        .await;
    nyaa.categories = vec![7030];
    nyaa.enable = [false, true, true];
    nyaa.seed_ratio = Some(1.5);
    applications.update(&nyaa).await.expect("changed");
    let changed = scene.program.get(&format!("sources/{id}")).await;
    for (field, value) in [
        ("categories", json!([7030])),
        ("rss", json!(false)),
        ("automaticSearch", json!(true)),
        ("private", json!(false)),
        ("timeoutSeconds", json!(7)),
        ("apiKeySet", json!(true)),
        ("enabled", json!(true)),
    ] {
        assert_eq!(changed[field], value, "{field}");
    }

    // Switched off there, then removed.
    nyaa.enable = [false; 3];
    applications.update(&nyaa).await.expect("changed");
    assert_eq!(
        scene.program.get(&format!("sources/{id}")).await["enabled"],
        false
    );
    applications
        .synchronise(&[nyaa, ygg])
        .await
        .expect("synchronised");
    assert_eq!(scene.sources().await.len(), 2);
    applications.remove(2).await.expect("removed");
    assert_eq!(scene.sources().await.len(), 1);

    // What was removed here is added again there, and what a wiped Prowlarr finds here is its own.
    scene
        .program
        .ask("DELETE", &format!("sources/{id}"), None)
        .await;
    let nyaa = Pushed::torznab(1, "Nyaa");
    applications.update(&nyaa).await.expect("added again");
    let mut wiped = scene.applications();
    wiped
        .synchronise(std::slice::from_ref(&nyaa))
        .await
        .expect("synchronised");
    assert_eq!(wiped.mappings, applications.mappings);
    assert_eq!(scene.sources().await.len(), 1);
    let log = std::fs::read_to_string(scene.home.log()).expect("the log");
    assert!(!log.contains(prowlarr::KEY), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_prowlarr_gets_wrong_is_said_where_it_shows_it() {
    let scene = scene(Vec::new()).await;
    // The key of the application.
    let mut wrong = scene.applications();
    wrong.key = "another-key-of-someone".into();
    assert_eq!(wrong.test().await.expect_err("refused").0, 401);
    // The address under which we are to reach Prowlarr.
    let mut wrong = scene.applications();
    wrong.prowlarr = "http://127.0.0.1:9".into();
    let (status, body) = wrong.test().await.expect_err("refused");
    assert_eq!(status, 400);
    let mistakes: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(mistakes[0]["propertyName"], "BaseUrl");
    let said = mistakes[0]["errorMessage"].as_str().expect("a sentence");
    assert!(said.contains("cannot be reached"), "{said}");
    // Prowlarr's own key.
    let mut wrong = scene.applications();
    wrong.own_key = "nope".into();
    let (_, body) = wrong.test().await.expect_err("refused");
    let mistakes: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(mistakes[0]["propertyName"], "ApiKey");
    // A mask in place of the key is good for no other server.
    let mut applications = scene.applications();
    applications
        .add(&Pushed::torznab(1, "Nyaa"))
        .await
        .expect("added");
    let id = scene.sources().await[0]["id"].as_i64().expect("a number");
    let test = async |url: &str| {
        let fields = json!([
            {"name": "baseUrl", "value": url}, {"name": "apiPath", "value": "/api"},
            {"name": "apiKey", "value": "********"}, {"name": "categories", "value": [7000]},
        ]);
        let body = json!({"id": id, "name": "x", "implementation": "Torznab", "fields": fields});
        let url = format!("{}/readarr/api/v1/indexer/test", scene.program.url);
        let request = reqwest::Client::new().post(url).header("X-Api-Key", KEY);
        let answer = request
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        (
            answer.status().as_u16(),
            answer.text().await.expect("a body"),
        )
    };
    let own = format!("{}1/", scene.prowlarr.url());
    assert_eq!(test(&own).await.0, 200);
    let other = Prowlarr::start(vec![Indexer::public(1, "Other")], Vec::new());
    let (status, said) = test(&format!("{}1/", other.url())).await;
    assert!(status == 400 && said.contains("ApiKey"), "{said}");
    assert_eq!(other.requests(), Vec::<String>::new());
    // Two of one name.
    let (status, body) = applications
        .add(&Pushed::torznab(2, "Nyaa"))
        .await
        .expect_err("refused");
    let mistakes: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (status, &mistakes[0]["propertyName"]),
        (400, &json!("Name"))
    );
    assert_eq!(scene.sources().await.len(), 1);
    // What is removed twice is removed.
    let id = scene.sources().await[0]["id"].as_i64().expect("a number");
    for _ in 0..2 {
        applications.mappings.insert(1, id);
        applications.remove(1).await.expect("removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_subset_is_there_and_only_with_the_key() {
    let scene = scene(Vec::new()).await;
    let url = |path: &str| format!("{}/readarr/api/v1/{path}", scene.program.url);
    let http = reqwest::Client::new();
    let ask = async |method: &str, path: &str, key: &str, body: &'static str| {
        let method = method.parse().expect("a method");
        let request = http
            .request(method, url(path))
            .header("X-Api-Key", key)
            .body(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    for path in ["system/status", "indexer", "indexer/schema", "indexer/1"] {
        assert_eq!(ask("GET", path, "wrong", "").await.0, 401, "{path}");
    }
    let (status, body) = ask("GET", "system/status", KEY, "").await;
    assert_eq!((status, &body["appName"]), (200, &json!("Readarr")));
    assert_eq!(body["instanceName"], "Lacunarr");
    let (_, books) = ask("GET", "book", KEY, "").await;
    let titles = books.as_array().expect("a list").iter();
    let titles: Vec<_> = titles
        .map(|book| (&book["title"], &book["monitored"]))
        .collect();
    assert_eq!(titles, [(&json!("Naruto"), &json!(true))]);
    assert_eq!(ask("GET", "tag", KEY, "").await, (200, json!([])));
    for (method, path, body, status) in [
        ("GET", "indexer/99", "", 404),
        ("GET", "indexer/x", "", 404),
        ("PUT", "indexer/99", "{}", 404),
        ("DELETE", "indexer/99", "", 200),
        ("GET", "author", "", 404),
        ("PATCH", "indexer/1", "{}", 405),
        ("POST", "indexer/testall", "{}", 404),
        ("GET", "release/push", "", 405),
        ("POST", "indexer", "[", 400),
        ("POST", "indexer", "{}", 400),
        (
            "POST",
            "indexer",
            r#"{"implementation": "Torznab", "name": "x", "fields": [{"name": "categories", "value": [7000]}]}"#,
            400,
        ),
        ("POST", "release/push", "{}", 400),
        ("POST", "release/push", "[]", 400),
        (
            "POST",
            "release/push",
            r#"{"title": "x", "downloadUrl": "ftp://h/x"}"#,
            400,
        ),
        (
            "POST",
            "release/push",
            r#"{"title": "x", "downloadUrl": "http://h/x", "protocol": "usenet"}"#,
            400,
        ),
    ] {
        let (found, said) = ask(method, path, KEY, body).await;
        assert_eq!(found, status, "{method} {path}: {said}");
        if status == 400 {
            let first = said[0]["errorMessage"].as_str().unwrap_or_default();
            assert!(!first.is_empty(), "{said}");
        }
    }
    assert_eq!(
        scene.sources().await,
        Vec::<Value>::new(),
        "mistakes change nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_autobrr_pushes_goes_the_straight_line_once() {
    // The tracker: the links of the stand-in, as they are announced.
    let scene = scene(vec![
        Release::new(2, "Naruto T03 [CBZ] FR"),
        Release::new(2, "Naruto T05 [CBZ] FR").link(Link::RedirectMagnet),
        Release::new(2, "Naruto T05 [CBZ] FR - gone").link(Link::Gone),
    ])
    .await;
    let link = async |title: &str| {
        let url = format!(
            "{}api/v1/search?query=naruto&limit=100",
            scene.prowlarr.url()
        );
        let request = reqwest::Client::new()
            .get(url)
            .header("X-Api-Key", prowlarr::KEY);
        let found: Value = request
            .send()
            .await
            .expect("it")
            .json()
            .await
            .expect("JSON");
        let mut all = found.as_array().expect("a list").iter();
        let found = all.find(|release| release["title"] == title).expect("it");
        let link = found["downloadUrl"]
            .as_str()
            .or(found["magnetUrl"].as_str());
        link.expect("a link").to_owned()
    };
    let third = release("Naruto T03 [CBZ] FR", &link("Naruto T03 [CBZ] FR").await);

    // Not armed: it is judged, and not sent.
    let (status, answer) = scene.push(third.clone()).await;
    assert_eq!((status, &answer["approved"]), (200, &json!(false)));
    assert_eq!(answer["temporarilyRejected"], true);
    assert!(
        answer["rejections"].to_string().contains("not armed"),
        "{answer}"
    );
    assert_eq!(scene.torrents().await, Vec::<String>::new());
    let sources = scene.sources().await;
    assert_eq!(
        (&sources[0]["name"], &sources[0]["kind"]),
        (&json!("pushed"), &json!("push"))
    );

    scene.program.arm().await;
    for (title, expected) in [
        ("One Piece T03 [CBZ] FR", "no series that misses volumes"),
        ("Naruto T04 [CBZ] FR", "volume 4 is already on the shelf"),
        ("Naruto T03 [CBZ] [English]", "language"),
    ] {
        let (_, answer) = scene.push(release(title, "http://127.0.0.1:9/x")).await;
        let said = answer["rejections"].to_string();
        assert_eq!(answer["rejected"], true, "{answer}");
        assert!(said.contains(expected), "{title}: {said}");
    }
    // What is absurd is unknown.
    let mut absurd = release("One Piece T03", "http://127.0.0.1:9/x");
    for (field, value) in [
        ("size", json!("y")),
        ("seeders", json!(-1)),
        ("protocol", Value::Null),
    ] {
        absurd[field] = value;
    }
    assert_eq!(scene.push(absurd).await.0, 200);
    let gone = link("Naruto T05 [CBZ] FR - gone").await;
    let (_, answer) = scene
        .push(release("Naruto T05 [CBZ] FR - gone", &gone))
        .await;
    assert!(
        answer["rejections"].to_string().contains("gone"),
        "{answer}"
    );

    // What waited for the arming went with what came next.
    assert_eq!(scene.torrents().await, ["Naruto T03 [CBZ] FR"]);
    // Announced twice, it is sent once.
    let (_, answer) = scene.push(third).await;
    assert_eq!(answer["approved"], false, "{answer}");
    // A magnet does as well.
    let mut fifth = release("Naruto T05 [CBZ] FR", "");
    fifth["magnetUrl"] = link("Naruto T05 [CBZ] FR").await.into();
    fifth
        .as_object_mut()
        .expect("an object")
        .remove("downloadUrl");
    let (_, answer) = scene.push(fifth).await;
    assert_eq!(answer["approved"], true, "{answer}");
    assert_eq!(scene.torrents().await.len(), 2);
    assert_eq!(
        scene.sources().await.len(),
        1,
        "one source for all that is pushed"
    );

    // No check asks it, and no link is on the disk or in the log.
    let (_, reports) = scene.program.check(json!({})).await;
    assert_eq!(reports.of("Naruto")["asked"], json!([]));
    let log = std::fs::read_to_string(scene.home.log()).expect("the log");
    assert!(
        !log.contains(prowlarr::KEY) && !log.contains("download?"),
        "{log}"
    );
    let id = sources[0]["id"].as_i64().expect("a number");
    scene
        .program
        .ask(
            "PATCH",
            &format!("sources/{id}"),
            Some(json!({"enabled": false})),
        )
        .await;
    let (_, answer) = scene
        .push(release("Naruto T05 [CBZ] FR", "http://127.0.0.1:9/x"))
        .await;
    assert!(
        answer["rejections"].to_string().contains("switched off"),
        "{answer}"
    );
}

/// autobrr's own reading of an answer: whatever it does not know to be a refusal is approved (pkg/arr/readarr).
fn is_approved_to_autobrr((status, body): &(u16, Value)) -> Result<bool, ()> {
    match status {
        400 => Ok(body.as_array().is_some_and(Vec::is_empty)),
        200..=401 => Ok(body["rejected"] != true),
        _ => Err(()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_and_cannot_be_had_yet_is_not_lost() {
    let scene = scene(vec![
        Release::new(2, "Naruto T03 [CBZ] FR").link(Link::Error500),
        Release::new(2, "Naruto T05 [CBZ] FR"),
        Release::new(2, "Naruto T03 [CBZ] [English]"),
    ])
    .await;
    scene.program.arm().await;
    let proxied = |place: usize| {
        use base64::Engine;
        let link =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("release:{place}"));
        let key = prowlarr::KEY;
        format!(
            "{}2/download?apikey={key}&link={link}&file=x",
            scene.prowlarr.url()
        )
    };
    // A wrong key is no yes.
    let url = format!("{}/readarr/api/v1/release/push", scene.program.url);
    let request = reqwest::Client::new()
        .post(url)
        .header("X-Api-Key", "wrong");
    let third = release("Naruto T03 [CBZ] FR", &proxied(0));
    let answer = request
        .body(third.to_string())
        .send()
        .await
        .expect("an answer");
    let refused = (answer.status().as_u16(), answer.json().await.expect("JSON"));
    assert_eq!(
        (refused.0, is_approved_to_autobrr(&refused)),
        (401, Ok(false))
    );

    // The tracker does not have it yet: it can pass, and is said once.
    let answer = scene.push(third.clone()).await;
    assert_eq!(is_approved_to_autobrr(&answer), Ok(false));
    assert_eq!(answer.1["temporarilyRejected"], true, "{}", answer.1);
    assert_eq!(
        answer.1["rejections"].as_array().expect("reasons").len(),
        1,
        "{}",
        answer.1
    );

    // No room now: two wait, and neither makes the other one be forgotten.
    let room = async |gigabytes: u32| {
        let change = json!({"keepFreeGigabytes": gigabytes});
        scene.program.ask("PATCH", "settings", Some(change)).await;
    };
    room(100_000).await;
    let (_, answer) = scene
        .push(release("Naruto T05 [CBZ] FR", &proxied(1)))
        .await;
    assert_eq!(answer["temporarilyRejected"], true, "{answer}");
    let (_, answer) = scene
        .push(release("Naruto T03 [CBZ] [English]", &proxied(2)))
        .await;
    assert_eq!(answer["temporarilyRejected"], false, "{answer}");
    assert_eq!(scene.torrents().await, Vec::<String>::new());
    room(0).await;
    eventually("what waited is sent", 30, async || {
        scene.torrents().await == ["Naruto T05 [CBZ] FR"]
    })
    .await;
    // What could not be had is left alone for a while, unless it is announced again.
    (scene.prowlarr).replace_link("Naruto T03 [CBZ] FR", Link::Torrent);
    scene.program.check(json!({})).await;
    assert_eq!(scene.torrents().await, ["Naruto T05 [CBZ] FR"]);
    let (_, answer) = scene.push(third).await;
    assert_eq!(answer["approved"], true, "{answer}");
    let mut names = scene.torrents().await;
    names.sort();
    assert_eq!(names, ["Naruto T03 [CBZ] FR", "Naruto T05 [CBZ] FR"]);
}
