//! Folders that were renamed or moved are recognised by their files; folders that could not be read keep theirs. What the user took out of
//! another series is recognised in a changed layout too.

use std::collections::{HashMap, HashSet};

use crate::{
    ports::{Scan, ScannedFile, ScannedSeries},
    store::{file::KeyedFile, link::Link},
};

/// Percent of a folder's files that must be found again under the new name.
const SAME_PERCENT: usize = 50;

/// New key → old key, for series whose folder has another name now; with `by_id` also for those that have another key although their
/// files are where they were, and so for the keys in `apart`, of which the user said what they mean.
pub fn moved(
    (links, apart): (&[Link], &HashSet<String>),
    files: &[KeyedFile],
    scan: &Scan,
    by_id: bool,
) -> HashMap<String, String> {
    let old_keys: HashSet<&str> = links.iter().map(|link| link.key.as_str()).collect();
    let new_keys: HashSet<&str> = scan
        .series
        .iter()
        .map(|series| series.key.as_str())
        .collect();
    let still_there = paths(scan);
    let mut gone: HashMap<&str, HashSet<(&str, u64)>> = HashMap::new();
    let left = |key: &str, path: &str| {
        let stays = !by_id && !apart.contains(key) && still_there.contains(path);
        old_keys.contains(key) && !new_keys.contains(key) && !stays
    };
    for (key, file) in files.iter().filter(|(key, file)| left(key, &file.path)) {
        gone.entry(key).or_default().insert(signature(file));
    }
    let mut holders: HashMap<(&str, u64), Vec<&str>> = HashMap::new();
    for (key, before) in &gone {
        for signature in before {
            holders.entry(*signature).or_default().push(key);
        }
    }
    let known: HashMap<&str, &str> = match apart.is_empty() {
        true => HashMap::new(),
        false => files
            .iter()
            .map(|(key, file)| (file.path.as_str(), key.as_str()))
            .collect(),
    };
    // A folder above several series is none of them.
    let holds_more = |series: &ScannedSeries, key: &str| {
        let mut keys = series
            .files
            .iter()
            .filter_map(|file| known.get(file.path.as_str()));
        keys.any(|known| *known != key)
    };
    let mut moved = HashMap::new();
    for series in scan
        .series
        .iter()
        .filter(|series| !old_keys.contains(series.key.as_str()))
    {
        let now: HashSet<(&str, u64)> = series.files.iter().map(signature).collect();
        let mut common: HashMap<&str, usize> = HashMap::new();
        for key in now
            .iter()
            .filter_map(|signature| holders.get(signature))
            .flatten()
        {
            *common.entry(key).or_default() += 1;
        }
        let best = common
            .into_iter()
            .filter_map(|(key, common)| Some((common, gone.get(key)?.len(), key)))
            .max();
        if let Some((common, before, key)) = best
            && common * 100 >= before * SAME_PERCENT
            && !(apart.contains(key) && holds_more(series, key))
        {
            gone.remove(key);
            moved.insert(series.key.clone(), key.to_owned());
        }
    }
    moved
}

fn paths(scan: &Scan) -> HashSet<&str> {
    scan.series
        .iter()
        .flat_map(|series| &series.files)
        .map(|file| file.path.as_str())
        .collect()
}

/// True when every file of a key is where it was, but belongs to other keys now.
pub fn is_elsewhere(key: &str, files: &[KeyedFile], scan: &Scan) -> bool {
    let still_there = paths(scan);
    let mut own = files.iter().filter(|(known, _)| known == key).peekable();
    own.peek().is_some() && own.all(|(_, file)| still_there.contains(file.path.as_str()))
}

/// Name and size: what stays the same when the folder above changes.
fn signature(file: &ScannedFile) -> (&str, u64) {
    (
        file.path.rsplit('/').next().unwrap_or(&file.path),
        file.size,
    )
}

/// Files below a folder that could not be read are unknown, not gone: they stay as the last scan saw them, and so does how many volumes
/// there are.
pub fn keep_unreadable(scan: &mut Scan, links: &[Link], files: &[KeyedFile]) {
    let below = |path: &str| {
        scan.unreadable.iter().any(|folder| {
            folder.is_empty()
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let kept: Vec<&KeyedFile> = files.iter().filter(|(_, file)| below(&file.path)).collect();
    if kept.is_empty() {
        return;
    }
    let totals: HashMap<&str, Option<u32>> = links
        .iter()
        .map(|link| (link.key.as_str(), link.total))
        .collect();
    let seen = scan.series.iter().enumerate();
    let mut places: HashMap<String, usize> =
        seen.map(|(at, series)| (series.key.clone(), at)).collect();
    for (key, file) in kept {
        let at = *places.entry(key.clone()).or_insert_with(|| {
            let title = file.title.clone().unwrap_or_else(|| key.clone());
            scan.series.push(ScannedSeries {
                key: key.clone(),
                title,
                language: file.language.clone(),
                edition: file.edition,
                ..ScannedSeries::default()
            });
            scan.series.len() - 1
        });
        let series = &mut scan.series[at];
        let total = totals.get(key.as_str()).copied().flatten();
        series.total = series.total.or(total);
        if !series.files.iter().any(|known| known.path == file.path) {
            series.files.push(file.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{series::Shelf, volume::VolumeSet};

    fn file(path: &str, size: u64) -> ScannedFile {
        ScannedFile {
            path: path.into(),
            size,
            modified: 1,
            volumes: VolumeSet::range(1, 1),
            ..ScannedFile::default()
        }
    }

    fn series(key: &str, files: &[(&str, u64)]) -> ScannedSeries {
        let files = files
            .iter()
            .map(|(name, size)| file(&format!("{key}/{name}"), *size))
            .collect();
        ScannedSeries {
            key: key.into(),
            title: key.into(),
            files,
            ..ScannedSeries::default()
        }
    }

    fn link(key: &str) -> Link {
        Link {
            library_id: 1,
            key: key.into(),
            series_id: 7,
            shelf: Shelf::default(),
            status: None,
            tags: Vec::new(),
            total: Some(12),
            said: String::new(),
        }
    }

    fn nobody() -> HashSet<String> {
        HashSet::new()
    }

    #[test]
    fn a_renamed_folder_is_recognised_by_its_files() {
        let files = [
            ("Naruto".to_owned(), file("Naruto/T01.cbz", 10)),
            ("Naruto".to_owned(), file("Naruto/T02.cbz", 20)),
        ];
        let scan = |files: &[(&str, u64)]| Scan {
            series: vec![series("Naruto (2002)", files)],
            ..Scan::default()
        };
        let renamed = |files_now: &[(&str, u64)]| {
            moved(
                (&[link("Naruto")], &nobody()),
                &files,
                &scan(files_now),
                false,
            )
            .get("Naruto (2002)")
            .cloned()
        };
        assert_eq!(
            renamed(&[("T01.cbz", 10), ("T02.cbz", 20), ("T03.cbz", 30)]).as_deref(),
            Some("Naruto")
        );
        assert_eq!(renamed(&[("T01.cbz", 10)]).as_deref(), Some("Naruto"));
        assert_eq!(
            renamed(&[("T01.cbz", 11), ("T02.cbz", 21)]),
            None,
            "the same names with other sizes are other files"
        );
    }

    #[test]
    fn a_folder_that_is_still_there_was_not_moved() {
        let files = [("Naruto".to_owned(), file("Naruto/T01.cbz", 10))];
        let scan = Scan {
            series: vec![
                series("Naruto", &[("T01.cbz", 10)]),
                series("Copy", &[("T01.cbz", 10)]),
            ],
            ..Scan::default()
        };
        assert!(moved((&[link("Naruto")], &nobody()), &files, &scan, false).is_empty());
    }

    #[test]
    fn files_that_another_key_claims_have_neither_moved_nor_gone() {
        let files = [
            ("Van Hamme".to_owned(), file("Van Hamme/XIII/T01.cbz", 10)),
            (
                "Van Hamme".to_owned(),
                file("Van Hamme/Thorgal/T01.cbz", 20),
            ),
        ];
        let scan = Scan {
            series: vec![
                series("Van Hamme/XIII", &[("T01.cbz", 10)]),
                series("Van Hamme/Thorgal", &[("T01.cbz", 20)]),
            ],
            ..Scan::default()
        };
        assert!(moved((&[link("Van Hamme")], &nobody()), &files, &scan, false).is_empty());
        assert!(is_elsewhere("Van Hamme", &files, &scan));
        assert!(!is_elsewhere("Van Hamme", &files, &Scan::default()));
    }

    #[test]
    fn what_lies_below_an_unreadable_folder_stays() {
        let files = [
            ("Naruto".to_owned(), file("Naruto/T01.cbz", 10)),
            ("Narutoo".to_owned(), file("Narutoo/T01.cbz", 10)),
        ];
        let mut scan = Scan {
            unreadable: vec!["Naruto".into()],
            ..Scan::default()
        };
        keep_unreadable(&mut scan, &[link("Naruto")], &files);
        let kept: Vec<(&str, Option<u32>)> = scan
            .series
            .iter()
            .map(|series| (series.key.as_str(), series.total))
            .collect();
        assert_eq!(kept, [("Naruto", Some(12))]);
    }

    #[test]
    fn what_the_user_took_out_is_recognised_in_another_layout() {
        let known = |key: &str, path: &str| (key.to_owned(), file(path, 10));
        let files = [
            known("DC/Batman", "DC/Batman/T01.cbz"),
            known("DC/Batman (2016)", "DC/Batman (2016)/T01.cbz"),
            known("DC/Batman (2016)", "DC/Batman (2016)/T02.cbz"),
        ];
        let links = [link("DC/Batman"), link("DC/Batman (2016)")];
        let apart = HashSet::from(["DC/Batman (2016)".to_owned()]);
        let one = |key: &str, paths: &[&str]| ScannedSeries {
            key: key.into(),
            files: paths.iter().map(|path| file(path, 10)).collect(),
            ..ScannedSeries::default()
        };
        let (first, second, third) = (
            "DC/Batman/T01.cbz",
            "DC/Batman (2016)/T01.cbz",
            "DC/Batman (2016)/T02.cbz",
        );
        for (series, expected) in [
            // As loose files, each by its title.
            (
                vec![one("loose:a", &[first]), one("loose:b", &[second, third])],
                Some("loose:b"),
            ),
            (
                vec![
                    one("loose:a", &[first]),
                    one("loose:b", &[second, third, "new.cbz"]),
                ],
                Some("loose:b"),
            ),
            // All of it is one folder now, and no one can say which.
            (vec![one("DC", &[first, second, third])], None),
            (
                vec![
                    one("DC/Batman", &[first]),
                    one("DC/Batman (2016)", &[second, third]),
                ],
                None,
            ),
        ] {
            let scan = Scan {
                series,
                ..Scan::default()
            };
            let moved = moved((&links, &apart), &files, &scan, false);
            let found: Vec<&str> = moved.keys().map(String::as_str).collect();
            assert_eq!(found, expected.as_slice(), "{:?}", scan.series);
            assert!(moved.values().all(|key| key == "DC/Batman (2016)"));
        }
    }
}
