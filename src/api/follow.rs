//! The progress of a check as server-sent events.

use std::{sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use poem::{
    IntoResponse, Response,
    web::sse::{Event, SSE},
};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
    types::ToJSON,
};

use super::checks::Check;
use crate::{
    app::App,
    store::{self, check::CheckRun},
};

/// A silent connection is taken for a dead one by proxies.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// The progress of a check.
#[derive(ApiResponse)]
pub enum Followed {
    /// An event for every change, `event: check` with a `Check` as its `data`; the stream ends with the check.
    #[oai(status = 200)]
    Events(Progress),
}

/// The stream itself. Its schema says nothing: before OpenAPI 3.2 a document cannot say what the events of a stream are, generated clients
/// take a schema for that of the whole answer, and other readers for that of an event.
pub struct Progress(BoxStream<'static, Check>);

impl Progress {
    /// Of this check.
    pub fn of(app: Arc<App>, id: i64) -> Self {
        Self(checks(app, id))
    }
}

impl Payload for Progress {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::ANY))
    }
}

impl IntoResponse for Progress {
    fn into_response(self) -> Response {
        let event = |check: Check| Event::message(check.to_json_string()).event_type("check");
        SSE::new(self.0.map(event))
            .keep_alive(SIGN_OF_LIFE)
            .into_response()
    }
}

/// The check now and after every change, up to its end. Another replica's changes are seen within a few seconds.
fn checks(app: Arc<App>, id: i64) -> BoxStream<'static, Check> {
    let changes = app.check_progress.subscribe();
    stream::unfold(
        (app, changes, None::<CheckRun>),
        move |(app, mut changes, mut last)| async move {
            loop {
                if last
                    .as_ref()
                    .is_some_and(|last| matches!(last.state.as_str(), "finished" | "stopped"))
                {
                    return None;
                }
                changes.mark_unchanged();
                let now = store::check::get(&app.db, id).await.ok().flatten()?;
                if last.as_ref() != Some(&now) {
                    last = Some(now.clone());
                    return Some((now.into(), (app, changes, last)));
                }
                tokio::select! {
                    changed = changes.changed() => changed.ok()?,
                    () = tokio::time::sleep(Duration::from_secs(3)) => {}
                    () = app.stop.cancelled() => return None,
                }
            }
        },
    )
    .boxed()
}
