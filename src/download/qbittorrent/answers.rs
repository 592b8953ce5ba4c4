//! What qBittorrent answers, in both generations of its Web API. Pure.

use std::collections::HashMap;

use serde::Deserialize;

use crate::{
    domain::following::{Doing, Sight},
    http::Answer,
    ports::{ClientItem, ContentFile, Contents, Holding, Holdings, PortError},
};

/// Stands behind the name of a file that is not complete, where the user has it so.
const UNFINISHED: &str = ".!qB";
/// The folder of parts of files that are not wanted, which came with their neighbours.
const UNWANTED: &str = ".unwanted";

/// One torrent of `torrents/info`, the fields that we use.
#[derive(Deserialize)]
pub(super) struct Listed {
    /// Its own name for it.
    pub hash: String,
    #[serde(default)]
    infohash_v1: String,
    #[serde(default)]
    infohash_v2: String,
    name: String,
    state: String,
    progress: f64,
    /// Where it saves.
    #[serde(default)]
    pub save_path: String,
}

impl Listed {
    /// `hash` is the cut v2 hash for hybrids; the two others exist since 4.4.
    pub fn is_one_of(&self, forms: &[String]) -> bool {
        [&self.hash, &self.infohash_v1, &self.infohash_v2]
            .into_iter()
            .any(|hash| forms.iter().any(|form| form.eq_ignore_ascii_case(hash)))
    }
}

impl From<Listed> for ClientItem {
    fn from(listed: Listed) -> Self {
        Self {
            name: listed.name,
            state: listed.state,
            progress: listed.progress,
        }
    }
}

/// One file of `torrents/files`. Its index is given since 4.3; before, it is its place.
#[derive(Deserialize)]
pub(super) struct ListedFile {
    index: Option<u32>,
    name: String,
    size: u64,
    priority: i32,
}

/// The files of a torrent that saves there.
pub(super) fn contents(save_path: &str, files: Vec<ListedFile>) -> Contents {
    let file = |(place, file): (u32, ListedFile)| ContentFile {
        index: file.index.unwrap_or(place),
        path: complete_path(&file.name),
        bytes: file.size,
        wanted: file.priority > 0,
    };
    Contents {
        folder: save_path.to_owned(),
        files: (0..).zip(files).map(file).collect(),
    }
}

/// Without what stands for "not complete" and "not wanted" in it: some versions list such files as they are called on the disk then
/// (4.1 to 4.3, from their source).
fn complete_path(path: &str) -> String {
    let end = path.len().saturating_sub(UNFINISHED.len());
    let complete = match path.get(end..) {
        Some(last) if last.eq_ignore_ascii_case(UNFINISHED) => &path[..end],
        _ => path,
    };
    let parts = complete.split('/').filter(|part| *part != UNWANTED);
    parts.collect::<Vec<_>>().join("/")
}

/// `sync/maindata` with `rid=0`: everything at once (observed on 4.5.2).
#[derive(Deserialize)]
pub(super) struct MainData {
    #[serde(default)]
    torrents: HashMap<String, Held>,
    #[serde(default)]
    server_state: ServerState,
}

/// One torrent of it; its hash is the key.
#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    infohash_v1: String,
    #[serde(default)]
    infohash_v2: String,
    #[serde(default)]
    name: String,
    /// Negative while a magnet has no metadata.
    #[serde(default)]
    amount_left: i64,
    /// Bytes that are there.
    #[serde(default)]
    completed: i64,
    #[serde(default)]
    state: String,
}

#[derive(Default, Deserialize)]
struct ServerState {
    /// Of the default save path; 0 until it is measured, negative while that folder is not there (observed on 4.5.2).
    free_space_on_disk: Option<i64>,
    /// `connected`, `firewalled` or `disconnected`.
    #[serde(default)]
    connection_status: String,
}

impl MainData {
    /// The disk was measured in this session, whatever came of it.
    pub fn is_measured(&self) -> bool {
        self.server_state.free_space_on_disk != Some(0)
    }
}

/// What a state means; those of 4.1 to 5.2. What it does not know, and an error, waits: nothing is to blame on a release.
fn doing(state: &str) -> Doing {
    match state {
        "metaDL" | "forcedMetaDL" => Doing::Metadata,
        "downloading" | "stalledDL" | "forcedDL" => Doing::Loading,
        "uploading" | "stalledUP" | "queuedUP" | "forcedUP" | "pausedUP" | "stoppedUP" => {
            Doing::Complete
        }
        "missingFiles" => Doing::FilesGone,
        _ => Doing::Waiting,
    }
}

impl From<MainData> for Holdings {
    fn from(data: MainData) -> Self {
        let item = |(hash, held): (String, Held)| {
            let mut hashes = vec![hash, held.infohash_v1, held.infohash_v2];
            hashes.retain(|hash| !hash.is_empty());
            Holding {
                hashes: hashes.iter().map(|hash| hash.to_lowercase()).collect(),
                name: held.name,
                left_bytes: held.amount_left.max(0).unsigned_abs(),
                sight: Sight {
                    doing: doing(&held.state),
                    done_bytes: held.completed.max(0),
                },
                state: held.state,
            }
        };
        let mut items: Vec<Holding> = data.torrents.into_iter().map(item).collect();
        items.sort_by(|a, b| a.hashes.cmp(&b.hashes));
        Self {
            items,
            free_bytes: data
                .server_state
                .free_space_on_disk
                .and_then(|bytes| bytes.try_into().ok())
                .filter(|bytes| *bytes > 0),
            connected: data.server_state.connection_status != "disconnected",
        }
    }
}

/// `app/preferences`, what we use of it.
#[derive(Deserialize)]
pub(super) struct Preferences {
    /// It finds others without a tracker.
    pub dht: bool,
}

/// `torrents/categories`, by name.
pub(super) type Categories = HashMap<String, Category>;

/// One category.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Category {
    /// Empty means: below the default path.
    #[serde(default)]
    pub save_path: String,
}

/// What became of an add.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Taken, but not yet listed: every version answers before it adds.
    Accepted,
    /// Not taken: already there, or not wanted. The answer does not tell which.
    Refused,
}

/// Reads the answer to `torrents/add`. Observed on 4.5.2: `Ok.` or `Fails.` with 200, and 415. 5.2: JSON counts with 200 or 202, 409, 415.
///
/// # Errors
/// [`PortError::Declined`] for a torrent file that it cannot read; other statuses as they are.
pub(super) fn read_add(answer: &Answer) -> Result<Sent, PortError> {
    #[derive(Deserialize)]
    struct Counts {
        success_count: u64,
        #[serde(default)]
        pending_count: u64,
    }
    match answer.status.as_u16() {
        409 => Ok(Sent::Refused),
        415 => Err(PortError::Declined {
            origin: answer.origin.clone(),
            message: "it cannot read this torrent file".into(),
        }),
        200..=299 => match (
            serde_json::from_slice::<Counts>(&answer.body),
            answer.text().trim(),
        ) {
            (Ok(counts), _) if counts.success_count + counts.pending_count == 0 => {
                Ok(Sent::Refused)
            }
            (Ok(_), _) | (_, "Ok." | "") => Ok(Sent::Accepted),
            (_, "Fails.") => Ok(Sent::Refused),
            _ => Err(answer.bad("neither a yes nor a no to the torrent")),
        },
        _ => Err(answer.unexpected()),
    }
}

/// `v4.5.2` → (4, 5, 2). None for anything else.
pub(super) fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.').map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        part[..digits].parse::<u32>().ok()
    });
    let first = parts.next()??;
    let mut next = || parts.next().flatten().unwrap_or(0);
    Some((first, next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_listed_as_it_is_called_when_it_is_complete() {
        for (listed, complete) in [
            ("P/T01.cbz", "P/T01.cbz"),
            ("P/T01.cbz.!qB", "P/T01.cbz"),
            ("P/.unwanted/T01.cbz.!QB", "P/T01.cbz"),
            ("é.!", "é.!"),
            (".!qB", ""),
            ("qB", "qB"),
        ] {
            assert_eq!(complete_path(listed), complete, "{listed}");
        }
    }

    #[test]
    fn versions_are_read_as_programs_write_them() {
        for (text, expected) in [
            ("v4.5.2", Some((4, 5, 2))),
            ("v5.2.0beta1\n", Some((5, 2, 0))),
            ("v5.1", Some((5, 1, 0))),
            ("4.5.2", None),
            ("<html>", None),
            ("", None),
            ("vé", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
