//! Pages that could not be read, in `<data>/samples/`.

use std::{fs, path::Path};

use crate::{app::App, search::ebdz::ForumError};

/// Pages that are kept; the oldest goes.
const MOST: usize = 10;

/// Keeps the page that could not be read, if there is one; what is said of that behind why.
pub(super) fn kept(app: &App, error: &ForumError) -> String {
    let kept = error
        .sample()
        .and_then(|page| keep(&app.config.data, page, app.clock.now()));
    kept.map_or_else(String::new, |place| {
        format!("; the page is kept in {place} for whoever mends this")
    })
}

/// Where, below the data directory. A disk that does not let us is said in the log, and no more.
fn keep(data: &Path, page: &str, now: i64) -> Option<String> {
    let folder = data.join("samples");
    let place = format!("samples/ebdz-{now}.html");
    let kept = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(data.join(&place), page))
        .and_then(|()| tidy(&folder));
    match kept {
        Ok(()) => Some(place),
        Err(error) => {
            tracing::warn!(%error, "a page that could not be read was not kept");
            None
        }
    }
}

fn tidy(folder: &Path) -> std::io::Result<()> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("ebdz-") && name.ends_with(".html") {
            pages.push(path);
        }
    }
    // Their names are their times.
    pages.sort();
    let old = pages.len().saturating_sub(MOST);
    pages[..old].iter().try_for_each(fs::remove_file)
}
