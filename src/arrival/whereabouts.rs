//! Where the files of a grab are, as this program sees them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    app::App,
    domain::mapping::{self, Mapping},
    health,
    ports::{ContentFile, Contents},
    store::{self, StoreError, grab::Grab},
};

/// What is to be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// A file, or a folder.
    pub root: PathBuf,
    /// The only files in it that count, below it with `/`; all of it when none.
    pub selected: Option<Vec<String>>,
}

/// Asks its client; the inner error is a sentence.
pub async fn find(app: &Arc<App>, grab: &Grab) -> Result<Result<There, String>, StoreError> {
    let Some(row) = store::connection::get(&app.db, grab.client_id).await? else {
        return Ok(Err(
            "its client was removed, so where its files are is not known".into(),
        ));
    };
    if health::is_resting(&row, app.clock.now()) {
        return Ok(Err(format!("{} cannot be asked now", row.name)));
    }
    let mappings = match app.connection(&row) {
        Ok((settings, _)) => settings.mappings().to_vec(),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let client = match app.client(&row) {
        Ok(client) => client,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let contents = match client.contents(&grab.content).await {
        Ok(contents) => contents,
        Err(error) => {
            health::failed(app, row.id, &error).await?;
            return Ok(Err(format!("{}: {error}", row.name)));
        }
    };
    let Some(contents) = contents.filter(|contents| !contents.files.is_empty()) else {
        return Ok(Err(format!(
            "{} does not list it any more, so where its files are is not known; put them into the library by hand",
            row.name
        )));
    };
    let there = match of_contents(&contents, &mappings) {
        Some(there) => there,
        None => {
            return Ok(Err(format!(
                "{} saves to {}, which means nothing here; add that folder to its mappings",
                row.name, contents.folder
            )));
        }
    };
    if !exists(&there.root).await {
        return Ok(Err(format!(
            "{} saves it to {}, {}",
            row.name,
            contents.folder,
            not_there(&contents.folder, &there.root)
        )));
    }
    let below = mapping::map(&mappings, &contents.folder).map(PathBuf::from);
    let looked = tokio::task::spawn_blocking(move || not_whole(&below?, &contents));
    let not_whole = looked.await.unwrap_or_default();
    Ok(match not_whole {
        None => Ok(there),
        Some(file) => Err(format!(
            "{} has {}, which is not, or not all of it, there for this program: is it being moved, or its disk away?",
            row.name,
            file.display()
        )),
    })
}

/// A file that the client has, and that is not seen here as it says. What may not be read is there.
fn not_whole(folder: &Path, contents: &Contents) -> Option<PathBuf> {
    let wanted = contents.files.iter().filter(|file| file.wanted);
    let places = wanted.map(|file| (folder.join(&file.path), file.bytes));
    let is_not_whole = |(place, bytes): &(PathBuf, u64)| match std::fs::metadata(place) {
        Ok(metadata) => metadata.len() != *bytes,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    places
        .into_iter()
        .find(is_not_whole)
        .map(|(place, _)| place)
}

/// What is said of a folder of the client that is not seen here.
pub fn not_there(folder: &str, here: &Path) -> String {
    match here.starts_with(folder) {
        true => "which is not there for this program; mount that folder here, or add it to the client's mappings".into(),
        false => format!(
            "which by its mappings is {} here, and that is not there; mount it, or correct the mapping",
            here.display()
        ),
    }
}

/// A file that may not be read is there all the same; whoever looks into it says so.
pub async fn exists(path: &Path) -> bool {
    match tokio::fs::symlink_metadata(path).await {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

/// The file, or the topmost folder that holds nothing but these files as far as the torrent says. None when the path means nothing here.
fn of_contents(contents: &Contents, mappings: &[Mapping]) -> Option<There> {
    let is_safe = |file: &ContentFile| {
        let mut parts = Path::new(&file.path).components();
        parts.all(|part| matches!(part, std::path::Component::Normal(_)))
    };
    if !contents.files.iter().all(is_safe) {
        return None;
    }
    let folder = PathBuf::from(mapping::map(mappings, &contents.folder)?);
    if let [file] = &contents.files[..] {
        return Some(There {
            root: folder.join(&file.path),
            selected: None,
        });
    }
    let top = |file: &ContentFile| {
        let (top, _) = file.path.split_once('/')?;
        Some(top.to_owned())
    };
    let first = contents.files.first().and_then(top);
    let common = first.filter(|first| {
        let mut tops = contents.files.iter().map(top);
        tops.all(|top| top.as_ref() == Some(first))
    });
    let wanted = contents.files.iter().filter(|file| file.wanted);
    let below = |file: &ContentFile| match &common {
        Some(top) => file.path[top.len() + 1..].to_owned(),
        None => file.path.clone(),
    };
    let whole = common.is_some() && contents.files.iter().all(|file| file.wanted);
    Some(There {
        selected: (!whole).then(|| wanted.map(below).collect()),
        root: match &common {
            Some(top) => folder.join(top),
            None => folder,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(files: &[(&str, bool)]) -> Contents {
        let file = |(index, (path, wanted)): (u32, &(&str, bool))| ContentFile {
            index,
            path: (*path).to_owned(),
            bytes: 1,
            wanted: *wanted,
        };
        Contents {
            folder: "/downloads/manga".into(),
            files: (0..).zip(files).map(file).collect(),
        }
    }

    #[test]
    fn the_smallest_place_that_holds_all_of_it() {
        let mappings = ["/downloads -> /data/dl".parse().expect("a mapping")];
        for (files, root, selected) in [
            (&[("T01.cbz", true)][..], "/data/dl/manga/T01.cbz", None),
            (
                &[("Pack/T01.cbz", true)],
                "/data/dl/manga/Pack/T01.cbz",
                None,
            ),
            (
                &[("Pack/T01.cbz", true), ("Pack/a/T02.cbz", true)],
                "/data/dl/manga/Pack",
                None,
            ),
            (
                &[("Pack/T01.cbz", false), ("Pack/a/T02.cbz", true)],
                "/data/dl/manga/Pack",
                Some(vec!["a/T02.cbz"]),
            ),
            // Without a folder of its own, others' files lie beside it.
            (
                &[("T01.cbz", true), ("a/T02.cbz", true)],
                "/data/dl/manga",
                Some(vec!["T01.cbz", "a/T02.cbz"]),
            ),
        ] {
            let there = of_contents(&contents(files), &mappings).expect("a place");
            assert_eq!(there.root, Path::new(root));
            let expected: Option<Vec<String>> =
                selected.map(|all| all.into_iter().map(str::to_owned).collect());
            assert_eq!(there.selected, expected, "{root}");
        }
    }

    #[test]
    fn a_path_that_leads_out_means_nothing() {
        for path in ["../T01.cbz", "/etc/passwd", "a/../../T01.cbz"] {
            assert_eq!(of_contents(&contents(&[(path, true)]), &[]), None, "{path}");
        }
    }
}
