//! What is found, by words, bounds and pages.

use super::*;
use crate::{
    domain::{release::Kind, units::DAY},
    torznab::request::Asked,
};

fn known(id: i64, title: &str, volumes: &str) -> Known {
    Known {
        id,
        series_id: 1,
        fingerprint: format!("{id:064x}").chars().rev().collect(),
        title: title.into(),
        size: Some(80_000_000),
        published_at: id * DAY,
        categories: vec![7030],
        volumes: volumes.parse().expect("a set"),
        useful: volumes.parse().expect("a set"),
        accepted: false,
        series: "One Piece".into(),
        kind: Kind::Manga,
        language: "fr".into(),
    }
}

fn series(id: i64) -> Collected {
    Collected {
        id,
        title: "One Piece".into(),
        kind: Kind::Manga,
        language: "fr".into(),
        monitored: true,
    }
}

/// These series are followed, and this is missing of the first one.
fn see(index: &mut Index, followed: &[i64], missing: &str, blocked: &[(i64, String)]) {
    let all = [1, 5, 6].map(|id| Collected {
        monitored: followed.contains(&id),
        ..series(id)
    });
    let missing: VolumeSet = missing.parse().expect("a set");
    let wanted: Vec<(i64, VolumeNumber)> = missing.iter().map(|volume| (1, volume)).collect();
    index.see(&all, &wanted, blocked);
}

fn all(index: &Index, part: Part, asked: &Asked) -> Vec<i64> {
    let window = Window {
        top: i64::MAX,
        after: After::Matches(0),
        limit: 100,
    };
    let found = index.find(part, asked, window, 100 * DAY);
    assert_eq!(found.total, found.ids.len());
    found.ids
}

fn by(text: &str) -> Asked {
    Asked {
        text: text.into(),
        limit: 100,
        ..Asked::default()
    }
}

fn index() -> Index {
    let mut index = Index::default();
    see(&mut index, &[1, 5, 6], "", &[]);
    index.put(&[
        known(1, "One Piece T104 FRENCH CBZ-Team", "104"),
        known(2, "[Scan] One Piece Tomes 001 à 103 (2021) [CBZ]", "1-103"),
        known(3, "One.Piece.v105.2023.Digital.1r0n", "105"),
        known(4, "L'île aux pirates 12", "12"),
    ]);
    index
}

#[test]
fn words_and_volumes_find_what_holds_them() {
    let index = index();
    for (text, expected) in [
        ("", &[4, 3, 2, 1][..]),
        ("one piece", &[4, 3, 2, 1]),
        ("ONE-PIÈCE", &[4, 3, 2, 1]),
        ("One Piece 104", &[1]),
        ("one piece T104", &[1]),
        ("One Piece vol. 104", &[1]),
        ("One Piece Tome 042", &[2]),
        ("One Piece #12", &[4, 2]),
        ("One Piece v105 2023 Digital 1r0n", &[3]),
        ("ile pirates", &[4]),
        ("One Piece 106", &[]),
        ("two pieces", &[]),
        ("!!!", &[4, 3, 2, 1]),
    ] {
        assert_eq!(all(&index, Part::All, &by(text)), expected, "{text}");
    }
}

#[test]
fn bounds_leave_out_what_is_beyond_them() {
    let mut index = index();
    let unsized_ = Known {
        size: None,
        ..known(5, "One Piece T106", "106")
    };
    index.put(&[unsized_]);
    let plain = by("");
    for (asked, expected) in [
        (
            Asked {
                most_age: Some(97),
                ..plain.clone()
            },
            &[5, 4, 3][..],
        ),
        (
            Asked {
                least_age: Some(98),
                ..plain.clone()
            },
            &[2, 1],
        ),
        (
            Asked {
                least_size: Some(90_000_000),
                ..plain.clone()
            },
            &[5],
        ),
        (
            Asked {
                year: Some(2021),
                ..plain.clone()
            },
            &[5, 4, 2, 1],
        ),
        (
            Asked {
                categories: Some(Categories::asked(7010)),
                ..plain.clone()
            },
            &[],
        ),
        (
            Asked {
                most_age: Some(u64::MAX),
                least_size: Some(0),
                most_size: Some(u64::MAX),
                ..plain
            },
            &[5, 4, 3, 2, 1],
        ),
    ] {
        assert_eq!(all(&index, Part::All, &asked), expected, "{asked:?}");
    }
}

#[test]
fn found_is_what_was_accepted_for_what_is_still_missing() {
    let mut index = index();
    index.put(&[Known {
        accepted: true,
        ..known(5, "One Piece T106", "106")
    }]);
    let found = |index: &Index| all(index, Part::Found, &by(""));
    assert_eq!(found(&index), [0; 0], "nothing is missing");
    see(&mut index, &[1], "106", &[]);
    assert_eq!(found(&index), [5]);
    see(
        &mut index,
        &[1],
        "106",
        &[(1, known(5, "", "").fingerprint)],
    );
    assert_eq!(found(&index), [0; 0], "it came to nothing before");
    see(
        &mut index,
        &[1],
        "106",
        &[(2, known(5, "", "").fingerprint)],
    );
    assert_eq!(found(&index), [5], "for another series");
    index.put(&[Known {
        accepted: true,
        ..known(1, "One Piece T104 FRENCH CBZ-Team", "104")
    }]);
    see(&mut index, &[1], "104", &[]);
    assert_eq!(found(&index), [1], "a known one that is accepted now");
}

#[test]
fn one_release_is_there_once_whatever_it_was_found_for() {
    let mut index = index();
    let twin = |id, accepted| Known {
        series_id: id,
        accepted,
        fingerprint: known(1, "", "").fingerprint,
        ..known(id, "One Piece T104 FRENCH CBZ-Team", "104")
    };
    index.put(&[twin(5, false)]);
    assert_eq!(all(&index, Part::All, &by("104")), [1]);
    index.put(&[twin(6, true)]);
    assert_eq!(all(&index, Part::All, &by("104")), [6], "the accepted one");
    index.put(&[twin(5, true)]);
    assert_eq!(
        all(&index, Part::All, &by("104")),
        [5],
        "the first of those that were accepted"
    );
    see(&mut index, &[1, 6], "", &[]);
    assert_eq!(
        all(&index, Part::All, &by("104")),
        [6],
        "of those that are followed"
    );
    see(&mut index, &[1], "", &[]);
    assert_eq!(all(&index, Part::All, &by("104")), [1]);
    let before = Window {
        top: 5,
        after: After::Matches(0),
        limit: 100,
    };
    see(&mut index, &[1, 6], "", &[]);
    let found = index.find(Part::All, &by("104"), before, 0);
    assert_eq!(found.ids, [1], "what came later hides nothing");
}

#[test]
fn a_window_begins_behind_a_match_and_sees_nothing_newer() {
    let index = index();
    let find = |top, after, limit| {
        let window = Window { top, after, limit };
        let found = index.find(Part::All, &by("one piece"), window, 0);
        (found.ids, found.total)
    };
    assert_eq!(find(3, After::Matches(0), 2), (vec![3, 2], 3));
    assert_eq!(find(3, After::Matches(2), 2), (vec![1], 3));
    assert_eq!(find(3, After::Id(2), 2), (vec![1], 3));
    assert_eq!(find(3, After::Matches(3), 2), (vec![], 3));
    assert_eq!(find(0, After::Matches(0), 2), (vec![], 0));
}

#[test]
fn a_series_with_another_name_or_without_its_offers_tears_it() {
    let renamed = |title: &str| Collected {
        title: title.into(),
        ..series(1)
    };
    for (now, is_torn) in [
        (vec![series(1), series(2)], false),
        (vec![renamed("Naruto")], true),
        (vec![series(2)], true),
    ] {
        let mut index = index();
        index.see(&now, &[], &[]);
        assert_eq!(index.is_torn(), is_torn, "{now:?}");
    }
    let mut index = index();
    index.put(&[Known {
        series: "Naruto".into(),
        ..known(5, "One Piece T106", "106")
    }]);
    assert!(index.is_torn(), "read under two names");
}
