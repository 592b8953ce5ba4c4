//! Resources `links` and `identities` of a series: which keys of libraries mean it, and what catalogues know it as.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path};

use super::{
    Tag,
    error::{ApiError, BODY, Failure, MEANING, ONE},
    guard::Key,
    json::Json,
    series::find,
};
use crate::{
    app::App,
    domain::identity::{self, Identity},
    store::{self, identity::Stated, link::Shown},
};

/// What a library shows of a series under one of its own keys: a folder, or a series of a server.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct SeriesLink {
    /// The library.
    library_id: i64,
    /// That library's name.
    library: String,
    /// Its key; name it to split the series.
    key: String,
    /// Volumes that it shows.
    owned: String,
    /// Volumes that it shows in files that no reader can show.
    damaged: String,
    /// Volumes that it showed once.
    vanished: String,
    /// How many files there are.
    files: i64,
    /// The number of the series that it meant before that was merged into this one.
    merged_from: Option<i64>,
    /// You took it out of another series.
    apart: bool,
}

impl From<Shown> for SeriesLink {
    fn from(row: Shown) -> Self {
        Self {
            library_id: row.library_id,
            library: row.library,
            key: row.external_key,
            owned: row.present,
            damaged: row.damaged,
            vanished: row.vanished,
            files: row.files,
            merged_from: row.merged_from,
            apart: row.apart,
        }
    }
}

/// What a catalogue knows a series as.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct SeriesIdentity {
    /// For example `anilist`, `mangaupdates`, `nautiljon` or `bedetheque`.
    catalogue: String,
    /// The catalogue's own id.
    id: String,
    /// Its page there.
    url: String,
    /// The library that says so; left out when you do.
    library_id: Option<i64>,
}

impl From<Stated> for SeriesIdentity {
    fn from(stated: Stated) -> Self {
        Self {
            catalogue: stated.identity.catalogue.word().to_owned(),
            url: stated.identity.url(),
            id: stated.identity.id,
            library_id: stated.library_id,
        }
    }
}

/// What a series is, as you say.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct IdentitiesChange {
    /// Addresses of its pages in catalogues, for example `https://anilist.co/manga/30013`. What libraries say stays beside them.
    #[oai(validator(max_items = 50, max_length = 2000, pattern = "^[^\\x00]*$"))]
    urls: Vec<String>,
}

pub struct IdentitiesApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Series")]
impl IdentitiesApi {
    /// List the libraries' keys of a series
    ///
    /// Which folder, or which series of a server, shows what of it.
    #[oai(
        path = "/series/:id/links",
        method = "get",
        operation_id = "list_series_links"
    )]
    async fn links(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Vec<SeriesLink>>, Failure<ONE>> {
        find(&app, id.0).await?;
        let shown = store::link::shown(&app.db, id.0).await?;
        Ok(Json(shown.into_iter().map(Into::into).collect()))
    }

    /// List what catalogues know a series as
    ///
    /// By its libraries' links, by what was chosen in catalogues, and by what you said.
    #[oai(
        path = "/series/:id/identities",
        method = "get",
        operation_id = "list_series_identities"
    )]
    async fn identities(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Vec<SeriesIdentity>>, Failure<ONE>> {
        find(&app, id.0).await?;
        let stated = store::identity::of_series(&app.db, id.0).await?;
        Ok(Json(stated.into_iter().map(Into::into).collect()))
    }

    /// Say what catalogues know a series as
    ///
    /// Replaces what you said before; an empty list takes it back. A series that a library shows with the same catalogue's id, in the same
    /// language and edition, is this one from then on.
    #[oai(
        path = "/series/:id/identities",
        method = "put",
        operation_id = "put_series_identities"
    )]
    async fn put(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
        body: Json<IdentitiesChange>,
    ) -> Result<Json<Vec<SeriesIdentity>>, Failure<{ ONE | BODY | MEANING }>> {
        find(&app, id.0).await?;
        let read = |url: &String| Identity::from_url(url).ok_or_else(|| unknown(url));
        let said: Vec<Identity> = body.0.urls.iter().map(read).collect::<Result<_, _>>()?;
        let mut tx = app.db.begin().await?;
        store::identity::put_by_hand(&mut tx, id.0, &said).await?;
        tx.commit().await?;
        let stated = store::identity::of_series(&app.db, id.0).await?;
        Ok(Json(stated.into_iter().map(Into::into).collect()))
    }
}

fn unknown(url: &str) -> ApiError {
    let url: String = url
        .chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect();
    ApiError::unprocessable(format!(
        "'{url}' is no page of a series in a catalogue that is known: {}",
        identity::words().join(", ")
    ))
}
