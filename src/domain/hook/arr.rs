//! The bodies of Sonarr, Radarr, Lidarr, Readarr, Prowlarr and what was made of them (Servarr, `Notifications/Webhook`). Fields come in any
//! order, what is null is left out, and `deletedFiles` is a list after an import and a yes or no after a removal.

use super::{Effect, Fields, Reading, hashes};

/// Where titles stand that may be those of a series. An author's name is none: it would mean everything that he wrote.
const TITLES: [&str; 8] = [
    "/series/title",
    "/book/title",
    "/book/edition/title",
    "/books/*/title",
    "/movie/title",
    "/album/title",
    "/albums/*/title",
    "/edition/title",
];

/// Where places stand in which something changed.
const PATHS: [&str; 18] = [
    "/bookFile/path",
    "/bookFiles/*/path",
    "/renamedBookFiles/*/path",
    "/renamedBookFiles/*/previousPath",
    "/deletedFiles/*/path",
    "/episodeFile/path",
    "/episodeFiles/*/path",
    "/renamedEpisodeFiles/*/path",
    "/renamedEpisodeFiles/*/previousPath",
    "/movieFile/path",
    "/renamedMovieFiles/*/path",
    "/renamedMovieFiles/*/previousPath",
    "/trackFiles/*/path",
    "/destinationPath",
    "/series/path",
    "/movie/folderPath",
    "/artist/path",
    "/author/path",
];

pub fn read(fields: &Fields<'_>) -> Reading {
    let Some(event) = fields.text("/eventType") else {
        return Reading::unknown("it has no eventType");
    };
    let hashes = hashes(fields.texts("/downloadId").into_iter(), &[32, 40, 64]);
    let effect = match event.to_ascii_lowercase().as_str() {
        "test" => Effect::Test,
        "grab" | "manualinteractionrequired" | "downloadfailure" | "importfailure" => {
            match hashes.is_empty() {
                true => Effect::Nothing {
                    why: "it names no torrent",
                },
                false => Effect::Advance { hashes },
            }
        }
        "download" | "rename" | "retag" | "seriesdelete" | "episodefiledelete" | "moviedelete"
        | "moviefiledelete" | "artistdelete" | "albumdelete" | "authordelete" | "bookdelete"
        | "bookfiledelete" => Effect::Series {
            titles: fields.all(&TITLES),
            paths: fields.all(&PATHS),
            hashes,
        },
        "seriesadd" | "movieadded" | "artistadd" | "authoradded" => Effect::Nothing {
            why: "something is wanted there, and nothing came",
        },
        "health" | "healthrestored" | "applicationupdate" => Effect::Nothing {
            why: "it is about the program that sent it",
        },
        _ => Effect::Unknown {
            why: "its eventType is not known",
        },
    };
    Reading::of(&event, effect)
}
