//! Signed links that answer a review from a message: a GET shows, a POST acts, once.

use std::sync::Arc;

use lacunarr::{
    app::App,
    clock::Clock,
    config,
    reviewing::{self, Links},
};
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{Scene, scene, scene_below};
use crate::stand_in::prowlarr::Release;

struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Scene {
    async fn links_of(&self, review: &Value) -> Value {
        let links = format!("reviews/{}/links", review["id"]);
        self.program.get(&links).await
    }

    /// Opens a link as a browser would that has no key.
    async fn open_link(&self, method: Method, link: &str, language: &str) -> Shown {
        let origin: url::Url = self.program.url.parse().expect("a URL");
        let url = origin.join(link).expect("a path");
        let request = Client::new().request(method, url);
        let answer = request
            .header("Accept-Language", language)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send()
            .await
            .expect("an answer");
        Shown {
            status: answer.status(),
            headers: answer.headers().clone(),
            html: answer.text().await.expect("a page"),
        }
    }

    async fn see(&self, link: &str) -> Shown {
        self.open_link(Method::GET, link, "en").await
    }

    async fn press(&self, link: &str) -> Shown {
        self.open_link(Method::POST, link, "en").await
    }

    async fn only_review(&self) -> Value {
        self.program.check(json!({})).await;
        let open = self.open().await;
        assert_eq!(open.len(), 1, "{open:?}");
        open[0].clone()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_rejects_what_was_sent_once() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    let review = scene.only_review().await;
    let (status, grab) = scene.answer(&review, "approve", json!({})).await;
    assert_eq!(status, 201, "{grab}");
    let links = scene.program.get("grabs/1/links").await;
    let reject = text(&links["reject"]);
    for _ in 0..2 {
        let shown = scene.see(reject).await;
        assert_eq!(shown.status, 200, "{}", shown.html);
        for word in [
            "Oshi no Ko",
            "Oshinoko T04 [CBZ] FR",
            "Reject it",
            "method=\"post\"",
        ] {
            assert!(shown.html.contains(word), "{word}: {}", shown.html);
        }
    }
    let french = scene.open_link(Method::GET, reject, "fr").await;
    assert!(
        french.html.contains("Rejeter ce qui a été envoyé ?"),
        "{}",
        french.html
    );
    let queue = scene.program.get("queue").await;
    assert_eq!(queue["records"][0]["actions"], json!(["give-up", "reject"]));
    assert_eq!(queue["records"][0]["series"], "Oshi no Ko");

    let pressed = scene.press(reject).await;
    assert_eq!(pressed.status, 200, "{}", pressed.html);
    let story = scene.program.get("grabs/1").await;
    assert_eq!(
        (text(&story["state"]), &story["actions"]),
        ("rejected", &json!([]))
    );
    assert_eq!(story["volumes"][0]["reserved"], false);
    let told: Vec<&str> = story["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| text(&event["type"]))
        .collect();
    assert_eq!(told, ["grab.sent", "grab.rejected"]);
    assert_eq!(
        scene.sent().await,
        0,
        "it was put there from here, and nothing of it came"
    );
    for shown in [scene.press(reject).await, scene.see(reject).await] {
        assert_eq!(shown.status, 410);
        assert!(
            shown.html.contains("nothing left to reject"),
            "{}",
            shown.html
        );
    }
    let last = reject.len() - 1;
    let other = match &reject[last..] {
        "A" => "B",
        _ => "A",
    };
    let forged = format!("{}{other}", &reject[..last]);
    assert_eq!(scene.see(&forged).await.status, 404);
    let token = reject.strip_prefix("/act/").expect("a token");
    assert!(!scene.home.printed().contains(token), "it is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_sends_once_and_is_over() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    let review = scene.only_review().await;
    let links = scene.links_of(&review).await;
    let (approve, reject) = (text(&links["approve"]), text(&links["reject"]));
    assert!(approve.starts_with("/act/") && approve != reject, "{links}");

    // Whoever shows a message opens its links, as often as it likes.
    for method in [Method::GET, Method::GET, Method::HEAD, Method::GET] {
        let shown = scene.open_link(method.clone(), approve, "en").await;
        assert_eq!(shown.status, 200);
        let headers = &shown.headers;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        if method == Method::HEAD {
            assert_eq!(shown.html, "");
            continue;
        }
        for word in [
            "Oshi no Ko",
            "Oshinoko T04 [CBZ] FR",
            "<bdi>4</bdi>",
            "only like this series",
            "method=\"post\"",
        ] {
            assert!(shown.html.contains(word), "{word}: {}", shown.html);
        }
        assert!(!shown.html.contains("<script"));
    }
    assert_eq!(scene.sent().await, 0);
    assert_eq!(scene.open().await.len(), 1);
    let french = scene
        .open_link(Method::GET, approve, "fr-FR,en;q=0.5")
        .await;
    assert!(french.html.contains("lang=\"fr\"") && french.html.contains("Envoyer"));

    let pressed = scene.press(approve).await;
    assert_eq!(pressed.status, 200, "{}", pressed.html);
    assert!(pressed.html.contains("Sent") && pressed.html.contains("Oshinoko T04"));
    assert_eq!(scene.sent().await, 1);
    let review = scene
        .program
        .get(&format!("reviews/{}", review["id"]))
        .await;
    assert_eq!(review["review"]["state"], "approved");

    for link in [approve, reject] {
        for shown in [scene.press(link).await, scene.see(link).await] {
            assert_eq!(shown.status, 410);
            assert!(shown.html.contains("answered already"), "{}", shown.html);
            assert!(!shown.html.contains("<form"));
        }
    }
    assert_eq!(scene.sent().await, 1);
    let (status, _) = scene
        .program
        .ask(
            "GET",
            &format!("reviews/{}/links", review["review"]["id"]),
            None,
        )
        .await;
    assert_eq!(status, 409, "no new links of what is over");
    let token = approve.strip_prefix("/act/").expect("a token");
    assert!(!scene.home.printed().contains(token), "it is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_we_did_not_sign_is_refused() {
    let scene = scene(vec![
        Release::new(1, "Oshinoko T04 [CBZ] FR"),
        Release::new(1, "Oshi no Ko T03 [CBZ] FR"),
    ])
    .await;
    scene.program.check(json!({})).await;
    let open = scene.open().await;
    let links = scene.links_of(&open[0]).await;
    let approve = text(&links["approve"]).to_owned();
    let other = scene.links_of(&open[1]).await;
    let (claim, signature) = approve.split_at("/act/".len() + 22);
    let mut tried = vec![
        "/act/x".to_owned(),
        "/act/%00".to_owned(),
        format!("{approve}A"),
        format!("{approve}=="),
        approve[..approve.len() - 2].to_owned(),
        // The claim of one review with the signature of another, and the other way around.
        format!("{claim}{}", &text(&other["approve"])[claim.len()..]),
        format!("{}{signature}", &text(&links["reject"])[..claim.len()]),
    ];
    for place in ["/act/".len(), approve.len() / 2, approve.len() - 2] {
        let mut letters: Vec<char> = approve.chars().collect();
        letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
        tried.push(letters.into_iter().collect());
    }
    for link in &tried {
        for shown in [scene.see(link).await, scene.press(link).await] {
            assert_eq!(shown.status, 404, "{link}: {}", shown.html);
            assert!(shown.html.contains("cut off on its way"), "{}", shown.html);
        }
    }
    let deleted = scene.open_link(Method::DELETE, &approve, "en").await;
    assert_eq!(deleted.status, 405);
    assert_eq!(deleted.headers["allow"], "GET, HEAD, POST");
    assert_eq!(scene.sent().await, 0);
    assert_eq!(scene.open().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_rejects_below_the_url_base_and_what_it_shows_is_escaped() {
    let name = "Oshinoko T04 <img src=x> & 'co' [CBZ] FR";
    let scene = scene_below("/media/lacunarr", vec![Release::new(1, name)]).await;
    let review = scene.only_review().await;
    let links = scene.links_of(&review).await;
    let reject = text(&links["reject"]);
    assert!(reject.starts_with("/media/lacunarr/act/"), "{reject}");
    let shown = scene.see(reject).await;
    assert!(!shown.html.contains("<img"), "{}", shown.html);
    assert!(
        shown.html.contains("&lt;img src=x&gt; &amp; "),
        "{}",
        shown.html
    );
    assert_eq!(scene.program.get("blocked").await, json!([]));
    let pressed = scene.press(reject).await;
    assert_eq!(pressed.status, 200, "{}", pressed.html);
    assert!(pressed.html.contains("Rejected"));
    let blocked = scene.program.get("blocked").await;
    assert_eq!(blocked[0]["reason"], "you rejected it", "{blocked}");
    assert_eq!(scene.press(reject).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_link_cannot_do_is_told_and_it_can_be_tried_again() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    let review = scene.only_review().await;
    let links = scene.links_of(&review).await;
    let approve = text(&links["approve"]);
    scene.client.stop();
    let pressed = scene.press(approve).await;
    assert_eq!(pressed.status, 502, "{}", pressed.html);
    assert!(pressed.html.contains("That was not done"));
    assert_eq!(scene.open().await.len(), 1);
    scene.client.restart();
    // A button that is pressed twice.
    let (one, two) = tokio::join!(scene.press(approve), scene.press(approve));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert!(
        statuses[0] == 200 && matches!(statuses[1], 409 | 410),
        "{}, {}",
        one.html,
        two.html
    );
    assert_eq!(scene.sent().await, 1);
}

/// The links that the program would have made so many days ago.
async fn links_made(scene: &Scene, review: &Value, days_ago: f64) -> Links {
    let home = &scene.home;
    let config = config::parse(&home.data(), "test", "", home.environment());
    let config = config.expect("the program's own configuration");
    let past = Clock::System.now() - (days_ago * 24.0 * 3_600_000.0) as i64;
    let clock = Clock::Set(Arc::new(past.into()));
    let app = App::open(config, clock).await.expect("opened");
    let id = review["id"].as_i64().expect("a number");
    let links = reviewing::links(&app, id).await.expect("signed");
    app.db.close().await;
    links
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_holds_for_a_week() {
    let scene = scene(vec![Release::new(1, "Oshinoko T04 [CBZ] FR")]).await;
    let review = scene.only_review().await;
    let fresh = links_made(&scene, &review, 6.99).await;
    assert_eq!(scene.see(&fresh.approve).await.status, 200);
    let old = links_made(&scene, &review, 7.01).await;
    for shown in [
        scene.see(&old.approve).await,
        scene.press(&old.approve).await,
        scene.press(&old.reject).await,
    ] {
        assert_eq!(shown.status, 410);
        assert!(shown.html.contains("expired"), "{}", shown.html);
    }
    assert_eq!(scene.open().await.len(), 1);
    assert_eq!(scene.sent().await, 0);
}
