//! Threads and links of a forum as the local index keeps them: read once, when they are written. Pure.

use super::{
    link::Ed2kLink,
    release::{Hints, Lexicon, Place, parse},
    title::fold,
};

/// A thread of a forum's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// The key of the series that its title names.
    pub folded: String,
    /// Posts behind the first.
    pub replies: i64,
    /// It stays in front.
    pub sticky: bool,
    /// Where it stands in the list of its forum, from 0 on.
    pub place: i64,
    /// It is to be read.
    pub due: bool,
}

/// A link of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The link.
    pub link: Ed2kLink,
    /// The key of the series that its name reads; that of the thread when it reads none.
    pub folded: String,
    /// The key of the other title in its name.
    pub other: Option<String>,
    /// All words of its name and of the title of its thread, folded, for whoever looks for it.
    pub words: String,
}

/// A thread with the key of its title: number, title, replies and whether it is sticky; where it stands, and whether it is to be read.
pub fn listed(
    (id, title, replies, sticky): (i64, &str, i64, bool),
    (place, due): (i64, bool),
    lexicon: &Lexicon,
) -> Listed {
    Listed {
        id,
        title: title.to_owned(),
        folded: title_key(title, lexicon),
        replies,
        sticky,
        place,
        due,
    }
}

/// The key of the series that the title of a thread names, as in `Grand vide, Le [Murawiec]`.
pub fn title_key(title: &str, lexicon: &Lexicon) -> String {
    let hints = Hints {
        place: Place::Folder,
        lexicon,
        ..Hints::default()
    };
    let release = parse(title, hints);
    fold(release.series.as_deref().unwrap_or(title))
}

/// A link with the keys of its name; `thread` is the title of where it stands.
pub fn entry(link: Ed2kLink, thread: &str, lexicon: &Lexicon) -> Entry {
    let hints = Hints {
        lexicon,
        ..Hints::default()
    };
    let release = parse(&link.name, hints);
    let key = |title: Option<&str>| title.map(fold).filter(|key| !key.is_empty());
    let other = key(release.other_title.as_deref());
    let of_thread = title_key(thread, lexicon);
    let words = format!("{} {of_thread}", fold(&link.name));
    let folded = key(release.series.as_deref()).unwrap_or(of_thread);
    Entry {
        link,
        folded,
        other,
        words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link::Ed2kId;

    #[test]
    fn a_link_has_the_key_of_its_series_or_that_of_its_thread() {
        for (name, thread, folded) in [
            (
                "Berserk T37 (Miura) (2019-2023) [Manga FR] (PapriKa+).cbz",
                "Berserk",
                "berserk",
            ),
            ("Grand vide (Le) - T01.cbz", "x", "grand vide"),
            ("T05.cbz", "Grand vide, Le [Murawiec]", "grand vide"),
            ("07.cbr", "Kenya", "kenya"),
        ] {
            let link = Ed2kLink {
                id: Ed2kId {
                    md4: [0; 16],
                    size: 1,
                },
                name: name.into(),
                aich: None,
            };
            assert_eq!(
                entry(link, thread, Lexicon::known()).folded,
                folded,
                "{name}"
            );
        }
    }
}
