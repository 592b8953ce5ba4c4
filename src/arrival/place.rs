//! Good volumes come into the folders of their series, each by the journal of `placing`.

mod one;

use std::{sync::Arc, time::Duration};

use one::one;

use super::{AGAIN, AGAIN_LATER, ASKED, Arrived, wait};
use crate::{
    app::App,
    connection::{FolderSettings, Placing, Settings},
    domain::{
        edition::Edition,
        grab::{GrabState, Observation},
        naming,
        placement::{Damaged, Step},
        units::DAY,
        volume::VolumeSet,
    },
    lease::Lease,
    pipeline::sending,
    placing,
    ports::{ScannedFile, WANTED},
    shelving,
    store::{
        self, StoreError,
        connection::Connection,
        grab::Grab,
        grab_volume::{Became, GrabVolume},
        placement::Placement,
        series::Stored,
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
    /// That is made with its first file: the library is to hold the series and does not show it yet.
    is_new: bool,
    /// The names of its files there.
    files: Vec<String>,
    /// What it shows already.
    present: VolumeSet,
    /// Files that no reader can show.
    damaged: Vec<Damaged>,
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
            let mut damaged = Vec::new();
            for link in links.iter().filter(|link| link.library_id == row.id) {
                present.extend_with(&link.shelf.present);
                let files = store::file::of_key(&mut tx, row.id, &link.key).await?;
                let files: Vec<ScannedFile> = files.into_iter().map(|(_, file)| file).collect();
                damaged.extend(damaged_of(&link.key, &files, &link.shelf.damaged));
                // A series may be in two folders: where most of it is.
                if most
                    .as_ref()
                    .is_none_or(|(_, known)| known.len() < files.len())
                {
                    most = Some((link.key.clone(), files));
                }
            }
            let (key, files) = most.unwrap_or_default();
            // Above the volumes of a deeper library are folders of which nobody knows the right one: there it is loose.
            let is_new = key.starts_with(WANTED) && settings.levels == 0;
            let folder = match is_new {
                true => naming::folder_name(&stored.series.title),
                false => folder_of(&key, &files),
            };
            let names = files
                .iter()
                .filter(|file| parent(&file.path) == folder.as_deref());
            let names = names.map(|file| name_of(&file.path).to_owned()).collect();
            shelves.push(Shelf {
                row,
                settings,
                is_new: is_new && folder.is_some(),
                folder,
                files: names,
                present,
                damaged,
            });
        }
        Ok(Self(shelves))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Those that hold nothing but what is damaged: of another edition, which of its volumes that is does not stand in their names.
fn damaged_of<'a>(
    key: &'a str,
    files: &'a [ScannedFile],
    damaged: &'a VolumeSet,
) -> impl Iterator<Item = Damaged> + 'a {
    let is_one = |file: &&ScannedFile| {
        let holds = &file.volumes;
        file.damaged
            && file.edition == Edition::Standard
            && !holds.is_empty()
            && holds.without(damaged).is_empty()
    };
    files.iter().filter(is_one).map(|file| Damaged {
        key: key.to_owned(),
        path: file.path.clone(),
        size: file.size,
        modified: file.modified,
        volumes: file.volumes.clone(),
        title: file.title.clone(),
        problem: file.problem.clone(),
    })
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
        None => {
            let is_folder = !key.starts_with("loose:") && !key.starts_with(WANTED);
            (is_folder && !key.is_empty()).then(|| key.to_owned())
        }
    }
}

/// A volume that stays where it is: why, as a code and a sentence.
pub struct Unplaced {
    volumes: VolumeSet,
    code: &'static str,
    reason: String,
}

/// Puts good books into each library, and settles the grab by what came of that.
pub async fn place(
    app: &Arc<App>,
    grab: &Grab,
    stored: &Stored,
    books: &[(VolumeSet, Book)],
) -> Result<Arrived, StoreError> {
    let Some(lease) = Lease::take(app, LEASE, PATIENCE).await? else {
        let others = "other volumes are being put into their libraries";
        return wait(app, grab, Some(others), AGAIN).await;
    };
    let placed = place_alone(app, grab, stored, books).await;
    lease.release().await;
    let (shelves, unplaced) = placed?;
    settle(app, grab, &shelves, &unplaced).await
}

async fn place_alone(
    app: &Arc<App>,
    grab: &Grab,
    stored: &Stored,
    books: &[(VolumeSet, Book)],
) -> Result<(Shelves, Vec<Unplaced>), StoreError> {
    // As they are now: it was waited for.
    let shelves = Shelves::of(app, stored).await?;
    let mut unplaced = Vec::new();
    for shelf in &shelves.0 {
        for (volumes, book) in books {
            let current = store::grab::get(&app.db, grab.id).await?;
            if current.is_none_or(|grab| grab.state != GrabState::Verified) {
                return Ok((shelves, unplaced));
            }
            if volumes.iter().any(|volume| !shelf.present.contains(volume)) {
                let refused = one(app, grab, stored, shelf, (volumes, book)).await?;
                unplaced.extend(refused.map(|(code, reason)| Unplaced {
                    volumes: volumes.clone(),
                    code,
                    reason,
                }));
            }
        }
    }
    Ok((shelves, unplaced))
}

/// Its files have to be looked into: something was accepted since, could not be placed the last time, or is not in the journal of every
/// library. `volumes` are those that it reserves.
pub async fn needs_a_look(
    app: &App,
    grab: &Grab,
    volumes: &[GrabVolume],
    shelves: &Shelves,
) -> Result<bool, StoreError> {
    let placements = placements_of(app, grab).await?;
    let is_covered = |volume: &GrabVolume| {
        shelves.0.iter().all(|shelf| {
            shelf.present.contains(volume.volume)
                || placements.iter().any(|row| {
                    row.library_id == shelf.row.id && row.volumes.contains(volume.volume)
                })
        })
    };
    let needs = |volume: &GrabVolume| match volume.state.as_str() {
        "review" => volume
            .code
            .as_ref()
            .is_none_or(|code| grab.accepted.contains(code)),
        "unplaced" => true,
        _ => !is_covered(volume),
    };
    Ok(volumes.iter().any(needs))
}

/// Those that are in their place, or on their way there.
async fn placements_of(app: &App, grab: &Grab) -> Result<Vec<Placement>, StoreError> {
    let mut rows = store::placement::of_grab(&app.db, grab.id).await?;
    rows.retain(|row| !matches!(row.step, Step::Failed | Step::Undone | Step::Undoing));
    Ok(rows)
}

/// Says by the journal where each volume and the grab stand now.
pub async fn settle(
    app: &App,
    grab: &Grab,
    shelves: &Shelves,
    unplaced: &[Unplaced],
) -> Result<Arrived, StoreError> {
    let rows = placements_of(app, grab).await?;
    let (placed, under_way): (Vec<&Placement>, Vec<&Placement>) =
        rows.iter().partition(|row| row.step == Step::Placed);
    let mut tx = app.db.begin().await?;
    // The series first, as every other writer does.
    store::series::get_in(&mut tx, grab.series_id).await?;
    for volume in store::grab_volume::of_grab_in(&mut tx, grab.id).await? {
        let holds = |row: &&&Placement| row.volumes.contains(volume.volume);
        let refused = unplaced
            .iter()
            .find(|refused| refused.volumes.contains(volume.volume));
        let became = match refused {
            _ if !volume.live || volume.state == "review" => continue,
            Some(refused) => Became {
                state: "unplaced",
                code: Some(refused.code),
                reason: Some(&refused.reason),
                live: true,
            },
            None if placed.iter().any(|row| holds(&row))
                && !under_way.iter().any(|row| holds(&row)) =>
            {
                Became {
                    state: "placed",
                    code: None,
                    reason: None,
                    live: true,
                }
            }
            None => continue,
        };
        store::grab_volume::became(&mut tx, grab.id, volume.volume, became).await?;
    }
    let mut volumes = store::grab_volume::of_grab_in(&mut tx, grab.id).await?;
    tx.commit().await?;
    volumes.retain(|volume| volume.live && volume.state != "placed");
    let libraries = placed.iter().map(|row| row.library_id).collect();
    if volumes.is_empty() {
        sending::advance_known(app, grab, Observation::InPlace, "").await?;
        return Ok(Arrived {
            libraries,
            again: false,
        });
    }
    let left = |state: &str| volumes.iter().find(|volume| volume.state == state);
    let (problem, pause) = if let Some(row) = under_way.first() {
        let problem = row.message.as_deref();
        (problem.or(Some("it is being put into its library")), AGAIN)
    } else if let Some(volume) = left("unplaced") {
        (volume.reason.as_deref(), AGAIN_LATER)
    } else if left("review").is_some() {
        (Some(ASKED), DAY)
    } else if shelves.is_empty() {
        // Others bring it.
        (None, AGAIN_LATER)
    } else {
        let there = "the library has its volumes already; to have them replaced, take their files away first";
        (Some(there), AGAIN_LATER)
    };
    wait(app, grab, problem, pause).await?;
    Ok(Arrived {
        libraries,
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
            Ok(row) => {
                tracing::info!(placement = one.id, step = row.step.word(), "gone on with");
                if row.step == Step::Undone {
                    shelving::taken_back(app, &row).await?;
                }
                look_again_at(app, one.id).await?;
            }
            Err(error) => {
                tracing::warn!(
                    placement = one.id,
                    error = error.sentence(),
                    "not placed yet"
                );
                // It may be placed in another way.
                if !error.is_passing() {
                    look_again_at(app, one.id).await?;
                }
            }
        }
    }
    Ok(())
}

/// The grab of a placement is looked into at the next step.
async fn look_again_at(app: &App, placement: i64) -> Result<(), StoreError> {
    let Some(row) = store::placement::get(&app.db, placement).await? else {
        return Ok(());
    };
    let mut tx = app.db.begin_unsynced().await?;
    store::grab::arriving::look_again(&mut tx, Some(row.grab_id)).await?;
    tx.commit().await
}
