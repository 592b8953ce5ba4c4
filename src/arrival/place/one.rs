//! One book comes into one library: as the archive that the library wants where that can be made, and else as it is.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Shelf, name_of, placements_of};
use crate::{
    app::App,
    book::{
        describe::{self, Known},
        path::{escape, unescape},
    },
    connection::{ComicInfo, Convert},
    domain::{
        naming::{self, Beside},
        release::{Release, parse},
        series::Series,
        volume::VolumeSet,
    },
    placing::{self, Order, PlaceError},
    store::{StoreError, grab::Grab, placement::Placement, series::Stored},
    verification::Book,
};

/// What is given to the library.
struct Given {
    /// Below its folder.
    target: PathBuf,
    /// The archive becomes a ZIP.
    convert: bool,
    /// The document that is added to a ZIP without one.
    comic_info: Option<String>,
}

/// Why it was refused for good, as a code and a sentence; what is refused for now is in the journal, which goes on with it.
pub async fn one(
    app: &Arc<App>,
    grab: &Grab,
    stored: &Stored,
    shelf: &Shelf,
    (volumes, book): (&VolumeSet, &Book),
) -> Result<Option<(&'static str, String)>, StoreError> {
    let begun = placements_of(app, grab).await?.into_iter().find(|row| {
        row.library_id == shelf.row.id
            && row.volumes == *volumes
            && row.source == escape(book.path.as_os_str())
    });
    let ways = ways(app, grab, stored, shelf, book);
    let ways = match begun.and_then(Given::of) {
        // What was begun is gone on with, whatever was set meanwhile: two files of one volume would be one too many.
        Some(begun) => {
            let as_it_is = ways.ok().and_then(|mut ways| ways.pop());
            let other = as_it_is.filter(|_| begun.is_made());
            [Some(begun), other].into_iter().flatten().collect()
        }
        None => match ways {
            Ok(ways) => ways,
            Err(why) => return Ok(Some(("no_name", why))),
        },
    };
    let mut refused = None;
    for given in ways {
        // Only what the grab was sent for is replaced, whatever else the book holds.
        let replaced = shelf.damaged.iter().filter(|damaged| {
            damaged.volumes.without(volumes).is_empty() && unescape(&damaged.path).is_some()
        });
        let name = escape(given.target.as_os_str());
        let replaces = replaced.max_by_key(|damaged| damaged.path == name);
        let order = Order {
            grab_id: grab.id,
            series_id: grab.series_id,
            library_id: shelf.row.id,
            volumes,
            source: &book.path,
            root: Path::new(&shelf.settings.path),
            target: &given.target,
            new_folder: shelf.is_new,
            may_link: true,
            convert: given.convert,
            comic_info: given.comic_info.as_deref(),
            replaces,
        };
        match placing::place(&app.db, &app.clock, &order).await {
            Ok(placement) => {
                tracing::info!(grab = grab.id, volumes = %volumes, target = placement.target, how = placement.how.map(|how| how.word()), "placed");
                return Ok(None);
            }
            Err(PlaceError::Store(error)) => return Err(error),
            Err(error) if error.is_passing() => return Ok(None),
            Err(error) => {
                tracing::warn!(grab = grab.id, volumes = %volumes, error = error.sentence(), "not placed");
                let goes_on = matches!(error, PlaceError::NotMade { .. });
                refused = Some(("not_placed", error.sentence()));
                if !goes_on {
                    break;
                }
            }
        }
    }
    Ok(refused)
}

impl Given {
    fn of(row: Placement) -> Option<Self> {
        Some(Self {
            target: unescape(&row.target)?.into(),
            convert: row.convert,
            comic_info: row.comic_info,
        })
    }

    /// It may become a new archive.
    fn is_made(&self) -> bool {
        self.convert || self.comic_info.is_some()
    }
}

/// How the library would have it, and behind that how it is: what cannot be made must not keep a volume from the shelf.
fn ways(
    app: &App,
    grab: &Grab,
    stored: &Stored,
    shelf: &Shelf,
    book: &Book,
) -> Result<Vec<Given>, String> {
    let series = &stored.series;
    let names = series.folded_names();
    let hints = series.hints(&names, app.lexicon);
    let release = parse(&grab.title, hints);
    let as_it_is = extension(book.format);
    let convert = shelf.settings.convert == Convert::Cbz && matches!(as_it_is, "cbr" | "cb7");
    let is_zip = convert || as_it_is == "cbz";
    let describes = shelf.settings.comic_info == ComicInfo::Missing && is_zip;
    let comic_info = describes.then(|| comic_info(series, &release, &book.volumes));
    let mut ways = Vec::new();
    if convert || describes {
        let extension = if convert { "cbz" } else { as_it_is };
        ways.push(Given {
            target: target(app, stored, shelf, (book, &release, extension))?,
            convert,
            comic_info,
        });
    }
    ways.push(Given {
        target: target(app, stored, shelf, (book, &release, as_it_is))?,
        convert: false,
        comic_info: None,
    });
    Ok(ways)
}

fn comic_info(series: &Series, release: &Release<'_>, volumes: &VolumeSet) -> String {
    describe::comic_info(&Known {
        series: &series.title,
        volumes,
        language: &series.language,
        group: release.group,
    })
}

/// Where a book will stand below the library's folder.
fn target(
    app: &App,
    stored: &Stored,
    shelf: &Shelf,
    (book, release, extension): (&Book, &Release<'_>, &str),
) -> Result<PathBuf, String> {
    let series = &stored.series;
    let names = series.folded_names();
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
        extension,
    };
    let hints = series.hints(&names, app.lexicon);
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
