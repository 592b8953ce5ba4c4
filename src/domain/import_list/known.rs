//! Which of the series that are known an entry of a list means: by the id of the catalogue, or by its name. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::LeftOut;
use crate::domain::{catalogue::Entry, title::fold};

/// A name of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The series.
    pub series: i64,
    /// It is its title, and no other name.
    pub is_title: bool,
    /// It is collected in the edition in which it first came out.
    pub is_standard: bool,
}

/// What an entry means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// The series of this number.
    Series(i64),
    /// None that is known.
    New,
    /// That is not clear.
    Unclear(LeftOut),
}

/// The series of the language of a list that count as those of its library do.
#[derive(Clone, Debug, Default)]
pub struct Known {
    series: HashSet<i64>,
    /// By folded name.
    names: HashMap<String, Vec<Name>>,
    /// By the id of the catalogue.
    ids: HashMap<String, Vec<i64>>,
    /// The other way round: a library may have said several.
    linked: HashMap<i64, Vec<String>>,
}

impl Known {
    /// A series has this name, folded.
    pub fn is_named(&mut self, folded: String, name: Name) {
        if folded.is_empty() {
            return;
        }
        self.series.insert(name.series);
        let names = self.names.entry(folded).or_default();
        if !names.iter().any(|known| known.series == name.series) {
            names.push(name);
        }
    }

    /// A series has this id in the catalogue.
    pub fn is_linked(&mut self, series: i64, id: &str) {
        self.ids.entry(id.to_owned()).or_default().push(series);
        self.linked.entry(series).or_default().push(id.to_owned());
    }

    /// It is one of them.
    pub fn has(&self, series: i64) -> bool {
        self.series.contains(&series)
    }

    /// It is known to be this one there.
    pub fn is(&self, series: i64, id: &str) -> bool {
        let ids = self.linked.get(&series);
        ids.is_some_and(|ids| ids.iter().any(|known| known == id))
    }

    /// The series of this id there.
    pub fn by_id(&self, id: &str) -> Option<i64> {
        let series = self.ids.get(id)?.iter();
        series.copied().find(|series| self.has(*series))
    }

    /// The series that has exactly the title of an entry. None leaves it to [`Known::by_other_titles`].
    pub fn by_title(&self, entry: &Entry) -> Option<Meant> {
        let all = self.names.get(&fold(&entry.title))?;
        let titles: Vec<Name> = all.iter().filter(|name| name.is_title).copied().collect();
        let all = match titles.is_empty() {
            true => all.clone(),
            false => titles,
        };
        let free: Vec<Name> = all
            .iter()
            .filter(|name| self.may_be(name.series, &entry.id))
            .copied()
            .collect();
        match one_of(&free) {
            Meant::New => Some(Meant::Unclear(LeftOut::Another(all.first()?.series))),
            meant => Some(meant),
        }
    }

    /// The series whose title is another one of an entry's; those that are known to be another one there are not meant. Asked once every
    /// entry was looked for by its own title: a sequel often lists the name of the first part.
    pub fn by_other_titles(&self, entry: &Entry) -> Meant {
        let folded = entry.titles.iter().map(|title| fold(title));
        let named = folded.filter_map(|folded| self.names.get(&folded));
        let titles = named.flatten().filter(|name| name.is_title);
        let free: Vec<Name> = titles
            .filter(|name| self.may_be(name.series, &entry.id))
            .copied()
            .collect();
        one_of(&free)
    }

    fn may_be(&self, series: i64, id: &str) -> bool {
        !self.linked.contains_key(&series) || self.is(series, id)
    }
}

/// Of several, those of the standard edition count.
fn one_of(names: &[Name]) -> Meant {
    let series = |names: &mut dyn Iterator<Item = &Name>| -> BTreeSet<i64> {
        names.map(|name| name.series).collect()
    };
    let all = series(&mut names.iter());
    let standard = series(&mut names.iter().filter(|name| name.is_standard));
    let meant = match standard.is_empty() {
        true => all,
        false => standard,
    };
    match (meant.first(), meant.len()) {
        (None, _) => Meant::New,
        (Some(id), 1) => Meant::Series(*id),
        (_, several) => Meant::Unclear(LeftOut::Several(several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        for (series, name, is_title, is_standard) in [
            (1, "L'Attaque des Titans", true, true),
            (2, "Monster", true, true),
            (3, "Monster", true, false),
            (4, "Pluto", true, true),
            (4, "Naoki Urasawa Pluto", false, true),
            (5, "Dr. Slump", true, false),
            (6, "Akira", true, true),
            (7, "Akira", true, true),
            (8, "Dragon Ball", true, true),
            (9, "Nana", true, true),
            (10, "Parasite", false, true),
            (11, "Parasite", true, true),
        ] {
            let name_of = Name {
                series,
                is_title,
                is_standard,
            };
            known.is_named(fold(name), name_of);
        }
        known.is_linked(8, "42");
        known.is_linked(9, "30");
        known
    }

    fn entry(id: &str, title: &str, titles: &[&str]) -> Entry {
        Entry {
            id: id.into(),
            title: title.into(),
            titles: titles.iter().map(|title| (*title).to_owned()).collect(),
            ..Entry::default()
        }
    }

    #[test]
    fn a_series_is_known_by_its_id_its_title_or_another_one() {
        let known = known();
        let meant = |entry: &Entry| match known.by_id(&entry.id) {
            Some(series) => Meant::Series(series),
            None => known
                .by_title(entry)
                .unwrap_or_else(|| known.by_other_titles(entry)),
        };
        let several = |many| Meant::Unclear(LeftOut::Several(many));
        let another = |series| Meant::Unclear(LeftOut::Another(series));
        for (id, title, titles, expected) in [
            ("42", "DB", &[][..], Meant::Series(8)),
            (
                "1",
                "Shingeki no Kyojin",
                &["L'attaque des titans"],
                Meant::Series(1),
            ),
            ("1", "MONSTER", &[], Meant::Series(2)),
            ("1", "Naoki Urasawa: Pluto", &[], Meant::Series(4)),
            ("1", "Urasawa", &["Naoki Urasawa Pluto"], Meant::New),
            ("1", "Dr Slump", &[], Meant::Series(5)),
            ("1", "Akira", &[], several(2)),
            ("1", "Dragon Ball", &[], another(8)),
            ("1", "Dragon Ball Super", &["Dragon Ball"], Meant::New),
            ("30", "Dragon Ball", &[], Meant::Series(9)),
            ("1", "Parasite", &[], Meant::Series(11)),
            ("1", "Two", &["Pluto", "Monster"], several(2)),
            ("1", "!!!", &["???"], Meant::New),
        ] {
            assert_eq!(meant(&entry(id, title, titles)), expected, "{title}");
        }
    }

    #[test]
    fn a_series_of_another_language_is_not_meant_by_its_id() {
        let mut known = known();
        known.is_linked(99, "77");
        assert_eq!(known.by_id("77"), None);
        known.is_linked(1, "77");
        assert_eq!(known.by_id("77"), Some(1));
    }
}
