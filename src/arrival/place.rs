//! Good volumes come into the folders of their series, each by the journal of `placing`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{Arrived, wait};
use crate::{
    app::App,
    book::path::unescape,
    connection::{FolderSettings, Placing, Settings},
    domain::{
        grab::Observation,
        naming::{self, Beside},
        placement::Step,
        release::{Hints, parse},
        title,
        volume::VolumeSet,
    },
    lease::Lease,
    pipeline::sending,
    placing::{self, Order, PlaceError},
    ports::ScannedFile,
    store::{
        self, StoreError, connection::Connection, grab::Grab, grab_volume::Became,
        placement::Placement, series::Stored,
    },
    verification::Book,
};

/// Under which files come into libraries and leave them.
pub const LEASE: &str = "placing";
/// How long it is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The libraries of a series into which it is put.
pub struct Shelves(Vec<Shelf>);

struct Shelf {
    row: Connection,
    settings: FolderSettings,
    /// The folder of the series below the library's, as stored; none for loose files.
    folder: Option<String>,
    /// The names of its files there.
    files: Vec<String>,
    /// What it shows already.
    present: VolumeSet,
}

/// The libraries of a series that want what came put into them.
///
/// # Errors
/// When the database fails.
pub async fn libraries_of(
    app: &App,
    series: i64,
) -> Result<Vec<(Connection, FolderSettings)>, StoreError> {
    let rows = store::connection::libraries_of(&app.db, series).await?;
    let folder = |row: Connection| match Settings::from_json(&row.kind, &row.config) {
        Some(Settings::Folder(settings)) if row.enabled && settings.placing == Placing::Folder => {
            Some((row, settings))
        }
        _ => None,
    };
    Ok(rows.into_iter().filter_map(folder).collect())
}

impl Shelves {
    /// As they are now.
    pub async fn of(app: &App, stored: &Stored) -> Result<Self, StoreError> {
        let libraries = libraries_of(app, stored.series.id).await?;
        if libraries.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let mut tx = app.db.begin_unsynced().await?;
        let links = store::link::of_series(&mut tx, stored.series.id).await?;
        let mut shelves = Vec::new();
        for (row, settings) in libraries {
            let (mut present, mut most): (VolumeSet, Option<(String, Vec<ScannedFile>)>) =
                <_>::default();
            for link in links.iter().filter(|link| link.library_id == row.id) {
                present.extend_with(&link.shelf.present);
                let files = store::file::of_key(&mut tx, row.id, &link.key).await?;
                let files: Vec<ScannedFile> = files.into_iter().map(|(_, file)| file).collect();
                // A series may be in two folders: where most of it is.
                if most
                    .as_ref()
                    .is_none_or(|(_, known)| known.len() < files.len())
                {
                    most = Some((link.key.clone(), files));
                }
            }
            let (key, files) = most.unwrap_or_default();
            let folder = folder_of(&key, &files);
            let names = files
                .iter()
                .filter(|file| parent(&file.path) == folder.as_deref());
            let names = names.map(|file| name_of(&file.path).to_owned()).collect();
            shelves.push(Shelf {
                row,
                settings,
                folder,
                files: names,
                present,
            });
        }
        Ok(Self(shelves))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Where most of its files are; without any, the folder that its key names.
fn folder_of(key: &str, files: &[ScannedFile]) -> Option<String> {
    let count = |folder: Option<&str>| {
        let same = files.iter().filter(|file| parent(&file.path) == folder);
        same.count()
    };
    let folders = files.iter().map(|file| parent(&file.path));
    match folders.max_by_key(|folder| (count(*folder), std::cmp::Reverse(*folder))) {
        Some(folder) => folder.map(str::to_owned),
        None => (!key.starts_with("loose:") && !key.is_empty()).then(|| key.to_owned()),
    }
}

/// Puts good books into each library, and settles the grab by what came of that.
pub async fn place(
    app: &Arc<App>,
    grab: &Grab,
    stored: &Stored,
    shelves: &Shelves,
    books: &[(VolumeSet, Book)],
) -> Result<Arrived, StoreError> {
    if shelves.is_empty() {
        return Ok(Arrived::default());
    }
    let Some(lease) = Lease::take(app, LEASE, PATIENCE).await? else {
        return wait(
            app,
            grab,
            shelves,
            "other volumes are being put into their libraries",
        )
        .await;
    };
    let mut placed = Ok(());
    for shelf in &shelves.0 {
        for (volumes, book) in books {
            if placed.is_ok() && volumes.iter().any(|volume| !shelf.present.contains(volume)) {
                placed = one(app, grab, stored, shelf, (volumes, book)).await;
            }
        }
    }
    lease.release().await;
    placed?;
    settle(app, grab, shelves).await
}

async fn one(
    app: &Arc<App>,
    grab: &Grab,
    stored: &Stored,
    shelf: &Shelf,
    (volumes, book): (&VolumeSet, &Book),
) -> Result<(), StoreError> {
    let target = match target(app, grab, stored, shelf, book) {
        Ok(target) => target,
        Err(why) => return unplaced(app, grab, volumes, "no_name", &why).await,
    };
    let order = Order {
        grab_id: grab.id,
        series_id: grab.series_id,
        library_id: shelf.row.id,
        volumes,
        source: &book.path,
        root: Path::new(&shelf.settings.path),
        target: &target,
        new_folder: false,
        may_link: true,
    };
    match placing::place(&app.db, &app.clock, &order).await {
        Ok(placement) => {
            tracing::info!(grab = grab.id, volumes = %volumes, target = placement.target, "placed");
            Ok(())
        }
        Err(PlaceError::Store(error)) => Err(error),
        // The journal has it, and goes on with it.
        Err(error) if error.is_passing() => Ok(()),
        Err(error) => unplaced(app, grab, volumes, "not_placed", &error.sentence()).await,
    }
}

/// Where a book will stand below the library's folder.
fn target(
    app: &App,
    grab: &Grab,
    stored: &Stored,
    shelf: &Shelf,
    book: &Book,
) -> Result<PathBuf, String> {
    let series = &stored.series;
    let titles = [title::fold(&series.title)];
    let hints = Hints {
        kind: series.kind,
        titles: &titles,
        lexicon: app.lexicon,
        ..Hints::default()
    };
    let release = parse(&grab.title, hints);
    let files: Vec<&str> = shelf.files.iter().map(String::as_str).collect();
    let beside = Beside {
        folder: shelf.folder.as_deref().map(name_of),
        files: &files,
    };
    let named = naming::Book {
        series: &series.title,
        volumes: &book.volumes,
        title: None,
        edition: release.edition,
        year: None,
        language: Some(&series.language),
        origin: release.origin,
        group: release.group,
        extension: extension(book.format),
    };
    let named = naming::name(&named, &beside, &shelf.settings.names(), hints);
    let name = named.map_err(|error| error.to_string())?.name;
    let folder = match &shelf.folder {
        None => PathBuf::new(),
        Some(folder) => unescape(folder)
            .map(PathBuf::from)
            .ok_or("its folder has no name on the disk")?,
    };
    Ok(folder.join(name))
}

/// What a library takes for a book, by what it is.
fn extension(format: &str) -> &str {
    match format {
        "zip" => "cbz",
        "rar" => "cbr",
        "7z" => "cb7",
        other => other,
    }
}

/// It stays where it is, for good; the library may get it by hand.
async fn unplaced(
    app: &App,
    grab: &Grab,
    volumes: &VolumeSet,
    code: &str,
    reason: &str,
) -> Result<(), StoreError> {
    tracing::warn!(grab = grab.id, volumes = %volumes, reason, "a volume was not placed");
    let mut tx = app.db.begin().await?;
    for volume in volumes.iter() {
        let became = Became {
            state: "unplaced",
            code: Some(code),
            reason: Some(reason),
            live: true,
        };
        store::grab_volume::became(&mut tx, grab.id, volume, became).await?;
    }
    tx.commit().await
}

/// Every good volume has its place in the journal of every library, so the files need not be looked into again.
pub async fn is_under_way(app: &App, grab: &Grab, shelves: &Shelves) -> Result<bool, StoreError> {
    let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    let placements = placement_of(app, grab).await?;
    let good = volumes
        .iter()
        .filter(|volume| volume.live && volume.state == "verified");
    let covered = |volume: &store::grab_volume::GrabVolume| {
        shelves.0.iter().all(|shelf| {
            shelf.present.contains(volume.volume)
                || placements.iter().any(|row| {
                    row.library_id == shelf.row.id && row.volumes.contains(volume.volume)
                })
        })
    };
    let mut good = good.peekable();
    Ok(good.peek().is_none() || good.all(covered))
}

/// Those that are in their place, or on their way there.
async fn placement_of(app: &App, grab: &Grab) -> Result<Vec<Placement>, StoreError> {
    let mut rows = store::placement::of_grab(&app.db, grab.id).await?;
    rows.retain(|row| !matches!(row.step, Step::Failed | Step::Undone | Step::Undoing));
    Ok(rows)
}

/// Says by the journal where the grab stands now.
pub async fn settle(app: &App, grab: &Grab, shelves: &Shelves) -> Result<Arrived, StoreError> {
    let rows = placement_of(app, grab).await?;
    if let Some(row) = rows.iter().find(|row| row.step != Step::Placed) {
        let problem = row
            .message
            .as_deref()
            .unwrap_or("it is being put into its library");
        return wait(app, grab, shelves, problem).await;
    }
    let volumes = store::grab_volume::of_grab(&app.db, grab.id).await?;
    let unplaced = volumes
        .iter()
        .find(|volume| volume.live && volume.state == "unplaced");
    if rows.is_empty() {
        return match unplaced.and_then(|volume| volume.reason.as_deref()) {
            Some(reason) => wait(app, grab, shelves, reason).await,
            None => {
                let there = "the library has its volumes already; to have them replaced, take their files away first";
                wait(app, grab, shelves, there).await
            }
        };
    }
    let mut tx = app.db.begin().await?;
    for volume in rows.iter().flat_map(|row| row.volumes.iter()) {
        let became = Became {
            state: "placed",
            code: None,
            reason: None,
            live: true,
        };
        store::grab_volume::became(&mut tx, grab.id, volume, became).await?;
    }
    tx.commit().await?;
    sending::advance_known(app, grab, Observation::InPlace, "").await?;
    Ok(Arrived {
        libraries: rows.iter().map(|row| row.library_id).collect(),
        again: false,
    })
}

/// Goes on with everything that a crash or a refusal left unfinished.
///
/// # Errors
/// When the journal cannot be read.
pub async fn resume(app: &Arc<App>) -> Result<(), StoreError> {
    if store::placement::unfinished(&app.db).await?.is_empty() {
        return Ok(());
    }
    let Some(lease) = Lease::try_take(app, LEASE).await? else {
        return Ok(());
    };
    let resumed = placing::resume(&app.db, &app.clock).await;
    lease.release().await;
    for one in resumed? {
        match one.outcome {
            Ok(row) => tracing::info!(placement = one.id, step = row.step.word(), "gone on with"),
            Err(error) => {
                tracing::warn!(
                    placement = one.id,
                    error = error.sentence(),
                    "not placed yet"
                );
            }
        }
    }
    Ok(())
}
