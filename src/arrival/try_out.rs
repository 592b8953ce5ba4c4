//! Whether what a client saves can be brought into a library, tried with a file that is removed again.

use std::path::PathBuf;

use super::whereabouts;
use crate::{
    app::App,
    book::unpack,
    connection::{ComicInfo, Convert, FolderSettings, Placing, Settings},
    domain::{mapping, placement::How},
    placing::{self, Probe},
    store::{self, StoreError, connection::Connection},
};

/// What is to be known of it, a sentence for each client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Volumes will be linked.
    pub good: Vec<String>,
    /// They will be copied, and why.
    pub warnings: Vec<String>,
}

/// Tries it with each client; nothing for a library into which nothing is put. The inner error is why they cannot be brought.
///
/// # Errors
/// When the database fails.
pub async fn try_out(app: &App, library: &Connection) -> Result<Result<Tried, String>, StoreError> {
    let mut tried = Tried::default();
    let Some(Settings::Folder(folder)) = Settings::from_json(&library.kind, &library.config) else {
        return Ok(Ok(tried));
    };
    making(&folder, &mut tried).await;
    if folder.placing == Placing::Off {
        return Ok(Ok(tried));
    }
    for row in store::connection::list(&app.db, "client").await? {
        if !row.enabled {
            continue;
        }
        match with_client(app, &row, &folder).await {
            Ok(probe) => {
                let said = format!("{}: {}", row.name, probe.sentence);
                match probe.how {
                    How::Hardlink => tried.good.push(said),
                    How::Copy | How::Made => tried.warnings.push(said),
                }
            }
            Err(why) => return Ok(Err(format!("{}: {why}", row.name))),
        }
    }
    Ok(Ok(tried))
}

/// What is to be known of converting and describing.
async fn making(folder: &FolderSettings, tried: &mut Tried) {
    let (convert, describes) = (
        folder.convert == Convert::Cbz,
        folder.comic_info == ComicInfo::Missing,
    );
    let settings = match (convert, describes) {
        (false, false) => return,
        (true, false) => "convert is set",
        (false, true) => "comicInfo is set",
        (true, true) => "convert and comicInfo are set",
    };
    if folder.placing == Placing::Off {
        tried.warnings.push(format!(
            "{settings}, and placing is off: nothing is converted or described, as nothing is put into this library"
        ));
        return;
    }
    tried.warnings.push(format!(
        "{settings}: what becomes another archive by it is a file of its own, which takes its space twice while the client keeps its own"
    ));
    if !convert {
        return;
    }
    let version = tokio::task::spawn_blocking(unpack::version).await;
    match version.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic())) {
        Ok(version) => tried.good.push(format!("{version} unpacks RAR and 7z")),
        Err(why) => tried.warnings.push(format!(
            "convert is set, and {why}: RAR and 7z archives are placed as they are"
        )),
    }
}

async fn with_client(
    app: &App,
    row: &Connection,
    library: &FolderSettings,
) -> Result<Probe, String> {
    let settings = app.connection(row).map_err(|error| error.to_string())?.0;
    let there = app.client(row).map_err(|error| error.to_string())?;
    let there = there.folder().await.map_err(|error| error.to_string())?;
    let here = mapping::map(settings.mappings(), &there).map(PathBuf::from);
    let Some(here) = here else {
        return Err(format!(
            "it saves to {there}, which means nothing here; add that folder to its mappings"
        ));
    };
    if !whereabouts::exists(&here).await {
        return Err(format!(
            "it saves to {there}, {}",
            whereabouts::not_there(&there, &here)
        ));
    }
    let root = PathBuf::from(&library.path);
    let tried = tokio::task::spawn_blocking(move || placing::probe(&here, &root)).await;
    let tried = tried.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()));
    tried.map_err(|error| error.sentence())
}
