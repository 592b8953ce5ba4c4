//! Resource `series`.

mod added;
mod change;
mod filter;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    types::MaybeUndefined,
};

use super::{
    Tag,
    error::{ApiError, BODY, CONFLICT, Failure, ONE},
    grabs::Grab,
    guard::Key,
    json::Json,
    libraries,
    page::{Asked, Page},
};
use crate::{
    app::App,
    clock::utc,
    collection,
    domain::{
        release,
        volume::{MAX_SET, VolumeError, VolumeSet},
    },
    shelving,
    store::{self, series::Stored},
    taste,
};
use added::NewSeries;
pub use change::volume_or_none;
use change::{SeriesChange, apply};
pub use filter::{SeriesFilter, Status};

/// What a bare number in a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing is known; a bare number is a volume.
    Auto,
    /// Manga volumes.
    Manga,
    /// Franco-Belgian albums.
    Bd,
    /// Issues of US comics.
    Comics,
    /// Chapters, not volumes.
    Chapters,
}

impl From<release::Kind> for Kind {
    fn from(kind: release::Kind) -> Self {
        match kind {
            release::Kind::Auto => Self::Auto,
            release::Kind::Manga => Self::Manga,
            release::Kind::Bd => Self::Bd,
            release::Kind::Comics => Self::Comics,
            release::Kind::Chapters => Self::Chapters,
        }
    }
}

impl From<Kind> for release::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Auto => Self::Auto,
            Kind::Manga => Self::Manga,
            Kind::Bd => Self::Bd,
            Kind::Comics => Self::Comics,
            Kind::Chapters => Self::Chapters,
        }
    }
}

/// One work in one language that is collected.
#[derive(Debug, Object)]
#[oai(
    rename_all = "camelCase",
    skip_serializing_if_is_none,
    rename = "Series"
)]
pub struct SeriesView {
    /// Its number.
    id: i64,
    /// The title that is shown, and searched first.
    title: String,
    /// Other names; all of them are recognised, the first one is searched too.
    aliases: Vec<String>,
    /// Titles like its own that mean another series; releases of these titles are refused.
    not_aliases: Vec<String>,
    /// ISO 639-1 of the copies that are collected.
    language: String,
    /// What a bare number in a name means.
    kind: Kind,
    /// Missing volumes are looked for.
    monitored: bool,
    /// What is found may be sent without being asked.
    auto_send: bool,
    /// Volumes below are not wanted.
    wanted_from: Option<String>,
    /// Volumes above are not wanted.
    wanted_to: Option<String>,
    /// Volumes that are never wanted, for example `4,7-9`.
    ignored: String,
    /// How many volumes exist, as you say.
    total: Option<u32>,
    /// How many volumes exist, as its libraries say, the most of what they do; counts while `total` is left out.
    stated_total: Option<u32>,
    /// How many volumes are out where it is collected, as a catalogue says; left out when none does.
    announced_total: Option<u32>,
    /// How many count: `total`, else by the order of the setting `countOrder`.
    known_total: Option<u32>,
    /// Who says so: `you`, `libraries` or a catalogue.
    counted_by: Option<String>,
    /// Which numbers that nobody counts with (0, 10.5) are wanted: `never`, `all` that catalogues list, or a set.
    specials: String,
    /// Names of the sources to ask; empty asks all.
    sources: Vec<String>,
    /// The edition that is collected, for example `standard`, `perfect` or `omnibus:3`.
    edition: String,
    /// Which base volumes the volumes of other editions hold, for example `deluxe 1-9=1-18; integrale 1=1-3`.
    edition_map: String,
    /// The name of its profile; left out for its library's.
    profile: Option<String>,
    /// On the shelf, for example `0-12,14,15.5`.
    owned: String,
    /// On the shelf in files that no reader can show; missing too, and replaced only when you approve.
    damaged: String,
    /// Perhaps on the shelf: a file's name and its server say different numbers. Missing too, and sent only when you approve.
    doubtful: String,
    /// Once on the shelf and gone now; not fetched again by itself.
    vanished: String,
    /// Missing: holes, and the tail up to `total`.
    missing: String,
    /// How many are missing.
    missing_count: u32,
    /// When it was last checked.
    checked_at: Option<DateTime<Utc>>,
    /// When it came to be known.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<Stored> for SeriesView {
    fn from(stored: Stored) -> Self {
        let missing = stored.missing_volumes();
        let series = stored.series;
        let (known_total, counted_by) = (series.known_total(), series.counted_by());
        Self {
            id: series.id,
            title: series.title,
            aliases: series.aliases,
            not_aliases: series.not_aliases,
            language: series.language,
            kind: series.kind.into(),
            monitored: series.monitored,
            auto_send: series.auto_send,
            wanted_from: series.wanted_from.map(|volume| volume.to_string()),
            wanted_to: series.wanted_to.map(|volume| volume.to_string()),
            ignored: series.ignored.to_string(),
            total: series.total,
            stated_total: series.stated_total,
            announced_total: series.announced.as_ref().map(|announced| announced.total),
            known_total,
            counted_by: counted_by.map(str::to_owned),
            specials: series.specials.to_string(),
            sources: series.sources,
            edition: series.edition.word().into_owned(),
            edition_map: series.editions.to_string(),
            profile: series.profile.clone(),
            owned: stored.shelf.present.to_string(),
            damaged: stored.shelf.damaged.to_string(),
            doubtful: stored.shelf.doubtful.to_string(),
            vanished: stored.shelf.vanished.to_string(),
            missing: missing.to_string(),
            missing_count: missing.len() as u32,
            checked_at: stored.checked_at.map(utc),
            created_at: utc(stored.created_at),
            updated_at: utc(stored.updated_at),
        }
    }
}

/// A series that was changed, and what that puts in doubt.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ChangedSeries {
    /// As it is now.
    #[oai(flatten)]
    series: SeriesView,
    /// What was sent because its name means the series by an alias that this change withdrew, newest first: look at it, and give up
    /// what is another series.
    sent_by_withdrawn: Vec<Grab>,
}

impl From<shelving::Changed> for ChangedSeries {
    fn from(changed: shelving::Changed) -> Self {
        Self {
            series: changed.stored.into(),
            sent_by_withdrawn: changed
                .sent_by_withdrawn
                .into_iter()
                .map(Grab::from)
                .collect(),
        }
    }
}

/// Volumes to be wanted again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct WantAgain {
    /// For example `4,7-9`.
    #[oai(validator(
        pattern = "^ *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *(, *([0-9]{1,4}([.][0-9]{1,2})?|[0-9]{1,4} *- *[0-9]{1,4}) *)*$"
    ))]
    volumes: String,
}

/// A file of a series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct SeriesFile {
    /// Below its library.
    path: String,
    /// Bytes.
    size: i64,
    /// When it was last changed.
    modified_at: DateTime<Utc>,
    /// The volumes that it holds; empty when it has no number.
    volumes: String,
    /// The edition that its name states; `standard` when it states none.
    edition: String,
    /// What is wrong with it.
    problem: Option<String>,
}

/// It was added.
#[derive(ApiResponse)]
pub enum SeriesMade {
    /// The series; nothing of it is on a shelf yet.
    #[oai(status = 201)]
    Created(Json<SeriesView>),
}

/// It is gone.
#[derive(ApiResponse)]
enum SeriesGone {
    /// With its history of offers, reviews and grabs. No file is touched.
    #[oai(status = 204)]
    Deleted,
}

pub struct SeriesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl SeriesApi {
    /// List series
    ///
    /// By title, with what is owned and missing of each.
    #[oai(path = "/series", method = "get", operation_id = "list_series")]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Part of the title.
        #[oai(validator(max_length = 300))]
        title: Query<Option<String>>,
        /// Just those of this status.
        status: Query<Option<Status>>,
        /// Just those that a library sorts under this word, whatever its accents and capitals.
        #[oai(validator(max_length = 100))]
        tag: Query<Option<String>>,
        /// Just those that are monitored, or are not.
        monitored: Query<Option<bool>>,
        /// Just those with missing volumes, or without.
        missing: Query<Option<bool>>,
        /// Just those of a library.
        #[oai(name = "libraryId", validator(minimum(value = "1")))]
        library_id: Query<Option<i64>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<SeriesView>>, Failure<ONE>> {
        libraries::is_there(&app, library_id.0).await?;
        let asked = Asked::new(page.0, page_size.0);
        let filter = store::series::Filter {
            title: title.0.unwrap_or_default(),
            monitored: monitored.0,
            missing: missing.0,
            library: library_id.0,
            status: status.0.map(Into::into),
            tag: tag.0.unwrap_or_default(),
            ..store::series::Filter::default()
        };
        Ok(Json(asked.of(
            store::series::list(&app.db, &filter, asked.window()).await?,
            SeriesView::from,
        )))
    }

    /// Add a series that is not owned
    ///
    /// A library is to hold it: what is missing up to `total` is looked for, and sent when that library is armed. Once a volume is in the
    /// library, the series is one of its own.
    #[oai(path = "/series", method = "post", operation_id = "create_series")]
    async fn create(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        body: Json<NewSeries>,
    ) -> Result<SeriesMade, Failure<{ ONE | BODY | CONFLICT }>> {
        let library = libraries::find(&app, body.library_id).await?;
        let stored = collection::add(&app, &library, body.0.read()?).await?;
        Ok(SeriesMade::Created(Json(stored.into())))
    }

    /// Get a series
    ///
    /// With its shelf, what is missing, and who says how many volumes there are. A series that was merged is not there (404): the answer says which
    /// one it is now.
    #[oai(path = "/series/:id", method = "get", operation_id = "get_series")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<SeriesView>, Failure<ONE>> {
        Ok(Json(find(&app, id.0).await?.into()))
    }

    /// Remove a series
    ///
    /// One that no library shows: added by hand, or left of a library that was removed.
    #[oai(
        path = "/series/:id",
        method = "delete",
        operation_id = "delete_series"
    )]
    async fn delete(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<SeriesGone, Failure<{ ONE | CONFLICT }>> {
        match collection::remove(&app, id.0).await? {
            true => Ok(SeriesGone::Deleted),
            false => Err(ApiError::unknown("series", id.0).into()),
        }
    }

    /// Change a series
    ///
    /// What is left out stays as it is; `null` clears `wantedFrom`, `wantedTo` and `total`. Of an alias that is withdrawn, the answer lists
    /// what was sent on its strength.
    #[oai(path = "/series/:id", method = "patch", operation_id = "change_series")]
    async fn change(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<SeriesChange>,
    ) -> Result<Json<ChangedSeries>, Failure<{ ONE | BODY }>> {
        find(&app, id.0).await?;
        if let MaybeUndefined::Value(name) = &body.profile
            && let Some(problem) = taste::misnamed(&app, name).await?
        {
            return Err(ApiError::field("profile", problem).into());
        }
        let changed =
            shelving::change(&app, id.0, |series, shelf| apply(series, shelf, body.0)).await?;
        let changed = changed.ok_or_else(|| ApiError::unknown("series", id.0))?;
        Ok(Json(changed.into()))
    }

    /// Want volumes again
    ///
    /// Volumes that vanished from the shelf or are ignored become missing, and are looked for.
    #[oai(
        path = "/series/:id/want-again",
        method = "post",
        operation_id = "want_again"
    )]
    async fn want_again(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<WantAgain>,
    ) -> Result<Json<SeriesView>, Failure<{ ONE | BODY }>> {
        find(&app, id.0).await?;
        let volumes = volumes("volumes", &body.volumes)?;
        shelving::want_again(&app, id.0, &volumes).await?;
        app.check_wake.notify_one();
        Ok(Json(find(&app, id.0).await?.into()))
    }

    /// List the files of a series
    ///
    /// What each file was read as, and what is wrong with those that count as nothing.
    #[oai(
        path = "/series/:id/files",
        method = "get",
        operation_id = "list_series_files"
    )]
    async fn files(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Vec<SeriesFile>>, Failure<ONE>> {
        find(&app, id.0).await?;
        let files = store::file::of_series(&app.db, id.0).await?;
        let view = |(_, file): store::file::KeyedFile| SeriesFile {
            path: file.path,
            size: file.size as i64,
            modified_at: utc(file.modified),
            volumes: file.volumes.to_string(),
            edition: file.edition.word().into_owned(),
            problem: file.problem,
        };
        Ok(Json(files.into_iter().map(view).collect()))
    }
}

/// The series of this number.
pub async fn find(app: &App, id: i64) -> Result<Stored, ApiError> {
    Ok(shelving::find(app, id).await?)
}

/// Reads a set of volumes of a field.
pub fn volumes(field: &str, text: &str) -> Result<VolumeSet, ApiError> {
    let set: VolumeSet = text
        .parse()
        .map_err(|error: VolumeError| ApiError::field(field, error.to_string()))?;
    if set.len() > MAX_SET {
        return Err(ApiError::field(
            field,
            format!(
                "it holds {} volumes; at most {MAX_SET} volumes can be given at once",
                set.len()
            ),
        ));
    }
    Ok(set)
}
