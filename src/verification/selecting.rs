//! Which files of a torrent are fetched, by the names that [`super::naming`] reads once they are there. Pure.

use std::{collections::HashMap, path::Path};

use super::{
    Cause,
    naming::{self, Light, What},
    walk::{self, Kind},
};
use crate::{
    book::path::{extension_of, is_one_of},
    domain::{
        decide::Reason,
        selection::{Entry, Says, Selection, select},
    },
};

/// The files, each by its path with `/` and its bytes, that hold the promised volumes.
pub fn choose(files: &[(&str, u64)], light: Light<'_>) -> Selection {
    let top = top_folder(files);
    let below = |path: &'_ str| path.len().min(top.map_or(0, |top| top.len() + 1));
    let paths: Vec<&str> = files.iter().map(|(path, _)| &path[below(path)..]).collect();
    let root = Path::new(top.unwrap_or_default());
    let seen = walk::foresee(paths.iter().copied().zip(files.iter().map(|file| file.1)));
    let mut says: HashMap<&Path, Says> = HashMap::new();
    for named in naming::read(root, &seen, light) {
        let of_name = of_name(&named);
        match &named.what {
            What::File(file) => drop(says.insert(&file.path, of_name)),
            What::Pages(pages) => says.extend(
                pages
                    .iter()
                    .map(|page| (page.path.as_path(), of_name.clone())),
            ),
        }
    }
    let entries = paths.iter().zip(files).map(|(path, (_, bytes))| Entry {
        bytes: *bytes,
        says: match is_part(path) {
            true => Says::Part,
            false => says.remove(Path::new(path)).unwrap_or(Says::Beside),
        },
    });
    select(&entries.collect::<Vec<_>>(), light.volumes)
}

/// The folder in which all of them are: the torrent's own name, which is no part of theirs.
fn top_folder<'a>(files: &[(&'a str, u64)]) -> Option<&'a str> {
    let top = |path: &'a str| path.split_once('/').map(|parts| parts.0);
    let first = top(files.first()?.0)?;
    let same = files.iter().all(|(path, _)| top(path) == Some(first));
    same.then_some(first)
}

fn of_name(named: &naming::Named<'_>) -> Says {
    match &named.what {
        What::File(file) if file.kind == Kind::Program => Says::Beside,
        _ if named.sole => Says::Sole,
        _ if named.volumes.is_empty() => Says::Unclear,
        _ => Says::Holds {
            volumes: named.volumes.clone(),
            doubted: matches!(
                named.cause,
                Some(Cause::Judged(
                    Reason::WrongSeries { .. } | Reason::NotAlias { .. }
                ))
            ),
        },
    }
}

/// `pack.part2.rar`, `pack.r07`, `pack.z01`, `pack.7z.001`.
fn is_part(path: &str) -> bool {
    let extension = extension_of(path.as_bytes());
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match extension {
        [b'r' | b'R' | b'z' | b'Z', number @ ..] if number.len() >= 2 => digits(number),
        [_, _, _] if digits(extension) => true,
        _ if is_one_of(extension, &[b"rar", b"zip", b"7z"]) => {
            let before = &path.as_bytes()[..path.len() - extension.len() - 1];
            let last = extension_of(before).to_ascii_lowercase();
            last.strip_prefix(b"part").is_some_and(digits)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{edition::Edition, release::Lexicon, series::Series},
        verification::tests::{series, set},
    };

    /// Those of these files that are fetched for the volumes; all of the same size.
    fn chosen_for<'a>(series: &Series, files: &[&'a str], volumes: &str) -> Vec<&'a str> {
        let light = Light {
            volumes: &set(volumes),
            series,
            edition: Edition::Standard,
            lexicon: Lexicon::known(),
        };
        let listed: Vec<(&str, u64)> = files.iter().map(|file| (*file, 7)).collect();
        let selection = choose(&listed, light);
        let wanted = files.iter().zip(&selection.wanted);
        wanted
            .filter_map(|(file, wanted)| wanted.then_some(*file))
            .collect()
    }

    fn chosen<'a>(files: &[&'a str], volumes: &str) -> Vec<&'a str> {
        chosen_for(&series("Naruto"), files, volumes)
    }

    #[test]
    fn files_are_chosen_by_their_names_and_folders() {
        for (files, volumes, expected) in [
            (
                &[
                    "Naruto T01-T04/Naruto T01.cbz",
                    "Naruto T01-T04/Naruto T02.cbz",
                    "Naruto T01-T04/Naruto T03.cbz",
                    "Naruto T01-T04/Naruto T04.cbz",
                    "Naruto T01-T04/cover.jpg",
                    "Naruto T01-T04/infos.nfo",
                    "Naruto T01-T04/setup.exe",
                    "Naruto T01-T04/.pad/123",
                ][..],
                "2,4",
                &[
                    "Naruto T01-T04/Naruto T02.cbz",
                    "Naruto T01-T04/Naruto T04.cbz",
                ][..],
            ),
            (&["01 - Le duel.cbz", "02.cbz"], "1", &["01 - Le duel.cbz"]),
            (&["P/T01/a.cbz", "P/T02/a.cbz"], "2", &["P/T02/a.cbz"]),
            (
                &["P/T01-T03.cbz", "P/T04-T06.cbz", "P/T07.cbz"],
                "3",
                &["P/T01-T03.cbz"],
            ),
            // Two formats of one volume: verification takes the better one.
            (
                &["T03.cbz", "T03.pdf", "T04.cbz"],
                "3",
                &["T03.cbz", "T03.pdf"],
            ),
            (
                &["Artbooks/04.cbz", "T03.cbz", "T04.cbz"],
                "4",
                &["T04.cbz"],
            ),
            // Another series in the same torrent.
            (
                &["P/Boruto T03.cbz", "P/Naruto T03.cbz", "P/Naruto T04.cbz"],
                "3",
                &["P/Naruto T03.cbz"],
            ),
            // One name cannot be read: it may be the volume that lacks, and only then it is fetched.
            (&["T01.cbz", "T02.cbz", "scan.cbz"], "2", &["T02.cbz"]),
            (
                &["T01.cbz", "T02.cbz", "scan.cbz"],
                "2-3",
                &["T02.cbz", "scan.cbz"],
            ),
        ] {
            assert_eq!(chosen(files, volumes), expected, "{volumes} of {files:?}");
        }
    }

    #[test]
    fn closed_and_unreadable_packs_are_fetched_whole() {
        for (files, volumes) in [
            (&["Naruto T01-T42.zip", "read me.txt"][..], "3"),
            (&["P/Naruto.rar", "P/Naruto.r00", "P/Naruto.r01"], "3"),
            (&["P/N.part1.rar", "P/N.part2.rar", "P/N.part3.rar"], "2"),
            (&["P/N.7z.001", "P/N.7z.002"], "2"),
            (&["P/aaa.cbz", "P/bbb.cbz", "P/ccc.cbz"], "3"),
            (&["P/Naruto T13.cbz", "P/Naruto T14.cbz"], "3"),
            (&["Naruto T04.cbz"], "3"),
        ] {
            assert_eq!(chosen(files, volumes), files, "{volumes} of {files:?}");
        }
    }

    #[test]
    fn a_volume_of_loose_pages_is_fetched_with_all_its_pages() {
        let pages = |volume: &str| -> Vec<String> {
            (0..9)
                .map(|page| format!("P/Naruto {volume}/{page:03}.jpg"))
                .collect()
        };
        let (third, fourth) = (pages("T03"), pages("T04"));
        let all: Vec<&str> = third.iter().chain(&fourth).map(String::as_str).collect();
        assert_eq!(chosen(&all, "4"), fourth);
    }

    #[test]
    fn another_edition_counts_in_collected_volumes() {
        let files = [
            "P/Naruto - Édition Double - T01.cbz",
            "P/Naruto - Édition Double - T02.cbz",
        ];
        assert_eq!(chosen(&files, "3"), ["P/Naruto - Édition Double - T02.cbz"]);
    }

    #[test]
    fn no_list_of_files_makes_it_panic() {
        for files in [
            &[][..],
            &[""],
            &["/"],
            &["a/", "a/b"],
            &["é/é", "é/"],
            &["..rar"],
        ] {
            chosen(files, "1");
        }
    }
}
