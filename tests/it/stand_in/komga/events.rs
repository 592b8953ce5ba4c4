//! `GET /sse/v1/events`: what is told to whoever listens. There are no ids, and what was told before is not told again.

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use poem::{Body, Response};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Interval, interval_at},
};

use super::{
    super::reply::{raw, status},
    State, lock,
};

/// Komga shows every 15 s that it is alive; here a hundred times as often.
pub const HEARTBEAT: Duration = Duration::from_millis(150);
/// Komga tells administrators every 10 s what it has to do; here a hundred times as often.
const TASKS: Duration = Duration::from_millis(100);

/// Somebody who listens.
pub struct Listening {
    /// Hears what is for administrators too.
    pub is_admin: bool,
    /// Dropped, the stream ends.
    pub sender: UnboundedSender<String>,
}

/// As Spring writes it.
pub fn frame(name: &str, data: &Value) -> String {
    format!("event:{name}\ndata:{data}\n\n")
}

/// Like Spring it sends not even the head before there is something to send.
pub async fn listen(state: &State, is_admin: bool) -> Response {
    let (sender, receiver) = unbounded_channel();
    lock(state).listening.push(Listening { is_admin, sender });
    let mut frames = Box::pin(frames(state.clone(), is_admin, receiver));
    let Some(first) = frames.next().await else {
        return status(503);
    };
    let all = stream::iter([first]).chain(frames);
    raw(
        "text/event-stream",
        Body::from_bytes_stream(all.map(Ok::<_, std::io::Error>)),
    )
}

struct Wire {
    state: State,
    is_admin: bool,
    receiver: UnboundedReceiver<String>,
    heartbeat: Interval,
    tasks: Interval,
}

fn frames(
    state: State,
    is_admin: bool,
    receiver: UnboundedReceiver<String>,
) -> impl Stream<Item = String> {
    let every = |period| interval_at(tokio::time::Instant::now() + period, period);
    let wire = Wire {
        state,
        is_admin,
        receiver,
        heartbeat: every(HEARTBEAT),
        tasks: every(TASKS),
    };
    stream::unfold(wire, |mut wire| async move {
        let frame = tokio::select! {
            biased;
            frame = wire.receiver.recv() => frame?,
            _ = wire.tasks.tick(), if wire.is_admin => {
                let count = lock(&wire.state).tasks;
                let by_type = if count == 0 { json!({}) } else { json!({"ANALYZE_BOOK": count}) };
                frame("TaskQueueStatus", &json!({"count": count, "countByType": by_type}))
            }
            _ = wire.heartbeat.tick() => ":heartbeat\n\n".to_owned(),
        };
        Some((frame, wire))
    })
}
