//! The text in which MangaUpdates says how many volumes came out at home: `114 Volumes (Ongoing)`, written by its users. Pure.

use std::sync::LazyLock;

use regex::Regex;

use crate::{catalogue::bounds, domain::series::Status};

/// The longest text that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// `12 Volumes + 1 Extra Volume (Complete)`.
static VOLUMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(\d{1,5})\s*(?:volumes?|vols?)\b[^()\n]*\(([^()\n]{1,40})\)")
        .expect("a pattern")
});

/// `200 Chapters (Complete)`.
static SAID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(([^()\n]{1,40})\)").expect("a pattern"));

/// Of lines about other editions, whose volumes are other ones.
const EDITIONS: [&str; 13] = [
    "bunko",
    "kanzenban",
    "kanzen",
    "aizouban",
    "aizoban",
    "wideban",
    "wide-ban",
    "deluxe",
    "omnibus",
    "perfect edition",
    "new edition",
    "reprint",
    "re-release",
];

/// What the text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// Volumes that are out.
    pub count: Option<u32>,
    /// Whether more come.
    pub status: Option<Status>,
}

/// Reads it: the first line with volumes that is not about another edition counts, since later ones list reprints. What is scanlated to
/// its end is at its end, which tells where the text does not.
pub fn read(text: &str, is_scanlated: bool) -> Says {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let about_it = |line: &&str| {
        let line = line.to_lowercase();
        !EDITIONS.iter().any(|edition| line.contains(edition))
    };
    let volumes = text
        .lines()
        .filter(about_it)
        .find_map(|line| VOLUMES.captures(line));
    let (count, status) = match &volumes {
        Some(found) => (
            found[1].parse().ok().and_then(bounds::count),
            word(&found[2]),
        ),
        None => (None, of_chapters(text)),
    };
    Says {
        count,
        status: status.or(is_scanlated.then_some(Status::Ended)),
    }
}

/// What is said of chapters, where nothing is said of volumes: of several seasons, one that goes on goes before those at their end.
fn of_chapters(text: &str) -> Option<Status> {
    let said = SAID.captures_iter(text);
    let said: Vec<Status> = said.filter_map(|said| word(&said[1])).collect();
    let goes_on = said.iter().find(|status| **status == Status::Ongoing);
    goes_on.or(said.last()).copied()
}

fn word(text: &str) -> Option<Status> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if has(&["ongoing", "on going"]) => Some(Status::Ongoing),
        () if has(&["hiatus"]) => Some(Status::Hiatus),
        () if has(&["cancel", "discontinued", "axed"]) => Some(Status::Abandoned),
        () if has(&["incomplete", "unfinished"]) => None,
        () if has(&["complete", "finished"]) => Some(Status::Ended),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_with_volumes_counts() {
        let ongoing = Some(Status::Ongoing);
        let ended = Some(Status::Ended);
        for (text, count, status) in [
            ("114 Volumes (Ongoing)", Some(114), ongoing),
            ("12 Volumes + 1 Extra Volume (Complete)", Some(12), ended),
            (
                "200 Chapters + Prologue (Complete)  \n15 Volumes (Complete)",
                Some(15),
                ended,
            ),
            ("3 Volumes (Hiatus)", Some(3), Some(Status::Hiatus)),
            ("2 Volumes (Discontinued)", Some(2), Some(Status::Abandoned)),
            ("4 Vols (Cancelled)", Some(4), Some(Status::Abandoned)),
            ("8 Volumes | 40 Chapters (Complete)", Some(8), ended),
            ("1 Volume (Complete)", Some(1), ended),
            (
                "18 Volumes (Complete)\n9 Bunkoban Volumes (Complete)",
                Some(18),
                ended,
            ),
            (
                "Bunkoban: 9 Volumes (Complete)\n18 Volumes (Complete)",
                Some(18),
                ended,
            ),
            ("14 Deluxe Edition Volumes (Ongoing)", None, ongoing),
            (
                "Season 1: 100 Chapters (Complete)\nSeason 2: 20 Chapters (Ongoing)",
                None,
                ongoing,
            ),
            ("Oneshot (Complete)", None, ended),
            ("0 Volumes (Ongoing)", None, ongoing),
            ("99999 Volumes (Ongoing)", None, ongoing),
            ("5 Volumes (Incomplete due to death)", Some(5), None),
            ("5 Volumes", None, None),
            ("N/A", None, None),
            ("", None, None),
        ] {
            assert_eq!(read(text, false), Says { count, status }, "{text}");
        }
        assert_eq!(read("N/A", true).status, ended);
        assert_eq!(
            read("3 Volumes (Hiatus)", true).status,
            Some(Status::Hiatus)
        );
        read(&"9 Volumes (".repeat(10_000), false);
    }
}
