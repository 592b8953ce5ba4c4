//! Series that a library is only to hold: added by hand, and removed again when no library shows them.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    connection::{SeriesSettings, Settings},
    domain::{
        edition::Edition, event::Event, identity::Identity, release::Kind, series::Series,
        volume::VolumeSet,
    },
    lease::Lease,
    pipeline, shelving,
    store::{
        self, StoreError, Tx, connection::Connection, identity::Sought, link::Link, series::Stored,
    },
};

/// How long whoever works on a series is waited for before it is removed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A series that is not on any shelf yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSeries {
    /// Its title.
    pub title: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// How many volumes exist.
    pub total: Option<u32>,
    /// ISO 639-1; none for the library's.
    pub language: Option<String>,
    /// What a bare number means; none for the library's.
    pub kind: Option<Kind>,
    /// The edition that is collected.
    pub edition: Edition,
    /// Its missing volumes are looked for.
    pub monitored: bool,
}

/// Why a series was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// What is wrong with it, by field.
    #[error("there are mistakes in it")]
    Wrong(Vec<(&'static str, String)>),
    /// It is known.
    #[error(
        "'{title}' ({language}, {edition}) is known already, as series {id}: change that one with PATCH /api/v1/series/{id}"
    )]
    Known {
        id: i64,
        title: String,
        language: String,
        edition: String,
    },
    /// It is another name of one that is known.
    #[error(
        "'{title}' is another name of '{known_as}', series {id}: change that one with PATCH /api/v1/series/{id}, or take the alias from it first"
    )]
    Alias {
        id: i64,
        title: String,
        known_as: String,
    },
    /// One of its aliases is the title of another series.
    #[error("the alias '{alias}' is the title of series {id}: leave it out")]
    Foreign { id: i64, alias: String },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a series was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// A scan would bring it back.
    #[error(
        "the library '{0}' shows this series, so the next scan would bring it back; set monitored to false, or take its files away and scan the library first"
    )]
    Shown(String),
    /// It would come and belong to nothing.
    #[error(
        "volumes {0} of it are on their way; give up their grabs first, or wait until they are there"
    )]
    OnItsWay(VolumeSet),
    /// A check has it.
    #[error("it is being checked at this moment; try again in a minute")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NewSeries {
    /// With what it leaves to its library.
    pub(super) fn in_library(self, library: Option<&Connection>) -> Series {
        let settings =
            library.and_then(|library| Settings::from_json(&library.kind, &library.config));
        let shared = settings.as_ref().and_then(Settings::series);
        let kind = shared.map(SeriesSettings::kind);
        let language = shared.map(|shared| shared.language.clone());
        Series {
            id: 0,
            title: self.title,
            aliases: self.aliases,
            not_aliases: Vec::new(),
            language: self.language.or(language).unwrap_or_else(|| "fr".into()),
            kind: self.kind.or(kind).unwrap_or_default(),
            monitored: self.monitored,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: VolumeSet::default(),
            total: self.total,
            stated_total: None,
            announced: None,
            specials: <_>::default(),
            sources: Vec::new(),
            edition: self.edition,
            editions: <_>::default(),
            profile: None,
        }
    }
}

/// Adds a series that a library is to hold: with an empty shelf, and everything else as the library's own series have it.
///
/// # Errors
/// When it is known or has mistakes; then nothing is changed.
pub async fn add(app: &App, library: &Connection, new: NewSeries) -> Result<Stored, AddError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let series = insert(&mut tx, library, new, &[], now).await?;
    let stored = finish(&mut tx, library, &series, now).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    Ok(stored)
}

/// Makes it, if neither it nor any series of these identities is known. Nothing holds it yet.
pub(super) async fn insert(
    tx: &mut Tx,
    library: &Connection,
    new: NewSeries,
    identities: &[Identity],
    now: i64,
) -> Result<Series, AddError> {
    let mut series = new.in_library(Some(library));
    let mistakes = series.mistakes();
    if !mistakes.is_empty() {
        return Err(AddError::Wrong(mistakes));
    }
    store::library::lock_imports(tx).await?;
    store::library::lock(tx, library.id).await?;
    let sought = Sought {
        title: &series.title,
        language: &series.language,
        edition: series.edition,
        kind: series.kind,
        identities,
    };
    if let Some(id) = store::identity::same(tx, &sought).await? {
        return Err(AddError::Known {
            id,
            edition: series.edition.word().into_owned(),
            title: series.title,
            language: series.language,
        });
    }
    if let Some((id, known_as)) = store::identity::also_called(tx, &sought).await? {
        return Err(AddError::Alias {
            id,
            title: series.title,
            known_as,
        });
    }
    if let Some((alias, id)) = shelving::foreign(tx, &series, &series.aliases).await? {
        return Err(AddError::Foreign { id, alias });
    }
    series.id = store::series::insert(tx, &series, now).await?;
    Ok(series)
}

/// The library is to hold it: as it is now, and is told.
pub(super) async fn finish(
    tx: &mut Tx,
    library: &Connection,
    series: &Series,
    now: i64,
) -> Result<Stored, StoreError> {
    let event = hold(tx, series, &[library], now).await?;
    store::event::append(tx, event.as_slice(), now).await?;
    let stored = store::series::get_in(tx, series.id).await?;
    let stored = stored.ok_or(StoreError::Unreadable { place: "series" })?;
    if series.monitored && stored.missing > 0 {
        store::series::mark_due(tx, series.id, now).await?;
    }
    Ok(stored)
}

/// These libraries are to hold a series that was just made; what is told of it.
pub(super) async fn hold(
    tx: &mut Tx,
    series: &Series,
    libraries: &[&Connection],
    now: i64,
) -> Result<Option<Event>, StoreError> {
    for library in libraries {
        store::link::put(tx, &Link::wanted(library.id, series.id), now).await?;
    }
    // The first count is a baseline: one event, whatever is missing.
    let refreshed = shelving::refresh(tx, series.id, now).await?;
    Ok(refreshed.map(|refreshed| Event::SeriesAdded {
        series: series.named(),
        library: libraries
            .first()
            .map(|library| library.name.clone())
            .unwrap_or_default(),
        volumes: VolumeSet::default(),
        missing: match series.monitored {
            true => refreshed.stored.missing_volumes(),
            false => VolumeSet::default(),
        },
    }))
}

/// Removes a series that no library shows, with everything that is known of it. False when there is none.
///
/// # Errors
/// When a library shows it, something of it is on its way, or it is worked on; then nothing is changed.
pub async fn remove(app: &Arc<App>, id: i64) -> Result<bool, RemoveError> {
    let lease = Lease::take(app, &pipeline::lease_name(id), PATIENCE)
        .await?
        .ok_or(RemoveError::Busy)?;
    let removed = remove_alone(app, id).await;
    lease.release().await;
    removed
}

async fn remove_alone(app: &App, id: i64) -> Result<bool, RemoveError> {
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    shelving::lock_libraries(&mut tx, &[id]).await?;
    let Some(stored) = store::series::get_in(&mut tx, id).await? else {
        return Ok(false);
    };
    for link in store::link::of_series(&mut tx, id).await? {
        let shows = !link.shelf.present.is_empty() || !link.shelf.damaged.is_empty();
        let files = store::file::of_key(&mut tx, link.library_id, &link.key).await?;
        if shows || !files.is_empty() {
            let library = store::connection::get_in(&mut tx, link.library_id).await?;
            return Err(RemoveError::Shown(
                library.map(|row| row.name).unwrap_or_default(),
            ));
        }
    }
    if !stored.on_its_way.is_empty() || stored.in_doubt {
        return Err(RemoveError::OnItsWay(stored.on_its_way));
    }
    store::check::leave_out(&mut tx, id).await?;
    store::merge::forget(&mut tx, id).await?;
    store::series::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(true)
}
