//! The links of a message: what a person, or a program, can do about it. They are made for the first attempt and kept sealed with the
//! delivery, so that every attempt carries the same bytes; they hold for a week, which is longer than the schedule of attempts.

use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::{
    app::App,
    arrival,
    domain::{event::Event, grab::Observation},
    ports::Action,
    reviewing::{self, ReviewError},
    secret::{Secret, SecretError},
    store::{self, StoreError, delivery::Delivery},
};

/// What is sealed for a delivery; paths when no one said where a person reaches this program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The series in the API.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub series: Option<String>,
    /// Where a target says that it acted on it.
    pub acknowledge: String,
    /// Sends what waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approve: Option<String>,
    /// Blocks it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reject: Option<String>,
    /// Takes back what was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undo: Option<String>,
}

/// The links, and what is kept of them.
pub struct Kept {
    /// They.
    pub links: Links,
    /// Sealed.
    pub sealed: Option<String>,
}

fn label(delivery: &Delivery) -> String {
    format!("delivery:{}:{}", delivery.target_id, delivery.event_id)
}

/// Those that the delivery carried before, or new ones. Without the key for sealing there are none to be signed either.
///
/// # Errors
/// When the database fails.
pub async fn of(
    app: &App,
    target: &Target,
    delivery: &Delivery,
    event: Option<&Event>,
) -> Result<Kept, StoreError> {
    if let Some(sealed) = &delivery.links
        && let Some(links) = opened(app, delivery)
    {
        let sealed = Some(sealed.clone());
        return Ok(Kept { links, sealed });
    }
    let links = made(app, target, delivery, event).await?;
    let text = serde_json::to_string(&links).expect("plain data serialises");
    let sealed = app.vault.seal(&label(delivery), &Secret::new(text)).ok();
    Ok(Kept { links, sealed })
}

/// Those that it carried, when it was tried before.
pub fn opened(app: &App, delivery: &Delivery) -> Option<Links> {
    let sealed = delivery.links.as_ref()?;
    let opened = app.vault.open(&label(delivery), sealed).ok()?;
    serde_json::from_str(opened.expose()).ok()
}

async fn made(
    app: &App,
    target: &Target,
    delivery: &Delivery,
    event: Option<&Event>,
) -> Result<Links, StoreError> {
    let base = &app.config.url_base;
    // The public URL leads to the URL base itself.
    let full = |path: &str| match &target.public_url {
        Some(public) => format!(
            "{public}{}",
            path.strip_prefix(base.as_str()).unwrap_or(path)
        ),
        None => path.to_owned(),
    };
    let mut links = Links {
        series: delivery
            .series_id
            .map(|id| full(&format!("{base}/api/v1/series/{id}"))),
        acknowledge: full(&format!("{base}/api/v1/deliveries/{}/ack", delivery.id)),
        ..Links::default()
    };
    if target.public_url.is_none() {
        return Ok(links);
    }
    match event {
        Some(Event::ReviewNeeded {
            review: Some(review),
            ..
        }) => match reviewing::links(app, *review).await {
            Ok(signed) => {
                links.approve = Some(full(&signed.approve));
                links.reject = Some(full(&signed.reject));
            }
            Err(ReviewError::Store(error)) => return Err(error),
            // It was answered meanwhile.
            Err(_) => {}
        },
        Some(Event::GrabSent { grab, .. } | Event::GrabPlaced { grab, .. }) => {
            let path = undo(app, *grab).await?;
            links.undo = path.and_then(Result::ok).map(|path| full(&path));
        }
        _ => {}
    }
    Ok(links)
}

/// None when there is nothing to take back any more.
async fn undo(app: &App, grab: i64) -> Result<Option<Result<String, SecretError>>, StoreError> {
    let grab = store::grab::get(&app.db, grab).await?;
    let grab = grab.filter(|grab| grab.state.after(Observation::Wrong).is_some());
    Ok(grab.map(|grab| Ok(arrival::link(app, &grab)?.path)))
}

impl Links {
    /// Those that a person follows, the most important first.
    pub fn actions(&self, target: &Target) -> Vec<Action> {
        let tongue = target.settings.tells.language;
        let all = [
            (tongue.approve(), &self.approve),
            (tongue.reject(), &self.reject),
            (tongue.undo(), &self.undo),
        ];
        let action = |(label, url): (&str, &Option<String>)| {
            Some(Action {
                label: label.to_owned(),
                url: url.clone()?,
            })
        };
        all.into_iter().filter_map(action).collect()
    }
}
