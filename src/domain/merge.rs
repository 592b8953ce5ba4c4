//! Whether two series may become one, what the one takes over of the other, and how it gives that back. Pure.

use serde::{Deserialize, Serialize};

use super::{
    series::{Series, Shelf},
    title::fold,
    volume::VolumeSet,
};

/// Other names that a series has at most after a merge.
pub const MOST_ALIASES: usize = 200;

/// Why two series are not made one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOne {
    /// A series and itself.
    #[error("these are one and the same series; name two different ones")]
    Itself,
    /// Copies in different languages are different series.
    #[error(
        "one is in the language {from}, the other in {into}; copies in different languages stay different series"
    )]
    OtherLanguage { from: String, into: String },
    /// Chapter 3 is not volume 3.
    #[error(
        "one counts chapters, the other volumes; set 'kind' of the one that is wrong, then merge"
    )]
    OtherKind,
    /// A volume can be reserved once.
    #[error(
        "volume {0} is on its way for both; wait until it is there, or give one of the two downloads up, then merge"
    )]
    OnItsWay(VolumeSet),
}

/// Says whether a series may be merged into another; with each, what is on its way for it.
///
/// # Errors
/// Why not.
pub fn may_be_one(from: (&Series, &VolumeSet), into: (&Series, &VolumeSet)) -> Result<(), NotOne> {
    let ((from, from_way), (into, into_way)) = (from, into);
    if from.id == into.id {
        return Err(NotOne::Itself);
    }
    if from.language != into.language {
        return Err(NotOne::OtherLanguage {
            from: from.language.clone(),
            into: into.language.clone(),
        });
    }
    if !from.kind.counts_like(into.kind) {
        return Err(NotOne::OtherKind);
    }
    let both = from_way.common_with(into_way);
    match both.is_empty() {
        true => Ok(()),
        false => Err(NotOne::OnItsWay(both)),
    }
}

/// What a series took over of another, and would not have without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Names.
    pub aliases: Vec<String>,
    /// Names of others.
    pub not_aliases: Vec<String>,
    /// Volumes that are never wanted.
    pub ignored: VolumeSet,
    /// How many volumes exist, as the user says.
    pub total: Option<u32>,
}

/// Takes over what the user decided of another series: its names, what is never wanted and, where nothing is said here, how many exist. The
/// wanted range and all else stay as they are here. `shelf` is what both have together.
pub fn take_over(into: &mut Series, from: &Series, shelf: &Shelf) -> Taken {
    let mut taken = Taken {
        ignored: from.ignored.without(&into.ignored),
        ..Taken::default()
    };
    for name in std::iter::once(&from.title).chain(&from.aliases) {
        let means_another = into
            .not_aliases
            .iter()
            .any(|known| fold(known) == fold(name));
        if !into.is_named(name) && !means_another && into.aliases.len() < MOST_ALIASES {
            into.aliases.push(name.clone());
            taken.aliases.push(name.clone());
        }
    }
    for name in &from.not_aliases {
        let is_known = into
            .not_aliases
            .iter()
            .any(|known| fold(known) == fold(name));
        if !into.is_named(name) && !is_known && into.not_aliases.len() < MOST_ALIASES {
            into.not_aliases.push(name.clone());
            taken.not_aliases.push(name.clone());
        }
    }
    into.ignored.extend_with(&taken.ignored);
    if into.total.is_none() && into.count_to(from.total, shelf).is_ok() {
        taken.total = from.total;
    }
    taken
}

/// Gives back what was taken over; what came to it since stays.
pub fn give_back(into: &mut Series, taken: &Taken) {
    let is_among =
        |names: &[String], name: &str| names.iter().any(|known| fold(known) == fold(name));
    into.aliases.retain(|name| !is_among(&taken.aliases, name));
    into.not_aliases
        .retain(|name| !is_among(&taken.not_aliases, name));
    into.ignored = into.ignored.without(&taken.ignored);
    if taken.total.is_some() && into.total == taken.total {
        into.total = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::release::Kind;

    fn set(text: &str) -> VolumeSet {
        text.parse().expect("a set")
    }

    fn series(id: i64, title: &str) -> Series {
        Series {
            id,
            title: title.into(),
            language: "fr".into(),
            kind: Kind::Manga,
            ..Series::default()
        }
    }

    #[test]
    fn different_languages_and_kinds_and_one_volume_twice_are_refused() {
        let none = VolumeSet::default();
        let (naruto, other) = (series(1, "Naruto"), series(2, "Naruto"));
        let english = Series {
            language: "en".into(),
            ..other.clone()
        };
        let chapters = Series {
            kind: Kind::Chapters,
            ..other.clone()
        };
        let unknown = Series {
            kind: Kind::Auto,
            ..other.clone()
        };
        let languages = NotOne::OtherLanguage {
            from: "en".into(),
            into: "fr".into(),
        };
        for (from, from_way, way, expected) in [
            (&other, &none, &none, Ok(())),
            (&unknown, &set("3"), &set("4"), Ok(())),
            (&naruto, &none, &none, Err(NotOne::Itself)),
            (&english, &none, &none, Err(languages)),
            (&chapters, &none, &none, Err(NotOne::OtherKind)),
            (
                &other,
                &set("3-5"),
                &set("1,4-5"),
                Err(NotOne::OnItsWay(set("4-5"))),
            ),
        ] {
            assert_eq!(may_be_one((from, from_way), (&naruto, way)), expected);
        }
    }

    #[test]
    fn what_is_taken_over_can_be_given_back_and_the_rest_stays() {
        let mut into = Series {
            aliases: vec!["Naruto Shippuden".into()],
            not_aliases: vec!["Naruto Gaiden".into()],
            ignored: set("1-2"),
            ..series(1, "Naruto")
        };
        let from = Series {
            aliases: vec!["NARUTO".into(), "Naruto Gaiden".into(), "ナルト".into()],
            not_aliases: vec!["Naruto".into(), "Boruto".into()],
            ignored: set("2-3"),
            total: Some(72),
            ..series(2, "Naruto (Kishimoto)")
        };
        let before = into.clone();
        let taken = take_over(&mut into, &from, &Shelf::default());
        assert_eq!(
            into.aliases,
            ["Naruto Shippuden", "Naruto (Kishimoto)", "ナルト"]
        );
        assert_eq!(into.not_aliases, ["Naruto Gaiden", "Boruto"]);
        assert_eq!(
            (into.ignored.to_string(), into.total),
            ("1-3".into(), Some(72))
        );
        assert!(into.mistakes().is_empty(), "{:?}", into.mistakes());
        let mut later = into.clone();
        later.aliases.push("NRT".into());
        later.total = Some(73);
        give_back(&mut into, &taken);
        assert_eq!(into, before);
        give_back(&mut later, &taken);
        assert_eq!(later.aliases, ["Naruto Shippuden", "NRT"]);
        assert_eq!(later.total, Some(73), "what the user said since stays");
    }

    #[test]
    fn a_total_below_what_is_there_is_not_taken_over() {
        let mut into = series(1, "Naruto");
        let from = Series {
            total: Some(3),
            ..series(2, "Naruto")
        };
        let shelf = Shelf {
            present: set("1-5"),
            ..Shelf::default()
        };
        assert_eq!(take_over(&mut into, &from, &shelf).total, None);
        assert_eq!(into.total, None);
    }
}
