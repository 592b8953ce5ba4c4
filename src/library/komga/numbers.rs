//! Which volumes a book holds, when its name and Komga each say something. Pure.
//!
//! Komga numbers the books of a series by their position until somebody says otherwise: T01, T02 and T04 are 1, 2 and 3 there. So its
//! number counts only when it is locked or is not the position (a ComicInfo gave it). When it counts and the name has none, it holds;
//! when the two disagree, the book may be either. Unlocked, it loses where files of a series claim one number under different names: a
//! tagger wrote that into all of them. A number within a range that the name states is no disagreement, since Komga has one for a file.

use super::answers::{BookEntry, BookMetadata};
use crate::{
    book::{metadata, name::NameSays},
    domain::{
        release::Kind,
        volume::{VolumeNumber, VolumeSet},
    },
    library::files::{disputed, is_plausible},
};

/// A number of Komga that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// It.
    pub volumes: VolumeSet,
    /// Somebody gave it by hand.
    pub locked: bool,
}

/// What a book holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Both opinions when they differ.
    pub volumes: VolumeSet,
    /// They differ.
    pub doubtful: bool,
    /// What to do about it.
    pub problem: Option<String>,
}

/// The number that Komga has for a book, if it is more than the position.
pub fn stated(book: &BookEntry) -> Option<Stated> {
    let BookMetadata {
        number,
        number_lock,
        number_sort,
        number_sort_lock,
    } = &book.metadata;
    let position = u32::try_from(book.number)
        .ok()
        .and_then(VolumeNumber::whole);
    let read = metadata::numbers(number);
    let is_position =
        |volumes: &VolumeSet| volumes.single().is_some() && volumes.single() == position;
    if *number_lock || (!number.trim().is_empty() && !read.as_ref().is_some_and(is_position)) {
        return Some(Stated {
            volumes: read?,
            locked: *number_lock,
        });
    }
    let volumes = VolumeSet::from_iter([number_sort.and_then(exact)?]);
    (*number_sort_lock || !is_position(&volumes)).then_some(Stated {
        volumes,
        locked: *number_sort_lock,
    })
}

/// A number of at most two decimals.
fn exact(number: f64) -> Option<VolumeNumber> {
    let hundredths = (number * 100.0).round();
    if !(0.0..1e9).contains(&hundredths) || (hundredths / 100.0 - number).abs() > 0.001 {
        return None;
    }
    VolumeNumber::from_hundredths(hundredths as i64)
}

/// What each book of a series holds, in their order. Books are given as what their names say, what Komga says, and whether they are
/// one-shots.
pub fn settle(books: &[(NameSays, Option<Stated>, bool)], kind: Kind) -> Vec<Held> {
    let claims: Vec<(Option<&Stated>, &NameSays)> = books
        .iter()
        .map(|(says, stated, _)| {
            let plausible = |stated: &&Stated| is_plausible(&stated.volumes, says);
            (stated.as_ref().filter(plausible), says)
        })
        .collect();
    let disputed = disputed(claims.iter().map(|(stated, says)| {
        let claim = stated.map_or(&says.numbers, |stated| &stated.volumes);
        (claim, &says.numbers)
    }));
    let one = |(stated, says): &(Option<&Stated>, &NameSays)| {
        let believed = stated.filter(|stated| {
            stated.locked
                || says.numbers.is_empty()
                || !disputed.contains(&stated.volumes.to_string())
        });
        compare(&says.numbers, believed, kind)
    };
    let held = claims.iter().map(one);
    let complete = |(mut held, oneshot): (Held, bool)| {
        if oneshot && held.volumes.is_empty() {
            held.volumes.insert(VolumeNumber::ONE);
        }
        held
    };
    held.zip(books.iter().map(|book| book.2))
        .map(complete)
        .collect()
}

fn compare(named: &VolumeSet, stated: Option<&Stated>, kind: Kind) -> Held {
    let Some(stated) = stated else {
        return Held {
            volumes: named.clone(),
            ..Held::default()
        };
    };
    if named.is_empty() || stated.volumes.without(named).is_empty() {
        let volumes = if named.is_empty() {
            &stated.volumes
        } else {
            named
        };
        return Held {
            volumes: volumes.clone(),
            ..Held::default()
        };
    }
    let mut volumes = named.clone();
    volumes.extend_with(&stated.volumes);
    let what = match kind {
        Kind::Chapters => "chapter",
        Kind::Comics => "issue",
        Kind::Auto | Kind::Manga | Kind::Bd => "volume",
    };
    let plural = if named.len() > 1 { "s" } else { "" };
    let locked = if stated.locked { " (locked)" } else { "" };
    Held {
        problem: Some(format!(
            "its name says {what}{plural} {named}, Komga says {}{locked}: correct one of them",
            stated.volumes
        )),
        volumes,
        doubtful: true,
    }
}

#[cfg(test)]
mod tests;
