//! A client says that a download is complete, and its grab advances at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{TOKEN, bodies, hook, post};
use crate::{
    stand_in::{
        book::volume,
        eventually,
        program::Program,
        prowlarr::Release,
        swarm::{SOON, Swarm},
        web_api::WebApi,
    },
    story::parts::Parts,
};

const THIRD: &str = "Naruto T03 [CBZ] FR";

async fn grab(program: &Program) -> Value {
    program.get("grabs").await["records"][0].clone()
}

/// Sends volume 3.
async fn sent(program: &Program) -> Value {
    program.scanned().await;
    program.arm().await;
    program.check(json!({})).await;
    let grab = grab(program).await;
    assert_eq!(
        (&grab["title"], &grab["state"]),
        (&json!(THIRD), &json!("queued"))
    );
    grab
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_of_ours_makes_its_client_be_asked_now() {
    let mut parts = Parts::new(vec![Release::new(1, THIRD)]).await;
    let library = parts.library().to_owned();
    hook(&mut parts.home, "qbittorrent", &library);
    let program = parts.home.start().await;
    let began = Instant::now();
    let grab_sent = sent(&program).await;
    let hash = grab_sent["hash"].as_str().expect("a hash").to_owned();
    parts.client.advance(&hash, "stalledUP", 1.0);

    let asked = parts.client.requests().len();
    assert_eq!(
        post(&program, "qbittorrent", format!("hash={}", "ab".repeat(20))).await,
        204
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        parts.client.requests().len(),
        asked,
        "nobody is asked for what is not ours"
    );

    // In capitals, as others write it.
    let body = format!("hash={}", hash.to_uppercase());
    assert_eq!(post(&program, "qbittorrent", body).await, 202);
    eventually("it is done", 10, async || {
        grab(&program).await["state"] == "done"
    })
    .await;
    assert!(
        began.elapsed() < Duration::from_secs(50),
        "not by the look of every minute"
    );
    let kept = bodies(&program).await;
    let outcome = format!("asked for at its client: '{THIRD}'");
    assert_eq!(kept[0]["outcome"], outcome.as_str());
}

/// qBittorrent's own "run external program on torrent finished", with curl.
#[tokio::test(flavor = "multi_thread")]
async fn the_real_client_runs_curl_when_a_torrent_is_complete() {
    let swarm = Swarm::start();
    let torrent = swarm.joined(volume(THIRD, 3, 1_500_000));
    swarm.seed(&torrent).await;
    let mut parts = Parts::in_swarm(swarm, vec![Release::of(1, THIRD, torrent.clone())]).await;
    let library = parts.library().to_owned();
    hook(&mut parts.home, "qbittorrent", &library);
    let program = parts.home.start().await;
    let guide = std::fs::read_to_string("integrations/qbittorrent/README.md").expect("the guide");
    let command = guide
        .lines()
        .find(|line| line.starts_with("curl "))
        .expect("its command");
    let command = command
        .replace("http://lacunarr:9797", &program.url)
        .replace("TOKEN", TOKEN);
    let preferences = json!({"autorun_enabled": true, "autorun_program": command}).to_string();
    let api = WebApi::login(parts.client.client.url()).await;
    api.post("app/setPreferences", &[("json", &preferences)])
        .await;
    sent(&program).await;
    eventually("curl was run", SOON, async || {
        !bodies(&program).await.is_empty()
    })
    .await;
    // What came is looked into, and may be beyond that already.
    eventually("it is complete", SOON, async || {
        program.get("history?type=grab.completed").await["totalRecords"] == 1
    })
    .await;
    let kept = bodies(&program).await;
    assert_eq!(
        kept[0]["body"],
        format!("hash={}", torrent.hashes().id()).as_str()
    );
    assert_eq!(kept[0]["effect"], "advance");
}
