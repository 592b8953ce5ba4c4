//! What a series is made of.

use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{identity::Catalogue, release::Kind},
    library::komga::answers::{LibraryEntry, Record},
};

fn entry(name: &str, metadata: Value) -> SeriesEntry {
    let mut record = json!({
        "id": "S1", "libraryId": "L1", "name": name, "booksCount": 2, "deleted": false, "oneshot": false,
        "metadata": {"title": name, "language": "", "status": "ONGOING"},
    });
    for (field, value) in metadata.as_object().expect("an object") {
        record["metadata"][field] = value.clone();
    }
    let text = record.to_string();
    SeriesEntry::read(serde_json::from_str(&text).expect("JSON")).expect("a series")
}

fn book(number: i64, file: &str, change: Value) -> BookEntry {
    let mut record = json!({
        "id": format!("B{number}"), "seriesId": "S1", "libraryId": "L1", "url": format!("/m/{file}"), "number": number,
        "sizeBytes": 7, "fileLastModified": "2026-01-02T03:04:05Z", "deleted": false, "oneshot": false,
        "media": {"status": "READY", "comment": ""},
        "metadata": {"number": number.to_string(), "numberSort": number},
    });
    for (field, value) in change.as_object().expect("an object") {
        record[field] = value.clone();
    }
    let text = record.to_string();
    BookEntry::read(serde_json::from_str(&text).expect("JSON")).expect("a book")
}

fn scanned(entry: SeriesEntry, books: Vec<BookEntry>) -> (Option<ScannedSeries>, Vec<ScanProblem>) {
    let library = LibraryEntry {
        id: "L1".into(),
        name: "Manga".into(),
        root: "/m".into(),
        unavailable: false,
    };
    let paths = Paths::new(&[library], false);
    let (hints, mut problems) = (Hints::from(Kind::Manga), Vec::new());
    let series = Known::of(entry, hints).with_books(books, &paths, hints, &mut problems);
    (series, problems)
}

fn series(entry: SeriesEntry, files: &[&str]) -> ScannedSeries {
    let books = (1..)
        .zip(files)
        .map(|(number, file)| book(number, file, json!({})));
    scanned(entry, books.collect()).0.expect("a series")
}

#[test]
fn the_title_is_what_somebody_gave_or_the_name_without_its_tags() {
    for (name, title, lock, expected, language) in [
        (
            "Naruto (2002) [FR]",
            "Naruto (2002) [FR]",
            false,
            "Naruto",
            Some("fr"),
        ),
        (
            "Naruto (2002) [FR]",
            "Naruto (2002) [FR]",
            true,
            "Naruto (2002) [FR]",
            Some("fr"),
        ),
        ("naruto_vf", "Naruto", false, "Naruto", Some("fr")),
        ("Naruto", "", false, "Naruto", None),
        ("Naruto", "  \n ", true, "Naruto", None),
        ("Naruto", "Na\nru\u{0}to", true, "Na ru to", None),
    ] {
        let found = series(
            entry(name, json!({"title": title, "titleLock": lock})),
            &["N/T01.cbz"],
        );
        assert_eq!(
            (found.title.as_str(), found.language.as_deref()),
            (expected, language),
            "{name:?} {title:?}"
        );
    }
}

#[test]
fn what_komga_says_of_a_series_is_taken_over() {
    let metadata = json!({
        "title": "L'Attaque des Titans", "titleLock": true, "status": "ENDED", "language": "fr-FR", "totalBookCount": 34,
        "genres": ["Action", "shonen"], "tags": ["shonen", "lu", " "],
        "links": [{"label": "AniList", "url": "https://anilist.co/manga/53390"}, {"label": "x", "url": "javascript:1"},
            {"label": "again", "url": "https://anilist.co/manga/53390/Shingeki-no-Kyojin/"}],
        "alternateTitles": [{"label": "Romaji", "title": "Shingeki no Kyojin"}, {"label": "", "title": ""}],
    });
    let found = series(
        entry("SNK", metadata),
        &[
            "SNK/Shingeki no Kyojin 01.cbz",
            "SNK/L'attaque des titans T02.cbz",
        ],
    );
    assert_eq!(
        (found.key.as_str(), found.title.as_str(), found.total),
        ("S1", "L'Attaque des Titans", Some(34))
    );
    assert_eq!(
        (found.status, found.language.as_deref()),
        (Some(Status::Ended), Some("fr"))
    );
    assert_eq!(found.tags, ["Action", "shonen", "lu"]);
    assert_eq!(found.aliases, ["Shingeki no Kyojin"]);
    let [identity] = &found.identities[..] else {
        panic!("one identity: {:?}", found.identities)
    };
    assert_eq!(
        (identity.catalogue, identity.id.as_str()),
        (Catalogue::AniList, "53390")
    );
    let volumes: Vec<String> = found
        .files
        .iter()
        .map(|file| file.volumes.to_string())
        .collect();
    assert_eq!(volumes, ["2", "1"], "by path, and read by any title");
    assert_eq!(
        (found.files[0].size, found.files[0].modified),
        (7, 1_767_323_045_000)
    );
}

#[test]
fn a_total_that_is_outgrown_or_absurd_is_none() {
    for (total, expected) in [
        (json!(2), Some(2)),
        (json!(1), None),
        (json!(null), None),
        (json!(0), None),
        (json!(-3), None),
        (json!(2_000_000_000), None),
    ] {
        let found = series(
            entry("Naruto", json!({"totalBookCount": total})),
            &["N/T01.cbz", "N/T02.cbz"],
        );
        assert_eq!(found.total, expected, "{total}");
    }
}

#[test]
fn languages_and_editions_come_from_names_when_komga_says_none() {
    let tagged = series(
        entry("Akira", json!({})),
        &["A/Akira T01 [EN].cbz", "A/Akira T02 [EN].cbz"],
    );
    assert_eq!(tagged.language.as_deref(), Some("en"));
    let deluxe = series(entry("Akira - Édition Deluxe", json!({})), &["A/T01.cbz"]);
    assert_eq!(
        (deluxe.title.as_str(), deluxe.edition),
        ("Akira", Edition::Deluxe)
    );
}

#[test]
fn what_is_in_the_trash_is_not_there() {
    let books = vec![
        book(1, "N/T01.cbz", json!({"deleted": true})),
        book(2, "N/T02.cbz", json!({})),
    ];
    let found = scanned(entry("Naruto", json!({})), books)
        .0
        .expect("a series");
    assert_eq!(found.files.len(), 1);
    let trash = vec![book(1, "N/T01.cbz", json!({"deleted": true}))];
    assert_eq!(scanned(entry("Naruto", json!({})), trash).0, None);
}

#[test]
fn a_damaged_book_and_a_doubtful_one_say_so() {
    let books = vec![
        book(
            1,
            "N/Naruto T01.cbz",
            json!({"media": {"status": "ERROR", "comment": "ERR_1006"},
                "metadata": {"number": "9", "numberLock": true, "numberSort": 9}}),
        ),
        book(
            2,
            "N/Naruto T02.cbz",
            json!({"media": {"status": "OUTDATED", "comment": ""}}),
        ),
    ];
    let found = scanned(entry("Naruto", json!({})), books)
        .0
        .expect("a series");
    let [broken, fine] = &found.files[..] else {
        panic!("two files")
    };
    assert!(broken.damaged && broken.doubtful);
    assert_eq!(
        broken.problem.as_deref(),
        Some(
            "Komga cannot show it: there is no page in it; replace it (ERR_1006); \
             its name says volume 1, Komga says 9 (locked): correct one of them"
        )
    );
    assert_eq!(
        (fine.damaged, fine.doubtful, &fine.problem),
        (false, false, &None)
    );
}

#[test]
fn a_one_shot_is_titled_by_its_file_and_owned() {
    let mut one = entry("Akira (2010) [FR]", json!({}));
    one.oneshot = true;
    let found = series(one, &["_oneshots/Akira (2010) [FR].cbz"]);
    assert_eq!(
        (found.title.as_str(), found.language.as_deref()),
        ("Akira", Some("fr"))
    );
    assert_eq!(found.files[0].volumes.to_string(), "1");
}

#[test]
fn a_book_without_a_path_is_a_problem() {
    let long = format!("N/{}.cbz", "é".repeat(4000));
    let books = vec![book(1, &long, json!({})), book(2, "N/T02.cbz", json!({}))];
    let (found, problems) = scanned(entry("Naruto", json!({})), books);
    assert_eq!(found.expect("a series").files.len(), 1);
    assert!(
        problems[0].message.contains("rename its file"),
        "{problems:?}"
    );
}
