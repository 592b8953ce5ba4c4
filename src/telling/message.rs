//! From a delivery to the message: the body for programs, the text for people, and what can be done about it.

use serde_json::{Map, Value, json};

use super::{
    links::{self, Kept, Links},
    target::Target,
};
use crate::{
    app::App,
    clock::iso,
    domain::{
        event::Event,
        telling::{self, Template, Text, tells::Tells},
    },
    ports::Message,
    store::{
        self, StoreError,
        delivery::{Delivery, SUMMARY},
    },
};

/// A message, and what is kept of it.
pub struct Made {
    /// It.
    pub message: Message,
    /// Its links, sealed.
    pub links: Option<String>,
}

/// Makes the message of the next attempt.
///
/// # Errors
/// When the database fails.
pub async fn make(
    app: &App,
    target: &Target,
    delivery: &Delivery,
    now: i64,
) -> Result<Made, StoreError> {
    let event = event_of(delivery);
    let Kept { links, sealed } = links::of(app, target, delivery, event.as_ref()).await?;
    let thread = event.as_ref().and_then(telling::thread);
    let earlier = match &thread {
        Some(thread) => store::target::handle(&app.db, target.row.id, thread, delivery.id).await?,
        None => None,
    };
    let message = Message {
        id: delivery.event_id.clone(),
        kind: delivery.kind.clone(),
        at: delivery.created_at,
        now,
        attempt: u32::try_from(delivery.attempts + 1).unwrap_or(u32::MAX),
        body: body(delivery, Some(&links)),
        text: text_of(app, target, delivery, event.as_ref()).await?,
        actions: links.actions(target),
        thread,
        earlier,
    };
    Ok(Made {
        message,
        links: sealed,
    })
}

/// The body of a delivery, as it was sent last; without links when it was not tried yet.
pub fn body_of(app: &App, delivery: &Delivery) -> String {
    body(delivery, links::opened(app, delivery).as_ref())
}

/// What an event says that this version can read.
pub fn event_of(delivery: &Delivery) -> Option<Event> {
    let data: Value = serde_json::from_str(&delivery.data).ok()?;
    serde_json::from_value(json!({"type": delivery.kind, "data": data})).ok()
}

/// The same bytes in every attempt: everything in it is kept.
fn body(delivery: &Delivery, links: Option<&Links>) -> String {
    let mut data: Map<String, Value> = serde_json::from_str(&delivery.data).unwrap_or_default();
    if let Some(links) = links {
        data.insert("links".into(), json!(links));
    }
    json!({"type": delivery.kind, "timestamp": iso(delivery.created_at), "data": data}).to_string()
}

async fn text_of(
    app: &App,
    target: &Target,
    delivery: &Delivery,
    event: Option<&Event>,
) -> Result<Text, StoreError> {
    let tells = &target.settings.tells;
    if delivery.kind == SUMMARY {
        let members = store::delivery::members(&app.db, delivery.id).await?;
        let events: Vec<Event> = members.iter().filter_map(event_of).collect();
        return Ok(telling::digest(&events, tells.language));
    }
    let unknown = || Text {
        title: delivery.kind.clone(),
        ..Text::default()
    };
    Ok(event.map_or_else(unknown, |event| text(tells, event)))
}

/// What a target says of an event, by its templates where it has some. One that cannot be read was never let in.
pub fn text(tells: &Tells, event: &Event) -> Text {
    let template = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    let (title, body): (Option<Template>, Option<Template>) =
        (template(&tells.title), template(&tells.text));
    telling::text_by(event, tells.language, title.as_ref(), body.as_ref())
}
