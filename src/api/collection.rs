//! Resource `series`, many at once; and how a library's series stand, to choose among them.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE},
    guard::Key,
    json::Json,
    libraries::{find, is_there},
    series::{SeriesFilter, Status, volume_or_none},
};
use crate::{
    app::App,
    collection::{self, Decided, Decision, Standing},
    taste,
};

/// What is to hold from now on for all of them; what is left out stays as it is, and `null` clears.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct SeriesDecision {
    /// Look for what is missing.
    monitored: Option<bool>,
    /// Send what is found without being asked.
    auto_send: Option<bool>,
    /// The name of their profile; `null` for their library's.
    #[oai(
        nullable,
        validator(max_length = 60, pattern = "^[a-z0-9][a-z0-9_-]*$")
    )]
    profile: MaybeUndefined<String>,
    /// Volumes below are not wanted.
    #[oai(nullable, validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
    wanted_from: MaybeUndefined<String>,
    /// Volumes above are not wanted.
    #[oai(nullable, validator(pattern = "^[0-9]{1,4}([.][0-9]{1,2})?$"))]
    wanted_to: MaybeUndefined<String>,
    /// `true`: what is missing now, and not on its way, is never wanted (`ignored`).
    #[oai(default)]
    ignore_missing: bool,
}

/// One decision for many series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct BulkChange {
    /// Which series.
    #[oai(rename = "where")]
    which: SeriesFilter,
    /// What is to hold.
    set: SeriesDecision,
    /// Just say what it would do.
    #[oai(default)]
    dry_run: bool,
}

/// What came of a decision, or would.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct BulkOutcome {
    /// It was not done: it was only asked what it would do.
    dry_run: bool,
    /// Series that are meant.
    matched: u64,
    /// Of these, those for which it was not so already.
    changed: u64,
    /// Missing volumes of the monitored ones among them, before.
    missing_before: u64,
    /// And after.
    missing_after: u64,
    /// Series that are searched at once. At most as many as a night searches (setting `seriesPerNight`); the others have their turn in
    /// the nights.
    due: u64,
    /// The first 10 titles of those that change.
    examples: Vec<String>,
}

/// How the series of a library stand.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct LibraryPreview {
    /// Its series.
    series: u64,
    /// Of these, monitored.
    monitored: u64,
    /// Missing volumes of all of them, monitored or not.
    missing: u64,
    /// They, by status and by whether volumes are missing. The ongoing ones with a gap come first.
    groups: Vec<SeriesGroup>,
}

/// Series that stand alike.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct SeriesGroup {
    /// As the library says.
    status: Status,
    /// Volumes are missing.
    gap: bool,
    /// Of those without a gap: someone says how many volumes exist, so nothing is missing; else nobody knows whether more exist.
    total_known: Option<bool>,
    /// How many series.
    series: u64,
    /// Of these, monitored.
    monitored: u64,
    /// Volumes that are missing, or would be if they were monitored.
    missing: u64,
    /// The first 5 titles.
    examples: Vec<String>,
    /// What means exactly these in `POST /api/v1/series/bulk`.
    #[oai(rename = "where")]
    which: SeriesFilter,
}

impl From<Standing> for SeriesGroup {
    fn from(standing: Standing) -> Self {
        let filter = standing.filter;
        Self {
            status: filter.status.flatten().into(),
            gap: filter.missing == Some(true),
            total_known: filter.counted,
            series: standing.series,
            monitored: standing.monitored,
            missing: standing.missing,
            examples: standing.examples,
            which: filter.into(),
        }
    }
}

pub struct CollectionApi;

#[OpenApi(prefix_path = "/api/v1")]
impl CollectionApi {
    /// Decide for many series
    ///
    /// All series of a filter, in one go. What that makes missing is told as a number, not volume by volume.
    #[oai(
        path = "/series/bulk",
        method = "post",
        operation_id = "change_many_series",
        tag = "Tag::Series"
    )]
    async fn bulk(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<BulkChange>,
    ) -> Result<Json<BulkOutcome>, Failure<{ ONE | BODY | CONFLICT }>> {
        let BulkChange {
            which,
            set,
            dry_run,
        } = body.0;
        is_there(&app, which.library_id).await?;
        let decision = decision(&app, set).await?;
        let decided = collection::decide(&app, &which.into(), &decision, dry_run).await?;
        Ok(Json(outcome(decided, dry_run)))
    }

    /// Preview the series of a library
    ///
    /// By status and by whether volumes are missing, whether they are monitored or not: what there would be to look for. Each group says
    /// what to write into `where` to decide for all of it.
    #[oai(
        path = "/libraries/:id/preview",
        method = "get",
        operation_id = "preview_library",
        tag = "Tag::Libraries"
    )]
    async fn preview(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<LibraryPreview>, Failure<ONE>> {
        find(&app, id.0).await?;
        let overview = collection::overview(&app, id.0).await?;
        Ok(Json(LibraryPreview {
            series: overview.series,
            monitored: overview.monitored,
            missing: overview.missing,
            groups: overview.groups.into_iter().map(SeriesGroup::from).collect(),
        }))
    }
}

async fn decision(app: &App, set: SeriesDecision) -> Result<Decision, ApiError> {
    if let MaybeUndefined::Value(name) = &set.profile
        && let Some(problem) = taste::misnamed(app, name).await?
    {
        return Err(ApiError::field("set.profile", problem));
    }
    Ok(Decision {
        monitored: set.monitored,
        auto_send: set.auto_send,
        profile: match set.profile {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(name) => Some(Some(name)),
        },
        wanted_from: volume_or_none("set.wantedFrom", set.wanted_from)?,
        wanted_to: volume_or_none("set.wantedTo", set.wanted_to)?,
        ignore_missing: set.ignore_missing,
    })
}

fn outcome(decided: Decided, dry_run: bool) -> BulkOutcome {
    BulkOutcome {
        dry_run,
        matched: decided.matched,
        changed: decided.changed,
        missing_before: decided.missing_before,
        missing_after: decided.missing_after,
        due: decided.due,
        examples: decided.examples,
    }
}
