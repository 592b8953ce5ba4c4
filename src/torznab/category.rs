//! The categories of items: those of Newznab for books, and two of our own. Pure.

use crate::domain::release::Kind;

/// Which categories something is of, or is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Categories(u8);

/// A category.
pub struct Category {
    /// As in Newznab; from 100000 those are free.
    pub number: u32,
    /// The name that Prowlarr and Jackett know it by.
    pub name: &'static str,
    of: Categories,
}

/// Books, above all of [`SORTS`].
pub const BOOKS: (u32, &str) = (7000, "Books");

const MAGS: Categories = Categories(1);
const EBOOK: Categories = Categories(2);
const COMICS: Categories = Categories(4);
const FOREIGN: Categories = Categories(8);
const MANGA: Categories = Categories(16);
const BD: Categories = Categories(32);

/// Those below [`BOOKS`].
pub const SORTS: [Category; 6] = [
    Category {
        number: 7010,
        name: "Mags",
        of: MAGS,
    },
    Category {
        number: 7020,
        name: "EBook",
        of: EBOOK,
    },
    Category {
        number: 7030,
        name: "Comics",
        of: COMICS,
    },
    Category {
        number: 7060,
        name: "Foreign",
        of: FOREIGN,
    },
    Category {
        number: 107_031,
        name: "Manga",
        of: MANGA,
    },
    Category {
        number: 107_032,
        name: "BD",
        of: BD,
    },
];

impl Categories {
    /// Every one.
    pub const ALL: Self = Self(63);

    /// What is meant by a number that is asked for. In nZEDb's numbers 8000 are books, and Mylar asks for 8020 when nobody tells it otherwise; in
    /// those of Newznab nobody asks us for 8000, which is anything else.
    pub fn asked(number: u32) -> Self {
        match number {
            7000 | 8000 => Self::ALL,
            8010 => EBOOK,
            8020 => COMICS,
            8030 => MAGS,
            number => {
                let known = SORTS.iter().find(|sort| sort.number == number);
                known.map_or(Self::default(), |sort| sort.of)
            }
        }
    }

    /// Of a release: by what its indexer calls it, else comics; and by what is collected of it.
    pub fn of(indexer: &[u32], kind: Kind, language: &str) -> Self {
        let by_indexer = indexer
            .iter()
            .filter(|number| (7000..8000).contains(*number) && **number != 7000)
            .fold(Self::default(), |all, number| {
                all.with(Self::asked(*number))
            });
        let sort = match by_indexer.with(FOREIGN) {
            FOREIGN => by_indexer.with(COMICS),
            _ => by_indexer,
        };
        let kind = match kind {
            Kind::Manga => MANGA,
            Kind::Bd => BD,
            Kind::Auto | Kind::Comics | Kind::Chapters => Self::default(),
        };
        let foreign = match language {
            "en" | "" => Self::default(),
            _ => FOREIGN,
        };
        sort.with(kind).with(foreign)
    }

    /// Both.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// They have one in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The numbers, books first.
    pub fn numbers(self) -> impl Iterator<Item = u32> {
        let sorts = SORTS.iter().filter(move |sort| self.meets(sort.of));
        std::iter::once(BOOKS.0).chain(sorts.map(|sort| sort.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_of_what_its_indexer_and_its_series_say() {
        for (indexer, kind, language, expected) in [
            (
                &[7000, 7030, 107_030][..],
                Kind::Manga,
                "fr",
                "7000 7030 7060 107031",
            ),
            (&[], Kind::Bd, "fr", "7000 7030 7060 107032"),
            (&[7020], Kind::Manga, "en", "7000 7020 107031"),
            (&[5070, 8000], Kind::Comics, "en", "7000 7030"),
            (&[7060], Kind::Auto, "", "7000 7030 7060"),
        ] {
            let numbers: Vec<String> = Categories::of(indexer, kind, language)
                .numbers()
                .map(|number| number.to_string())
                .collect();
            assert_eq!(numbers.join(" "), expected, "{indexer:?}");
        }
    }

    #[test]
    fn a_parent_means_its_children_and_nzedb_s_numbers_mean_the_same() {
        let comics = Categories::of(&[], Kind::Auto, "en");
        for (asked, meets) in [
            (7000, true),
            (7030, true),
            (8020, true),
            (8000, true),
            (7020, false),
            (8010, false),
            (5030, false),
            (0, false),
        ] {
            assert_eq!(comics.meets(Categories::asked(asked)), meets, "{asked}");
        }
    }
}
