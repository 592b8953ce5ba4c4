//! Resource `grabs`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{BODY, CONFLICT, Failure, ONE, QUERY, UPSTREAM},
    guard::Key,
    json::Json,
    offers::Network,
    page::{Asked, Page},
    series::volumes,
};
use crate::{
    app::App,
    clock::utc,
    domain::{grab, selection::Choosing, title},
    pipeline::sending,
    store,
};

/// Where a grab stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum GrabState {
    /// Written down; the client may or may not have it.
    Sending,
    /// The client has it, and nothing of it came yet.
    Queued,
    /// Some of it came.
    Downloading,
    /// All of it came; the library does not show it yet.
    Done,
    /// It was looked into: something of it is right, and what is right is brought to the shelf.
    Verified,
    /// What is right of it was put into the library's folder.
    Placed,
    /// Every volume that it was sent for is on the shelf.
    OnShelf,
    /// Nothing of it came for too long: it is blocked, and another release takes its place.
    Stalled,
    /// The client refused it, or it was given up.
    Failed,
    /// What the client had written of it is gone.
    Lost,
    /// Somebody took it out of the client before it was complete: it is blocked, and another release takes its place.
    Removed,
    /// What came is not what it promised, or a person does not want it: what was placed of it is taken back, it is blocked, and another
    /// release takes its place.
    Rejected,
}

impl From<grab::GrabState> for GrabState {
    fn from(state: grab::GrabState) -> Self {
        match state {
            grab::GrabState::Sending => Self::Sending,
            grab::GrabState::Queued => Self::Queued,
            grab::GrabState::Downloading => Self::Downloading,
            grab::GrabState::Done => Self::Done,
            grab::GrabState::Verified => Self::Verified,
            grab::GrabState::Placed => Self::Placed,
            grab::GrabState::OnShelf => Self::OnShelf,
            grab::GrabState::Stalled => Self::Stalled,
            grab::GrabState::Failed => Self::Failed,
            grab::GrabState::Lost => Self::Lost,
            grab::GrabState::Removed => Self::Removed,
            grab::GrabState::Rejected => Self::Rejected,
        }
    }
}

impl From<GrabState> for grab::GrabState {
    fn from(state: GrabState) -> Self {
        match state {
            GrabState::Sending => Self::Sending,
            GrabState::Queued => Self::Queued,
            GrabState::Downloading => Self::Downloading,
            GrabState::Done => Self::Done,
            GrabState::Verified => Self::Verified,
            GrabState::Placed => Self::Placed,
            GrabState::OnShelf => Self::OnShelf,
            GrabState::Stalled => Self::Stalled,
            GrabState::Failed => Self::Failed,
            GrabState::Lost => Self::Lost,
            GrabState::Removed => Self::Removed,
            GrabState::Rejected => Self::Rejected,
        }
    }
}

/// Which files of a torrent are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum Selection {
    /// All of them: it promises nothing else, it cannot be taken apart, or it was in the client before.
    Whole,
    /// Those of its volumes; they are chosen as soon as the client lists them, and nothing is fetched before.
    Pending,
    /// Those of its volumes, beside what an earlier grab chose of the same torrent; they are added at the next look.
    Adding,
    /// Those of its volumes; they are chosen.
    Made,
}

impl From<Choosing> for Selection {
    fn from(choosing: Choosing) -> Self {
        match choosing {
            Choosing::Whole => Self::Whole,
            Choosing::Pending => Self::Pending,
            Choosing::Adding => Self::Adding,
            Choosing::Made => Self::Made,
        }
    }
}

/// An offer that was sent to a download client.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Grab {
    /// Its number.
    id: i64,
    /// For which it was sent.
    series_id: i64,
    /// What was sent.
    offer_id: i64,
    /// Release name.
    title: String,
    /// The source that offered it.
    source: String,
    /// The indexer behind that.
    indexer: String,
    /// The client that it was sent to.
    client: String,
    /// From where it is fetched.
    network: Network,
    /// Infohash, or hash of ed2k, in small hexadecimal digits.
    hash: String,
    /// Bytes of all of it.
    size: Option<i64>,
    /// The volumes for which it was sent.
    reserves: String,
    /// Everything that its name promises.
    carries: String,
    /// Which of its files are fetched.
    selection: Selection,
    /// Bytes of the files that were chosen; left out when all are fetched or the choice is still to be made.
    selected_bytes: Option<i64>,
    /// Where it stands.
    state: GrabState,
    /// Why it ended without bringing anything.
    message: Option<String>,
    /// Why what came of it is not on the shelf yet.
    problem: Option<String>,
    /// When it was written down.
    created_at: DateTime<Utc>,
    /// When the client had it.
    sent_at: Option<DateTime<Utc>>,
    /// When it was over.
    ended_at: Option<DateTime<Utc>>,
    /// The client's own word for its state, for example `stalledDL`, when it was last looked at.
    client_state: Option<String>,
    /// Bytes that the client had of it then.
    done_bytes: i64,
    /// Seconds in which it could move, and did not.
    idle_seconds: i64,
    /// When it was last looked at.
    looked_at: Option<DateTime<Utc>>,
    /// When anything of it last came.
    moved_at: Option<DateTime<Utc>>,
}

impl From<store::grab::Grab> for Grab {
    fn from(row: store::grab::Grab) -> Self {
        Self {
            id: row.id,
            series_id: row.series_id,
            offer_id: row.offer_id,
            title: row.title,
            source: row.source,
            indexer: row.indexer,
            client: row.client,
            network: row.content.network().into(),
            hash: row.content.as_hex(),
            size: row.size,
            reserves: row.reserves.to_string(),
            carries: row.carries.to_string(),
            selection: row.choosing.into(),
            selected_bytes: row.selected_bytes,
            state: row.state.into(),
            message: row.message,
            problem: row.problem,
            created_at: utc(row.created_at),
            sent_at: row.sent_at.map(utc),
            ended_at: row.ended_at.map(utc),
            client_state: row.client_state,
            done_bytes: row.track.done_bytes,
            idle_seconds: row.track.idle / 1000,
            looked_at: row.track.looked_at.map(utc),
            moved_at: row.track.moved_at.map(utc),
        }
    }
}

/// An offer to be sent by hand.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct GrabRequest {
    /// Number of the offer.
    offer_id: i64,
    /// For these volumes, for example `3` or `3-5`; left out, for those of its volumes that are missing.
    #[oai(validator(
        pattern = "^ *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*$"
    ))]
    volumes: Option<String>,
}

/// It was sent.
#[derive(ApiResponse)]
enum GrabMade {
    /// The grab; `state` says whether the client has confirmed it.
    #[oai(status = 201)]
    Created(Json<Grab>),
}

pub struct GrabsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Grabs")]
impl GrabsApi {
    /// List grabs
    ///
    /// Newest first.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a parameter of the query"
    )]
    #[oai(path = "/grabs", method = "get", operation_id = "list_grabs")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those in this state.
        state: Query<Option<GrabState>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// Just those that were sent because their name means the series by this alias; for when it turns out to be wrong.
        #[oai(validator(
            max_length = 300,
            pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
        ))]
        alias: Query<Option<String>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Grab>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let state = state
            .0
            .map_or("", |state| grab::GrabState::from(state).word());
        let alias = alias.0.map(|alias| title::fold(&alias)).unwrap_or_default();
        let filter = store::grab::Filter {
            state,
            series: series_id.0,
            alias: &alias,
        };
        Ok(Json(asked.of(
            store::grab::list(&app.db, filter, asked.window()).await?,
            Grab::from,
        )))
    }

    /// Give a grab up
    ///
    /// Its volumes are free again and are looked for. What its client still downloads is taken out of that, if it was put there from here; what came of it stays.
    /// aMule, which would delete that, pauses it; on a private tracker it is tagged `lacunarr-stalled`. A client that is away is told later.
    #[oai(
        path = "/grabs/:id/give-up",
        method = "post",
        operation_id = "give_up_grab"
    )]
    async fn give_up(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Grab>, Failure<{ ONE | CONFLICT }>> {
        Ok(Json(sending::give_up(&app, id.0).await?.into()))
    }

    /// Send an offer by hand
    ///
    /// Works whether or not the library is armed and whatever the verdict says. A volume that is on its way is refused (409).
    #[oai(path = "/grabs", method = "post", operation_id = "send_offer")]
    async fn send(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<GrabRequest>,
    ) -> Result<GrabMade, Failure<{ ONE | BODY | CONFLICT | UPSTREAM }>> {
        let reserves = body
            .volumes
            .as_deref()
            .map(|text| volumes("volumes", text))
            .transpose()?;
        let grab = sending::grab_by_hand(&app, body.offer_id, reserves).await?;
        Ok(GrabMade::Created(Json(grab.into())))
    }
}
