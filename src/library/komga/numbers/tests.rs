//! Names, positions and numbers as they meet in Komga.

use super::*;
use crate::{
    book::name,
    domain::{release::Hints, title::fold},
    library::komga::answers::Media,
};

/// A book as Komga has it: its name, its position, `number` and `numberSort`; `!` before one says that it is locked.
fn book(name: &str, position: i64, number: &str, sort: &str) -> BookEntry {
    BookEntry {
        id: "B1".into(),
        series_id: "S1".into(),
        library_id: "L1".into(),
        url: format!("{name}.cbz"),
        number: position,
        last_modified: String::new(),
        file_last_modified: String::new(),
        size_bytes: 1,
        deleted: false,
        oneshot: false,
        media: Media::default(),
        metadata: BookMetadata {
            number: number.trim_start_matches('!').into(),
            number_lock: number.starts_with('!'),
            number_sort: sort.trim_start_matches('!').parse().ok(),
            number_sort_lock: sort.starts_with('!'),
        },
    }
}

fn settled(books: &[BookEntry], kind: Kind) -> Vec<Held> {
    let titles = [fold("Naruto")];
    let read = |book: &BookEntry| {
        let stem = book.url.trim_end_matches(".cbz");
        let says = name::read(stem, &titles, Hints::from(kind));
        (says, stated(book), book.oneshot)
    };
    settle(&books.iter().map(read).collect::<Vec<_>>(), kind)
}

#[test]
fn a_number_of_komga_counts_when_it_is_more_than_the_position() {
    for (name, position, number, sort, volumes, doubtful) in [
        // The name and the position.
        ("Naruto T01", 1, "1", "1.0", "1", false),
        ("Naruto T04", 3, "3", "3.0", "4", false),
        ("Naruto T10.5", 11, "11", "11", "10.5", false),
        ("T01-T03", 1, "1", "1", "1-3", false),
        ("Naruto", 3, "3", "3", "", false),
        ("Le duel", 7, "7", "7", "", false),
        ("Naruto T05", 0, "0", "0", "5", false),
        ("Naruto T05", 0, "", "", "5", false),
        // The name has none.
        ("Le duel", 3, "4", "4", "4", false),
        ("Le duel", 3, "!3", "3", "3", false),
        ("Le duel", 3, "3", "!3", "3", false),
        ("Le duel", 3, "3", "4", "4", false),
        ("Le duel", 3, "12.5", "12.5", "12.5", false),
        ("Le duel", 3, "007", "7", "7", false),
        ("Le duel", 1, "0", "0", "0", false),
        ("Le duel", 3, "1-3", "3", "1-3", false),
        ("Le duel", 3, "HS1", "3", "", false),
        ("Le duel", 3, "!HS1", "!0.5", "", false),
        ("Le duel", 3, "2004", "2004", "", false),
        ("Le duel", 3, "!2004", "2004", "", false),
        ("Le duel", 3, "-1", "-1", "", false),
        ("Le duel", 3, "99999", "99999", "", false),
        ("Le duel", 3, "3", "1e30", "", false),
        ("Le duel", 3, "3", "3.14159", "", false),
        // Both have one.
        ("Naruto T04", 3, "4", "4", "4", false),
        ("Naruto T05", 3, "6", "6", "5-6", true),
        ("Naruto T05", 3, "!6", "6", "5-6", true),
        ("Naruto T05", 3, "3", "!6", "5-6", true),
        ("Naruto T05", 3, "!3", "3", "3,5", true),
        ("Naruto T05", 3, "!5", "6", "5", false),
        ("Naruto T01-T03", 2, "1", "1", "1-3", false),
        ("Naruto T01-T03", 2, "!7", "7", "1-3,7", true),
        ("Naruto T01", 2, "1-3", "1", "1-3", true),
        ("Naruto T03", 1, "2004", "2004", "3", false),
        // Neither is a volume.
        ("Naruto - Artbook 2", 3, "2", "2", "", false),
        ("Naruto - Artbook", 3, "!2", "2", "", false),
        ("Naruto Chapitre 700", 3, "700", "700", "", false),
    ] {
        let held = settled(&[book(name, position, number, sort)], Kind::Manga);
        assert_eq!(
            (held[0].volumes.to_string().as_str(), held[0].doubtful),
            (volumes, doubtful),
            "{name} at {position}: {number} {sort}"
        );
        assert_eq!(held[0].problem.is_some(), doubtful);
    }
}

#[test]
fn positions_do_not_fill_a_gap() {
    let books = [
        book("Naruto T01", 1, "1", "1"),
        book("Naruto T02", 2, "2", "2"),
        book("Naruto T04", 3, "3", "3"),
    ];
    let mut all = VolumeSet::default();
    let held = settled(&books, Kind::Manga);
    held.iter().for_each(|held| all.extend_with(&held.volumes));
    assert_eq!(all.to_string(), "1-2,4");
}

#[test]
fn a_disagreement_says_both_and_what_to_do() {
    for (name, number, kind, sentence) in [
        (
            "Naruto T05",
            "!6",
            Kind::Manga,
            "its name says volume 5, Komga says 6 (locked): correct one of them",
        ),
        (
            "Naruto T05",
            "6",
            Kind::Manga,
            "its name says volume 5, Komga says 6: correct one of them",
        ),
        (
            "Naruto T01-T03",
            "7",
            Kind::Bd,
            "its name says volumes 1-3, Komga says 7: correct one of them",
        ),
        (
            "Naruto 005",
            "6",
            Kind::Comics,
            "its name says issue 5, Komga says 6: correct one of them",
        ),
        (
            "Naruto 700",
            "701",
            Kind::Chapters,
            "its name says chapter 700, Komga says 701: correct one of them",
        ),
    ] {
        let held = settled(&[book(name, 3, number, "3")], kind);
        assert_eq!(held[0].problem.as_deref(), Some(sentence));
    }
}

#[test]
fn a_number_that_a_tagger_wrote_into_every_file_loses_unless_it_is_locked() {
    let books = [
        book("Naruto T01", 1, "1", "1"),
        book("Naruto T02", 2, "1", "1"),
        book("Naruto T03", 3, "1", "1"),
        book("Naruto T04", 4, "!1", "1"),
    ];
    let held = settled(&books, Kind::Manga);
    let volumes: Vec<String> = held.iter().map(|held| held.volumes.to_string()).collect();
    assert_eq!(volumes, ["1", "2", "3", "1,4"]);
    assert!(held[3].doubtful && !held[1].doubtful);
}

#[test]
fn a_one_shot_is_owned() {
    for (name, number, volumes) in [
        ("Akira", "1", "1"),
        ("Akira (2010) [FR]", "1", "1"),
        ("Akira T03", "1", "3"),
        ("Akira", "!4", "4"),
    ] {
        let mut one = book(name, 1, number, "1");
        one.oneshot = true;
        let held = settled(&[one], Kind::Manga);
        assert_eq!(held[0].volumes.to_string(), volumes, "{name} {number}");
    }
}
