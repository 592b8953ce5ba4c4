//! A catalogue suddenly says something else: what is not to be believed at once is held back until a person takes it, or the catalogue says the
//! former again. Pure.

use serde::{Deserialize, Serialize};

use crate::domain::release::Kind;

/// Volumes that may come out between two looks, however near they are.
const STEP: u32 = 6;
/// A first count of manga or albums over this is a mistake: the longest of them have some two hundred volumes.
const MOST_BOOKS: u32 = 400;
/// Issues of one series of comics.
const MOST_ISSUES: u32 = 2_000;

/// Why a count is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Doubt {
    /// There are fewer than it said before.
    Fewer {
        /// Before.
        from: u32,
        /// Now.
        to: Option<u32>,
    },
    /// There are far more than it said before.
    FarMore {
        /// Before.
        from: u32,
        /// Now.
        to: u32,
    },
    /// There are more than any series of its kind has.
    TooMany {
        /// Now.
        to: u32,
    },
    /// There are fewer than stand on the shelf.
    BelowShelf {
        /// The last one that is there.
        shelf: u32,
        /// Now.
        to: u32,
    },
}

impl Doubt {
    /// It says the same as before, whatever came to the shelf meanwhile.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::BelowShelf { to, .. }, Self::BelowShelf { to: same, .. }) => to == same,
            _ => self == other,
        }
    }

    /// For the user, without its subject.
    pub fn sentence(&self) -> String {
        match self {
            Self::Fewer { from, to: Some(to) } => format!("says {to} now, and said {from} before"),
            Self::Fewer { from, to: None } => {
                format!("does not say how many there are any more, and said {from} before")
            }
            Self::FarMore { from, to } => format!("says {to} now, and said {from} before"),
            Self::TooMany { to } => format!("says {to}, which no series of its kind has"),
            Self::BelowShelf { shelf, to } => {
                format!("says {to}, and volume {shelf} is on the shelf")
            }
        }
    }
}

/// What is known when a count comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// What the catalogue said of this market, and was believed; none when it comes for the first time or said nothing.
    pub count: Option<u32>,
    /// What the series is.
    pub kind: Kind,
    /// The last volume on the shelf, when the market and the edition are the collected ones.
    pub shelf: Option<u32>,
}

/// What stands against believing it.
pub fn doubt(before: &Before, now: Option<u32>) -> Option<Doubt> {
    let Some(to) = now else {
        let from = before.count?;
        return Some(Doubt::Fewer { from, to: None });
    };
    let most = match before.kind {
        Kind::Comics | Kind::Chapters => MOST_ISSUES,
        Kind::Auto | Kind::Manga | Kind::Bd => MOST_BOOKS,
    };
    match before.count {
        Some(from) if to < from => Some(Doubt::Fewer { from, to: Some(to) }),
        Some(from) if to > from + STEP + from / 10 => Some(Doubt::FarMore { from, to }),
        _ if to > most => Some(Doubt::TooMany { to }),
        // Files are named before catalogues are written: one or two more are no sign of another series.
        None => {
            let shelf = before.shelf.filter(|shelf| *shelf > to + 2)?;
            Some(Doubt::BelowShelf { shelf, to })
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sudden_is_not_believed() {
        for (before, kind, shelf, now, held) in [
            (None, Kind::Manga, None, Some(111), ""),
            (None, Kind::Manga, Some(3), Some(111), ""),
            (None, Kind::Manga, None, None, ""),
            (
                None,
                Kind::Manga,
                Some(60),
                Some(12),
                "says 12, and volume 60 is on the shelf",
            ),
            (None, Kind::Manga, Some(112), Some(111), ""),
            (
                None,
                Kind::Manga,
                None,
                Some(1_110),
                "says 1110, which no series of its kind has",
            ),
            (None, Kind::Comics, None, Some(1_110), ""),
            (Some(111), Kind::Manga, Some(111), Some(111), ""),
            (Some(111), Kind::Manga, Some(111), Some(112), ""),
            (
                Some(111),
                Kind::Manga,
                None,
                Some(12),
                "says 12 now, and said 111 before",
            ),
            (
                Some(111),
                Kind::Manga,
                None,
                Some(110),
                "says 110 now, and said 111 before",
            ),
            (
                Some(111),
                Kind::Manga,
                None,
                Some(1_110),
                "says 1110 now, and said 111 before",
            ),
            (
                Some(111),
                Kind::Manga,
                None,
                None,
                "does not say how many there are any more, and said 111 before",
            ),
            (Some(1), Kind::Manga, None, Some(7), ""),
            (
                Some(1),
                Kind::Manga,
                None,
                Some(8),
                "says 8 now, and said 1 before",
            ),
            (Some(100), Kind::Manga, None, Some(116), ""),
            (
                Some(100),
                Kind::Manga,
                None,
                Some(117),
                "says 117 now, and said 100 before",
            ),
        ] {
            let known = Before {
                count: before,
                kind,
                shelf,
            };
            let told = doubt(&known, now).map(|doubt| doubt.sentence());
            assert_eq!(
                told.unwrap_or_default(),
                held,
                "{before:?} {shelf:?} {now:?}"
            );
        }
    }
}
