//! The old routes: what is refused, each with a status and a sentence, and nothing is changed by it.

use serde_json::json;

use super::{names_in, scene};
use crate::stand_in::{program::KEY, prowlarr::Fault, torrent::Torrent};

#[tokio::test(flavor = "multi_thread")]
async fn missing_monitor_refuses_with_a_sentence_and_changes_nothing() {
    let (scene, page) = scene().await;
    let before = (page.0.get("settings").await, page.get("series").await);
    let id = page.series("Naruto").await["series_id"].clone();
    let monitor = format!("series/{id}/monitor");
    let magnet = Torrent::new("x").file("a", "a").magnet();
    let download = |link: &str| json!({"link": link, "title": "Naruto", "volume_num": 3});
    for (path, body, status, told) in [
        ("config", json!([]), 400, "must be a JSON object"),
        (
            "config",
            json!({"enabled": "no"}),
            400,
            "enabled must be true or false",
        ),
        (
            "config",
            json!({"enabled": false, "auto_check_interval": 367, "auto_check_interval_unit": "days"}),
            400,
            "cannot run every 367 days",
        ),
        (
            "config",
            json!({"enabled": false, "monitor_missing_volumes": 3}),
            400,
            "must be an object",
        ),
        (
            &*monitor,
            json!({"enabled": 1}),
            400,
            "enabled must be true or false",
        ),
        (
            &*monitor,
            json!({"enabled": false, "search_sources": ["nautiljon"]}),
            400,
            "there are: prowlarr",
        ),
        (
            &*monitor,
            json!({"enabled": false, "search_sources": []}),
            400,
            "at least one source",
        ),
        (
            "series/987654/monitor",
            json!({}),
            404,
            "no series with the number 987654",
        ),
        (
            "series/abc/monitor",
            json!({}),
            404,
            "no series with the number abc",
        ),
        ("libraries/987654/monitor", json!({}), 404, "no library"),
        ("search", json!({}), 400, "title is missing"),
        (
            "search",
            json!({"title": "Naruto"}),
            400,
            "volume_num is missing",
        ),
        (
            "search",
            json!({"title": "Naruto", "volume_num": 0}),
            400,
            "above 0",
        ),
        (
            "search",
            json!({"title": ["Naruto"], "volume_num": 3}),
            400,
            "title must be text",
        ),
        (
            "search",
            json!({"title": "Naruto", "volume_num": 3, "sources": "prowlarr"}),
            400,
            "list",
        ),
        (
            "download",
            json!({"title": "Naruto", "volume_num": 3}),
            400,
            "link is missing",
        ),
        (
            "download",
            download("https://tracker.example/t.torrent"),
            400,
            "web links are not followed",
        ),
        (
            "download",
            download("ed2k://|file|a|1|0123456789abcdef0123456789abcdef|/"),
            409,
            "add aMule under /api/v1/clients",
        ),
        (
            "download",
            download("ed2k://|server|1.2.3.4|4661|/"),
            400,
            "not an ed2k link to a file",
        ),
        (
            "download",
            download("lacunarr:offer/987654"),
            404,
            "no offer with the number 987654",
        ),
        (
            "download",
            download("magnet:?dn=x"),
            400,
            "no usable infohash",
        ),
        (
            "download",
            json!({"link": magnet, "title": "Unknown", "volume_num": 3}),
            404,
            "no series is called 'Unknown'",
        ),
        (
            "download",
            json!({"link": magnet, "title": "Naruto", "volume_num": 4}),
            409,
            "already on the shelf",
        ),
        (
            "download",
            json!({"link": magnet, "title": "Naruto", "volume_num": 3, "client": "amule"}),
            400,
            "amule does not take such links; leave client out, and qBittorrent gets it",
        ),
        (
            "run-check",
            json!({"auto_download": "yes"}),
            400,
            "auto_download must be true or false",
        ),
        ("performance", json!({}), 404, "nothing at this path"),
        ("stats", json!({}), 405, "knows only GET"),
    ] {
        let (refused, error) = page.refused(path, body.clone()).await;
        assert_eq!(refused, status, "{path} {body}: {error}");
        assert!(error.contains(told), "{path} {body}: {error}");
    }
    for path in [
        "series?status=new",
        "history?limit=0",
        "history?limit=x",
        "history?limit=1001",
    ] {
        assert_eq!(page.ask("GET", path, None).await.0, 400, "{path}");
    }
    let nothing = page
        .post("search", json!({"title": "Unknown", "volume_num": 3}))
        .await;
    assert_eq!(
        (&nothing["results_count"], &nothing["results"]),
        (&json!(0), &json!([]))
    );
    assert!(
        nothing["message"]
            .to_string()
            .contains("no series is called"),
        "{nothing}"
    );
    let nothing = page
        .post(
            "search",
            json!({"title": "Naruto", "volume_num": 3, "sources": ["ebdz"]}),
        )
        .await;
    assert!(
        nothing["message"]
            .to_string()
            .contains("there are: prowlarr"),
        "{nothing}"
    );
    assert!(scene.prowlarr.queries().is_empty(), "nobody was asked");
    let after = (page.0.get("settings").await, page.get("series").await);
    assert_eq!(before, after);
    assert_eq!(page.0.get("grabs").await["totalRecords"], 0);
    assert_eq!(names_in(&scene.client).await, Vec::<String>::new());

    scene.prowlarr.fail(Fault::Down);
    let search = json!({"title": "Naruto", "volume_num": 3});
    let (status, error) = page.refused("search", search).await;
    assert!(
        status == 502 && error.contains("prowlarr"),
        "{status} {error}"
    );
    assert!(!scene.home.printed().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_monitor_needs_the_key_in_any_of_its_three_places() {
    let (_scene, page) = scene().await;
    for (method, path) in [
        ("GET", "config"),
        ("POST", "config"),
        ("GET", "series"),
        ("POST", "series/1/monitor"),
        ("POST", "search"),
        ("POST", "download"),
        ("POST", "run-check"),
        ("GET", "stats"),
        ("GET", "history"),
        ("GET", "nothing"),
    ] {
        for request in [
            page.request(method, path),
            page.request(method, path).header("X-Api-Key", "wrong"),
        ] {
            let (status, body) = page.send(request).await;
            assert_eq!(
                (status, &body["success"]),
                (401, &json!(false)),
                "{method} {path}"
            );
            assert!(body["error"].to_string().contains("API key"), "{body}");
        }
    }
    for request in [
        page.request("GET", "stats").header("X-Api-Key", KEY),
        page.request("GET", &format!("stats?apikey={KEY}")),
        page.request("GET", "stats").bearer_auth(KEY),
    ] {
        assert_eq!(page.send(request).await.0, 200);
    }
    let large = page
        .request("POST", "search")
        .header("X-Api-Key", KEY)
        .body("x".repeat(1024 * 1024 + 1));
    assert_eq!(page.send(large).await.0, 413);
    let deep = page
        .request("POST", "search")
        .header("X-Api-Key", KEY)
        .body("[".repeat(1_000_000));
    assert_eq!(page.send(deep).await.0, 400);
    let head = page
        .request("HEAD", "stats")
        .header("X-Api-Key", KEY)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (head.status().as_u16(), head.text().await.expect("nothing")),
        (200, String::new())
    );
    let put = page
        .request("PUT", "config")
        .header("X-Api-Key", KEY)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (put.status().as_u16(), &put.headers()["Allow"]),
        (405, &"GET, HEAD, POST".parse().expect("a value"))
    );
}
