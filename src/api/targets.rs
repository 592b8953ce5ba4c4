//! Resource `targets`: who is told of what happens.

mod body;
mod change;
mod view;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path};

use super::{
    Tag,
    connection::TestResult,
    error::{ApiError, BODY, CONFLICT, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    clock::utc,
    connection::{
        Role,
        target::{Kind, Written},
    },
    connections::{self, Wanted},
    secret::Secret,
    store::{self, connection::Connection},
    telling::{self, by_hand},
};
use body::NewTarget;
use change::TargetChange;
pub use view::Language;
use view::{Importance, Target, Tone, settings, view};

/// It was made.
#[derive(ApiResponse)]
enum TargetMade {
    /// The target. A webhook's `signingSecret` is shown this once.
    #[oai(status = 201)]
    Created(Json<Target>),
}

/// It is gone.
#[derive(ApiResponse)]
enum Deleted {
    /// Nothing is told to it any more, and the log of what it was told is gone.
    #[oai(status = 204)]
    Deleted,
}

/// A new secret to sign with.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Rotation {
    /// `whsec_` and 24 to 64 bytes in base64; left out: a new one is made.
    #[oai(write_only, validator(max_length = 200, pattern = "^[^\\x00]*$"))]
    secret: Option<String>,
}

/// What signs from now on.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Rotated {
    /// The new secret; it is shown this once.
    signing_secret: String,
    /// Until then the old one signs beside it.
    former_until: DateTime<Utc>,
}

/// How long nothing is told.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Pause {
    /// Until then.
    until: DateTime<Utc>,
}

/// What a target would say of an event.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Example {
    /// The event's type.
    #[oai(rename = "type")]
    kind: String,
    /// How much it matters.
    importance: Importance,
    /// The target is told of such events, as far as `events` and `importance` say.
    wanted: bool,
    /// One line.
    title: String,
    /// A few lines; may be empty.
    text: String,
    /// Names and values that are shown beside it.
    facts: Vec<Fact>,
    /// How it sounds.
    tone: Tone,
}

/// A name and its value.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Fact {
    /// For people, in the target's language.
    name: String,
    /// The same.
    value: String,
}

impl From<by_hand::Example> for Example {
    fn from(example: by_hand::Example) -> Self {
        let fact = |(name, value)| Fact { name, value };
        Self {
            kind: example.kind,
            importance: example.importance.into(),
            wanted: example.wanted,
            title: example.text.title,
            text: example.text.body,
            facts: example.text.facts.into_iter().map(fact).collect(),
            tone: example.text.tone.into(),
        }
    }
}

pub struct TargetsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Targets")]
impl TargetsApi {
    /// List targets
    ///
    /// Who is told of what happens, by their numbers, with how each is.
    #[oai(path = "/targets", method = "get", operation_id = "list_targets")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
    ) -> Result<Json<Vec<Target>>, Failure<QUERY>> {
        let mut targets = Vec::new();
        for row in store::connection::list(&app.db, Role::Target.word()).await? {
            targets.push(view(&app, &row).await?);
        }
        Ok(Json(targets))
    }

    /// Make a target
    ///
    /// A webhook that is given no `signingSecret` gets one, which is shown in the answer and never again.
    #[oai(path = "/targets", method = "post", operation_id = "create_target")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewTarget>,
    ) -> Result<TargetMade, Failure<{ BODY | CONFLICT }>> {
        let (name, enabled) = (body.0.name.clone(), body.0.enabled);
        let mut written = body.0.written();
        if written.kind == Kind::Webhook {
            written
                .signing_secret
                .get_or_insert_with(telling::new_secret);
        }
        let signing = written.signing_secret.clone();
        let row = connections::create(&app, &wanted(name, enabled, written)?).await?;
        let mut made = view(&app, &row).await?;
        made.signing_secret = signing.map(|secret| secret.expose().to_owned());
        Ok(TargetMade::Created(Json(made)))
    }

    /// Get a target
    ///
    /// With what it wants to hear, and how it is. Its secrets are never shown.
    #[oai(path = "/targets/:id", method = "get", operation_id = "get_target")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Target>, Failure<ONE>> {
        Ok(Json(view(&app, &find(&app, id.0).await?).await?))
    }

    /// Change a target
    ///
    /// What is left out stays; `null` clears. When `url` leads to another server, its secrets have to be given again.
    #[oai(
        path = "/targets/:id",
        method = "patch",
        operation_id = "change_target"
    )]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<TargetChange>,
    ) -> Result<Json<Target>, Failure<{ ONE | BODY | CONFLICT }>> {
        let row = find(&app, id.0).await?;
        let secrets = super::connection::secrets(&app, &row);
        let (former, change) = (secrets.target.former.clone(), body.0);
        let given = change.secrets_given();
        let name = change.name.clone().unwrap_or_else(|| row.name.clone());
        // What was switched off by itself goes on once it is mended.
        let state = store::target::get(&app.db, row.id).await?;
        let enabled = (change.enabled).unwrap_or(row.enabled || state.switched_off.is_some());
        let written = change.over(Written::of(settings(&row)?, secrets));
        let mut wanted = wanted(name, enabled, written)?;
        wanted.secrets.target.former = former;
        let row = connections::change(&app, &row, &wanted, &given).await?;
        Ok(Json(view(&app, &row).await?))
    }

    /// Remove a target
    ///
    /// What it was not told yet is not told any more.
    #[oai(
        path = "/targets/:id",
        method = "delete",
        operation_id = "delete_target"
    )]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Deleted, Failure<{ ONE | CONFLICT }>> {
        connections::remove(&app, &find(&app, id.0).await?).await?;
        Ok(Deleted::Deleted)
    }

    /// Test a target
    ///
    /// Tells it, and no other, an event of the type `test`, and says what came of it. One that takes it is told at once what waits.
    #[oai(
        path = "/targets/:id/test",
        method = "post",
        operation_id = "test_target"
    )]
    async fn test(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<TestResult>, Failure<ONE>> {
        let row = find(&app, id.0).await?;
        Ok(Json(connections::test(&app, &row).await?.into()))
    }

    /// Preview what a target would say
    ///
    /// An example of each event in its language and by its templates. Nothing is told.
    #[oai(
        path = "/targets/:id/preview",
        method = "post",
        operation_id = "preview_target"
    )]
    async fn preview(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Vec<Example>>, Failure<ONE>> {
        let settings = settings(&find(&app, id.0).await?)?;
        let examples = by_hand::preview(&settings);
        Ok(Json(examples.into_iter().map(Example::from).collect()))
    }

    /// Replace the secret that a webhook is signed with
    ///
    /// For 24 hours the old one signs beside the new one, so that the receiver can be told in between.
    #[oai(
        path = "/targets/:id/rotate",
        method = "post",
        operation_id = "rotate_secret"
    )]
    async fn rotate(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<Rotation>,
    ) -> Result<Json<Rotated>, Failure<{ ONE | BODY | CONFLICT }>> {
        let row = find(&app, id.0).await?;
        let given = super::connection::given(body.0.secret).map(Secret::new);
        let (secret, until) = telling::rotate(&app, &row, given).await?;
        Ok(Json(Rotated {
            signing_secret: secret.expose().to_owned(),
            former_until: utc(until),
        }))
    }

    /// Pause a target
    ///
    /// Nothing is lost: what happens meanwhile is told afterwards, in order.
    #[oai(
        path = "/targets/:id/pause",
        method = "post",
        operation_id = "pause_target"
    )]
    async fn pause(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<Pause>,
    ) -> Result<Json<Target>, Failure<{ ONE | BODY | CONFLICT }>> {
        let row = find(&app, id.0).await?;
        let until = body.0.until.timestamp_millis();
        if until <= app.clock.now() {
            // The document cannot say what the time is.
            return Err(ApiError::conflict(
                "until is past; to go on with it: POST /api/v1/targets/{id}/resume",
            )
            .into());
        }
        by_hand::pause(&app, &row, until).await?;
        Ok(Json(view(&app, &row).await?))
    }

    /// Go on with a target
    ///
    /// Ends a pause, and switches on again what was switched off by itself. What waits is told now.
    #[oai(
        path = "/targets/:id/resume",
        method = "post",
        operation_id = "resume_target"
    )]
    async fn resume(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Target>, Failure<ONE>> {
        by_hand::resume(&app, &find(&app, id.0).await?).await?;
        Ok(Json(view(&app, &find(&app, id.0).await?).await?))
    }
}

fn wanted(name: String, enabled: bool, written: Written) -> Result<Wanted, ApiError> {
    let (settings, secrets) = written.read().map_err(ApiError::named)?;
    Ok(Wanted {
        name,
        enabled,
        settings: crate::connection::Settings::Target(Box::new(settings)),
        secrets,
    })
}

pub(super) async fn find(app: &App, id: i64) -> Result<Connection, ApiError> {
    Ok(connections::find(app, Role::Target, id).await?)
}
