//! What `why` says of times.

use serde_json::{Value, json};

use super::parts::Parts;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_searched_by_itself_has_no_next_time() {
    let parts = Parts::new(Vec::new()).await;
    let program = parts.home.start().await;
    program.scanned().await;
    program.check(json!({})).await;
    let next = async || program.get("series/1/why").await["nextSearchAt"].clone();
    let patch = async |path: &str, body: Value| {
        let (status, answer) = program.ask("PATCH", path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
    };
    assert!(next().await.is_string(), "nothing was found");
    for setting in ["enabled", "searchEnabled"] {
        patch("settings", json!({setting: false})).await;
        assert_eq!(next().await, Value::Null, "{setting}");
        patch("settings", json!({setting: true})).await;
    }
    assert!(next().await.is_string());
    patch("series/1", json!({"monitored": false})).await;
    assert_eq!(next().await, Value::Null);
}
