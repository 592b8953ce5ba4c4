//! Resource `queue`, a grab's whole story, and its rejection.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, CONFLICT, Failure, ONE, QUERY},
    grabs::Grab,
    guard::Key,
    history,
    json::Json,
    page::{Asked, Page},
};
use crate::{
    app::App,
    arrival,
    clock::utc,
    domain::grab,
    pipeline::sending,
    store::{self, event, grab_volume::GrabVolume, placement::Placement},
};

/// What can be done with a grab now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
enum Action {
    /// Wait for it no more: `POST /grabs/{id}/give-up`.
    GiveUp,
    /// Take back what was placed of it, block it, and send the next candidate: `POST /grabs/{id}/reject`.
    Reject,
}

impl Action {
    fn of(state: grab::GrabState) -> Vec<Self> {
        let can = |observation| state.after(observation).is_some();
        let actions = [
            (Self::GiveUp, grab::Observation::GivenUp),
            (Self::Reject, grab::Observation::Wrong),
        ];
        let possible = actions.into_iter().filter(|(_, seen)| can(*seen));
        possible.map(|(action, _)| action).collect()
    }
}

/// A grab that is not over.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Queued {
    #[oai(flatten)]
    grab: Grab,
    /// The series' title.
    series: String,
    /// From 0 to 1; left out while the size is not known.
    progress: Option<f64>,
    /// Where it stands, in a sentence.
    status: String,
    /// What can be done with it now.
    actions: Vec<Action>,
}

/// What became of one volume of a grab.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct VolumeStory {
    /// Which.
    volume: String,
    /// The state of its grab until that was looked into; then `verified`, `review`, `placed`, `unplaced`, `wrong` or `on_shelf`.
    state: String,
    /// Why it is not right: a stable code.
    code: Option<String>,
    /// Why it is not right, in a sentence.
    reason: Option<String>,
    /// It is reserved: it is not looked for elsewhere.
    reserved: bool,
}

impl From<GrabVolume> for VolumeStory {
    fn from(row: GrabVolume) -> Self {
        Self {
            volume: row.volume.to_string(),
            state: row.state,
            code: row.code,
            reason: row.reason,
            reserved: row.live,
        }
    }
}

/// A file that was put into a library, or is to be.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct PlacementStory {
    /// The library.
    library_id: i64,
    /// The volumes that it holds.
    volumes: String,
    /// The client's file.
    source: String,
    /// The library's file, below its folder.
    target: String,
    /// `planned`, `writing`, `renaming`, `placed`, `failed`, `undoing` or `undone`.
    step: String,
    /// `hardlink`, `copy` or `made`.
    how: Option<String>,
    /// Why it is not done, or what was found when it was undone.
    message: Option<String>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<Placement> for PlacementStory {
    fn from(row: Placement) -> Self {
        Self {
            library_id: row.library_id,
            volumes: row.volumes.to_string(),
            source: row.source,
            target: row.target,
            step: row.step.word().to_owned(),
            how: row.how.map(|how| how.word().to_owned()),
            message: row.message,
            updated_at: utc(row.updated_at),
        }
    }
}

/// A grab with everything that became of it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct GrabStory {
    #[oai(flatten)]
    grab: Grab,
    /// Where it stands, in a sentence.
    status: String,
    /// What can be done with it now.
    actions: Vec<Action>,
    /// The alias by which its name means the series, when the title itself does not.
    alias: Option<String>,
    /// What became of each volume for which it was sent.
    volumes: Vec<VolumeStory>,
    /// What was put into libraries.
    placements: Vec<PlacementStory>,
    /// What was told of it, oldest first.
    events: Vec<history::Event>,
}

/// A grab that was rejected.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Rejection {
    /// As it is now.
    grab: Grab,
    /// Files that were taken out of libraries again, below their folders.
    taken_back: Vec<String>,
    /// What is left to do by hand, in sentences.
    left: Vec<String>,
}

/// Links to what can be done with a grab.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct GrabLinks {
    /// Path of a page that shows what would be done, and whose button does it, without a key.
    reject: String,
    /// It holds until then, and as long as there is something to reject.
    expires_at: DateTime<Utc>,
}

pub struct QueueApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Grabs")]
impl QueueApi {
    /// List what is on its way
    ///
    /// Grabs that are not over, newest first.
    #[oai(path = "/queue", method = "get", operation_id = "list_queue")]
    async fn queue(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Queued>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let rows = store::grab::live(&app.db, asked.window()).await?;
        let series: Vec<i64> = rows.records.iter().map(|grab| grab.series_id).collect();
        let titles = store::series::titles(&app.db, &series).await?;
        Ok(Json(asked.of(rows, |grab| Queued {
            series: titles.get(&grab.series_id).cloned().unwrap_or_default(),
            progress: progress(&grab),
            status: sending::status(&grab),
            actions: Action::of(grab.state),
            grab: grab.into(),
        })))
    }

    /// Get a grab
    ///
    /// With what became of each of its volumes, of its files, and all that was told of it.
    #[oai(path = "/grabs/:id", method = "get", operation_id = "get_grab")]
    async fn story(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<GrabStory>, Failure<ONE>> {
        let grab = store::grab::get(&app.db, id.0).await?;
        let grab = grab.ok_or_else(|| ApiError::unknown("grab", id.0))?;
        let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
        let placements = store::placement::of_grab(&app.db, grab.id).await?;
        let events = event::of_grab(&app.db, grab.series_id, grab.id).await?;
        Ok(Json(GrabStory {
            status: sending::status(&grab),
            actions: Action::of(grab.state),
            alias: grab.alias.clone(),
            volumes: volumes.into_iter().map(Into::into).collect(),
            placements: placements.into_iter().map(Into::into).collect(),
            events: events.into_iter().map(Into::into).collect(),
            grab: grab.into(),
        }))
    }

    /// Reject a grab
    ///
    /// Also when it is on the shelf: what was put into libraries from here is taken out again, the release is blocked, the alias by which
    /// its name meant the series is withdrawn, and the next candidate is sent. Nothing that the download client wrote is deleted.
    #[oai(
        path = "/grabs/:id/reject",
        method = "post",
        operation_id = "reject_grab"
    )]
    async fn reject(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Rejection>, Failure<{ ONE | CONFLICT }>> {
        let rejected = arrival::reject(&app, id.0).await?;
        Ok(Json(Rejection {
            grab: rejected.grab.into(),
            taken_back: rejected.taken_back,
            left: rejected.left,
        }))
    }

    /// Get a link that rejects a grab
    ///
    /// To be put into a message: whoever opens it sees what would be done, and its button does it, without a key. Keep it as a secret.
    #[oai(
        path = "/grabs/:id/links",
        method = "get",
        operation_id = "get_grab_links"
    )]
    async fn links(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<GrabLinks>, Failure<{ ONE | CONFLICT }>> {
        let grab = store::grab::get(&app.db, id.0).await?;
        let grab = grab.ok_or_else(|| ApiError::unknown("grab", id.0))?;
        if !Action::of(grab.state).contains(&Action::Reject) {
            return Err(ApiError::conflict("this grab is already over").into());
        }
        let link = arrival::link(&app, &grab)?;
        Ok(Json(GrabLinks {
            reject: link.path,
            expires_at: utc(link.expires_at),
        }))
    }
}

fn progress(grab: &store::grab::Grab) -> Option<f64> {
    if matches!(
        grab.state,
        grab::GrabState::Done | grab::GrabState::Verified | grab::GrabState::Placed
    ) {
        return Some(1.0);
    }
    let bytes = grab.selected_bytes.or(grab.size);
    let size = bytes.filter(|size| *size > 0)? as f64;
    Some((grab.track.done_bytes as f64 / size).clamp(0.0, 1.0))
}
