//! What a human has to look at: one question per series and cause, answered once.

mod answers;
mod links;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    program::{Home, Program, shelve},
    prowlarr::{self, Fault, Indexer, Prowlarr, Release},
    qbittorrent::{PASSWORD, USER},
    real_qbittorrent::RealQBittorrent,
    web_api::WebApi,
};

struct Scene {
    library: TempDir,
    prowlarr: Prowlarr,
    client: RealQBittorrent,
    program: Program,
    home: Home,
}

/// Oshi no Ko, of which 3 and 4 are missing.
async fn scene(releases: Vec<Release>) -> Scene {
    scene_below("", releases).await
}

/// The same, served below a URL base.
async fn scene_below(base: &str, releases: Vec<Release>) -> Scene {
    let library = tempfile::tempdir().expect("a folder");
    shelve(library.path(), "Oshi no Ko", &[1, 2, 5]);
    let prowlarr = Prowlarr::start(vec![Indexer::public(1, "Nyaa")], releases);
    let client = RealQBittorrent::start();
    let mut home = Home::new().await;
    home.set("SERVER__URL_BASE", base)
        .library(library.path())
        .source(&prowlarr.url(), prowlarr::KEY)
        .client(&client.url(), USER, PASSWORD);
    let program = home.start().await;
    program.scanned().await;
    Scene {
        library,
        prowlarr,
        client,
        program,
        home,
    }
}

impl Scene {
    async fn open(&self) -> Vec<Value> {
        let reviews = self.program.get("reviews?state=open").await;
        reviews["records"].as_array().expect("reviews").clone()
    }

    async fn answer(&self, review: &Value, answer: &str, body: Value) -> (u16, Value) {
        let path = format!("reviews/{}/{answer}", review["id"]);
        self.program.ask("POST", &path, Some(body)).await
    }

    async fn sent(&self) -> usize {
        let torrents = WebApi::login(self.client.url())
            .await
            .get("torrents/info")
            .await;
        torrents.as_array().expect("a list").len()
    }
}

fn causes(reviews: &[Value]) -> Vec<String> {
    let mut causes: Vec<String> = reviews
        .iter()
        .map(|review| {
            format!(
                "{} {}",
                review["cause"].as_str().expect("a word"),
                review["volumes"].as_str().expect("volumes")
            )
        })
        .collect();
    causes.sort();
    causes
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_is_asked_once_and_an_approval_sends() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
        Release::new(1, "Oshinoko T04 [CBZ] FR"),
        Release::new(1, "Oshinoko T04 [PDF] FR"),
    ])
    .await;
    for _ in 0..2 {
        scene.program.check(json!({})).await;
        assert_eq!(causes(&scene.open().await), ["approval 3", "weak_title 4"]);
    }
    let reviews = scene.open().await;
    let of = |cause: &str| {
        reviews
            .iter()
            .find(|review| review["cause"] == cause)
            .expect(cause)
    };
    let details = scene
        .program
        .get(&format!("reviews/{}", of("weak_title")["id"]))
        .await;
    assert_eq!(details["offers"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        details["offers"][0]["title"], "Oshinoko T04 [CBZ] FR",
        "the better one first"
    );
    assert!(
        details["review"]["message"]
            .to_string()
            .contains("only like this series")
    );

    let (status, grab) = scene
        .answer(of("weak_title"), "approve", json!({"always": "alias"}))
        .await;
    assert_eq!(
        (status, &grab["state"], &grab["reserves"]),
        (201, &json!("queued"), &json!("4")),
        "{grab}"
    );
    assert_eq!(
        scene.program.get("series/1").await["aliases"],
        json!(["Oshinoko"])
    );
    let rested = scene.program.get("grabs?alias=oshinoko").await;
    assert_eq!(rested["records"][0]["id"], grab["id"], "{rested}");
    assert_eq!(causes(&scene.open().await), ["approval 3"]);
    let (status, problem) = scene.answer(of("weak_title"), "approve", json!({})).await;
    assert_eq!(status, 409);
    assert!(
        problem["detail"].to_string().contains("approved already"),
        "{problem}"
    );

    // Sent by hand in the meantime: the question closes itself.
    let approval = of("approval");
    scene
        .program
        .post("grabs", json!({"offerId": approval["candidates"][0]}))
        .await;
    assert_eq!(scene.open().await, Vec::<Value>::new());
    let (status, _) = scene.answer(approval, "approve", json!({})).await;
    assert_eq!(status, 409);
    assert_eq!(scene.sent().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_is_withdrawn_lists_what_was_sent_on_its_strength() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    let program = &scene.program;
    program.check(json!({})).await;
    let review = scene.open().await.remove(0);
    let taught = json!({"always": "alias"});
    let (status, grab) = scene.answer(&review, "approve", taught).await;
    assert_eq!(status, 201, "{grab}");
    let change = async |body: Value| {
        let (status, series) = program.ask("PATCH", "series/1", Some(body)).await;
        assert_eq!(status, 200, "{series}");
        series
    };
    for kept in [
        json!({"aliases": ["OSHINOKO", "My Star"]}),
        json!({"aliases": ["Oshinoko"]}),
        json!({"total": 9}),
    ] {
        let series = change(kept).await;
        assert_eq!(series["sentByWithdrawn"], json!([]), "{series}");
    }
    let series = change(json!({"aliases": []})).await;
    let listed = series["sentByWithdrawn"].as_array().expect("a list");
    let ids: Vec<&Value> = listed.iter().map(|listed| &listed["id"]).collect();
    assert_eq!(ids, [&grab["id"]], "{series}");
    assert_eq!(
        (&series["id"], &series["aliases"]),
        (&json!(1), &json!([])),
        "beside all else of the series"
    );
    let give_up = format!("grabs/{}/give-up", ids[0]);
    program.post(&give_up, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_is_sent_as_a_whole_or_the_rest_is_still_asked() {
    let releases = || {
        vec![
            Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
            Release::new(1, "Oshi no Ko T04 [CBZ] FR"),
        ]
    };
    let whole = scene(releases()).await;
    whole.program.check(json!({})).await;
    let asked = whole.open().await;
    assert_eq!(causes(&asked), ["approval 3-4"]);
    let (status, grab) = whole.answer(&asked[0], "approve", json!({})).await;
    assert_eq!(status, 201, "{grab}");
    assert_eq!(whole.sent().await, 2, "both were chosen");
    assert_eq!(whole.open().await, Vec::<Value>::new());

    let part = scene(releases()).await;
    part.program.check(json!({})).await;
    let asked = part.open().await;
    let (status, _) = part
        .answer(&asked[0], "approve", json!({"volumes": "3"}))
        .await;
    assert_eq!((status, part.sent().await), (201, 1));
    let rest = part.open().await;
    assert_eq!(causes(&rest), ["approval 4"], "it is still asked");
    assert_eq!(rest[0]["id"], asked[0]["id"]);
    let (status, _) = part.answer(&rest[0], "reject", json!({})).await;
    assert_eq!(status, 200);
    let wanted = part.program.get("wanted").await;
    let states: Vec<&Value> = wanted["records"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|want| &want["state"])
        .collect();
    assert_eq!(states, ["on_its_way", "wanted"], "{wanted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_which_a_part_is_on_its_way_can_be_approved_for_the_rest() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
        Release::new(1, "Oshinoko T03 à T04 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let asked = scene.open().await;
    assert_eq!(causes(&asked), ["approval 3", "weak_title 3-4"]);
    let single = asked.iter().find(|review| review["cause"] == "approval");
    let single = single.expect("the single volume");
    let (status, _) = scene.answer(single, "approve", json!({})).await;
    assert_eq!(status, 201);
    let asked = scene.open().await;
    let (status, grab) = scene.answer(&asked[0], "approve", json!({})).await;
    assert_eq!((status, &grab["reserves"]), (201, &json!("4")), "{grab}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_blocks_and_can_teach_never_again() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 FR [CBZ] [Papa]"),
        Release::new(1, "Oshi no Ko T04 FR [CBZ] [Papa]"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let reviews = scene.open().await;
    assert_eq!(causes(&reviews), ["approval 3-4"]);
    let (status, review) = scene
        .answer(&reviews[0], "reject", json!({"never": "group"}))
        .await;
    assert_eq!(
        (status, &review["state"]),
        (200, &json!("rejected")),
        "{review}"
    );
    let profile = scene.program.get("profiles/default").await;
    assert_eq!(profile["profile"]["refusedGroups"], json!(["Papa"]));
    assert_eq!(
        scene.program.get("blocked").await.as_array().map(Vec::len),
        Some(2)
    );
    let (_, reports) = scene.program.check(json!({})).await;
    assert_eq!(scene.open().await, Vec::<Value>::new());
    let (decision, reasons) = reports.verdict("Oshi no Ko", "Oshi no Ko T03 FR [CBZ] [Papa]");
    assert_eq!(decision, "refused");
    assert!(
        reasons.contains("you rejected it") && reasons.contains("refusedGroups"),
        "{reasons}"
    );
    assert_eq!(scene.sent().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_closes_itself_when_its_volume_arrives() {
    let scene = scene(vec![
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
        Release::new(1, "Oshinoko T04 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    shelve(scene.library.path(), "Oshi no Ko", &[4]);
    scene.program.scan().await;
    assert_eq!(causes(&scene.open().await), ["approval 3"]);
    assert_eq!(
        scene.program.get("reviews?state=closed").await["records"][0]["cause"],
        "weak_title"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_in_trouble_closes_no_question_and_asks_none_twice() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    scene.program.check(json!({})).await;
    let asked = scene.open().await;
    assert_eq!(causes(&asked), ["weak_title 4"]);
    scene.prowlarr.fail(Fault::Down);
    scene.program.check(json!({})).await;
    assert_eq!(causes(&scene.open().await), ["weak_title 4"]);
    assert_eq!(
        scene.program.get("wanted?state=review").await["totalRecords"],
        1
    );
    scene.prowlarr.fail(None);
    scene.prowlarr.withdraw("Oshinoko T04 [CBZ] FR");
    let source = scene.program.get("sources").await[0]["id"].clone();
    scene
        .program
        .post(&format!("sources/{source}/test"), json!({}))
        .await;
    scene.program.check(json!({})).await;
    assert_eq!(
        scene.open().await,
        Vec::<Value>::new(),
        "nobody offers it any more"
    );
    assert_eq!(
        scene.program.get("wanted?state=review").await["totalRecords"],
        0
    );
    let told = scene.program.get("history?type=review.needed").await;
    assert_eq!(told["totalRecords"], 1, "{told}");
    // By which whoever is told can answer.
    assert_eq!(
        told["records"][0]["data"]["review"], asked[0]["id"],
        "{told}"
    );
}
