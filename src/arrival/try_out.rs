//! Whether what a client saves can be brought into a library, tried with a file that is removed again.

use std::path::PathBuf;

use super::whereabouts;
use crate::{
    app::App,
    connection::{FolderSettings, Placing, Settings},
    domain::mapping,
    placing,
    store::{self, StoreError, connection::Connection},
};

/// What is to be known of it, a sentence for each client: that volumes will be linked or copied, or why they cannot be brought. Nothing
/// for a library into which nothing is put.
///
/// # Errors
/// When the database fails.
pub async fn try_out(app: &App, library: &Connection) -> Result<Vec<String>, StoreError> {
    let folder = match Settings::from_json(&library.kind, &library.config) {
        Some(Settings::Folder(folder)) if folder.placing == Placing::Folder => folder,
        _ => return Ok(Vec::new()),
    };
    let mut sentences = Vec::new();
    for row in store::connection::list(&app.db, "client").await? {
        if row.enabled {
            let said = with_client(app, &row, &folder).await;
            let said = said.unwrap_or_else(|why| why);
            sentences.push(format!("{}: {said}", row.name));
        }
    }
    Ok(sentences)
}

async fn with_client(
    app: &App,
    row: &Connection,
    library: &FolderSettings,
) -> Result<String, String> {
    let settings = app.connection(row).map_err(|error| error.to_string())?.0;
    let Settings::QBittorrent(client) = settings else {
        return Err("it is no download client".into());
    };
    let there = app.client(row).map_err(|error| error.to_string())?;
    let there = there.folder().await.map_err(|error| error.to_string())?;
    let here = mapping::map(&client.mappings, &there).map(PathBuf::from);
    let Some(here) = here else {
        return Err(format!(
            "it saves to {there}, which means nothing here; add that folder to its mappings"
        ));
    };
    if !whereabouts::exists(&here).await {
        return Err(format!(
            "it saves to {}, which is not there for this program; mount that folder here, or add it to the client's mappings",
            here.display()
        ));
    }
    let root = PathBuf::from(&library.path);
    let tried = tokio::task::spawn_blocking(move || placing::probe(&here, &root)).await;
    let tried = tried.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()));
    tried
        .map(|probe| probe.sentence)
        .map_err(|error| error.sentence())
}
