//! Which of the series that a catalogue offers is meant: a certain one is taken, any other waits for the user. Pure.

use super::{Entry, Sought};
use crate::domain::{
    release::Kind,
    title::{TitleMatch, fold, same_series},
};

/// Points of a candidate from which it may be the one.
const LEAST: i32 = 30;
/// Candidates that are kept.
const MOST: usize = 10;

/// A series that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place among the entries.
    pub entry: usize,
    /// 0 to 100.
    pub score: u32,
    /// It is the one, as far as names can tell.
    pub certain: bool,
    /// What speaks for and against it, each in a few words.
    pub reasons: Vec<&'static str>,
}

/// The candidates, the best first; those with another name are left out. One is certain when its name is exactly one of the series', nothing
/// speaks against it, and no other has as good a name.
pub fn candidates(sought: &Sought, on_shelf: Option<u32>, entries: &[Entry]) -> Vec<Candidate> {
    let title = fold(&sought.title);
    let aliases: Vec<String> = sought.aliases.iter().map(|alias| fold(alias)).collect();
    let mut all: Vec<(i32, bool, Candidate)> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let names = std::iter::once(&entry.title).chain(&entry.titles);
        let by_name = names.map(|name| same_series(&title, &aliases, &fold(name)));
        let mut reasons = Vec::new();
        let (mut score, named) = match by_name.max_by_key(|matched| strength(*matched)) {
            Some(TitleMatch::Exact) => (80, true),
            Some(TitleMatch::Alias) => (70, true),
            Some(TitleMatch::Near) => (40, false),
            Some(TitleMatch::Different) | None => continue,
        };
        reasons.push(if named {
            "the same name"
        } else {
            "a name like it"
        });
        let mut against = false;
        match (sought.kind, entry.kind) {
            (Kind::Auto | Kind::Chapters, Some(_)) => {}
            (sought, Some(kind)) if sought == kind => {
                score += 10;
                reasons.push("the same kind");
            }
            (_, Some(_)) => {
                (score, against) = (score - 40, true);
                reasons.push("another kind");
            }
            (_, None) => {
                (score, against) = (score - 40, true);
                reasons.push("no manga, BD or comics");
            }
        }
        let most = entry.statements.iter().filter_map(|said| said.count).max();
        if let (Some(shelf), Some(most)) = (on_shelf, most) {
            match shelf <= most + 2 {
                true => {
                    score += 10;
                    reasons.push("as many volumes as are there, or more");
                }
                false => {
                    (score, against) = (score - 40, true);
                    reasons.push("fewer volumes than are there");
                }
            }
        }
        if score < LEAST {
            continue;
        }
        let candidate = Candidate {
            entry: place,
            score: score.clamp(0, 100) as u32,
            certain: false,
            reasons,
        };
        all.push((score, named && !against, candidate));
    }
    let named = all.iter().filter(|(_, named, _)| *named).count();
    for (_, is_named, candidate) in &mut all {
        candidate.certain = *is_named && named == 1;
    }
    // In the catalogue's own order among equals.
    all.sort_by_key(|(score, ..)| -score);
    let all = all.into_iter().map(|(_, _, candidate)| candidate);
    all.take(MOST).collect()
}

fn strength(matched: TitleMatch) -> u8 {
    match matched {
        TitleMatch::Different => 0,
        TitleMatch::Near => 1,
        TitleMatch::Alias => 2,
        TitleMatch::Exact => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{Market, Statement};

    fn entry(title: &str, kind: Option<Kind>, count: Option<u32>) -> Entry {
        let statement = Statement {
            count,
            ..Statement::of(Market::Home, Some("ja"))
        };
        Entry {
            title: title.into(),
            kind,
            statements: vec![statement],
            ..Entry::default()
        }
    }

    fn told(shelf: Option<u32>, entries: &[Entry]) -> String {
        let sought = Sought {
            title: "Monster".into(),
            aliases: vec!["Naoki Urasawa's Monster".into()],
            kind: Kind::Manga,
            language: "fr".into(),
            isbn: None,
        };
        let told = candidates(&sought, shelf, entries)
            .into_iter()
            .map(|candidate| {
                let mark = if candidate.certain { "!" } else { "" };
                format!("{}:{}{mark}", candidate.entry, candidate.score)
            });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_one_of_the_same_name_is_certain() {
        let manga = Some(Kind::Manga);
        let monster = entry("Monster", manga, Some(18));
        let other = entry("Monster", manga, Some(1));
        let soul = entry("Monster Soul", manga, Some(2));
        let novel = entry("Monster", None, Some(18));
        let near = entry("Monsters", manga, None);
        let long = entry("NAOKI URASAWA'S MONSTER", manga, None);
        assert_eq!(told(Some(5), std::slice::from_ref(&monster)), "0:100!");
        assert_eq!(told(None, &[soul.clone(), monster.clone()]), "1:90!");
        assert_eq!(told(None, &[monster.clone(), other.clone()]), "0:90 1:90");
        assert_eq!(
            told(Some(9), &[other.clone(), monster.clone()]),
            "1:100! 0:50",
            "the one volume cannot be it"
        );
        assert_eq!(told(Some(5), &[novel, monster.clone()]), "1:100! 0:50");
        assert_eq!(
            told(None, std::slice::from_ref(&near)),
            "0:50",
            "not certain"
        );
        assert_eq!(told(None, &[near, long]), "1:80! 0:50");
        assert_eq!(told(None, &[soul]), "");
        assert_eq!(
            told(Some(30), &[monster]),
            "0:50",
            "another edition or work"
        );
        assert_eq!(told(None, &[]), "");
    }
}
