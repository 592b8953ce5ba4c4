//! Pages that could not be read, in `<data>/samples/`.

use std::{fs, path::Path};

/// Pages that are kept; the oldest goes.
const MOST: usize = 10;

/// Keeps a page; where, below the data directory. A disk that does not let us is said in the log, and no more.
pub(super) fn keep(data: &Path, page: &str, now: i64) -> Option<String> {
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
