//! The volumes of a name: `T03`, `Tome 1 à 12`, `v01-38`, `(01-42)`, `n°5`, and a bare number at the end. Pure.

use super::{
    Kind, Release,
    words::{Token, year},
};
use crate::domain::volume::{MAX_SET, VolumeNumber, VolumeSet};

const MARKERS: [&str; 10] = [
    "t", "tome", "tomes", "vol", "vols", "volume", "volumes", "v", "n", "tpb",
];
const CHAPTERS: [&str; 8] = [
    "chapitre",
    "chapitres",
    "chap",
    "chp",
    "chapter",
    "chapters",
    "ch",
    "c",
];
const CONNECTORS: [&str; 6] = ["à", "a", "au", "to", "et", "and"];

/// Fills in series, volumes and chapters.
pub fn read<'a>(name: &'a str, tokens: &[Token<'a>], kind: Kind, release: &mut Release<'a>) {
    let found = marked(name, tokens)
        .or_else(|| bracketed(name, tokens))
        .or_else(|| bare(tokens));
    let title_end = match &found {
        Some(found) => {
            match found.chapters || (kind == Kind::Chapters && !found.marked) {
                true => release.chapters = found.set.clone(),
                false => release.volumes = found.set.clone(),
            }
            found.title_end
        }
        None => tokens
            .iter()
            .find(|token| token.depth > 0 && token.start > 0)
            .map_or(name.len(), |token| token.start),
    };
    release.series = title(name, title_end);
}

struct Found {
    set: VolumeSet,
    chapters: bool,
    marked: bool,
    title_end: usize,
}

/// What stands before the number, without the tags in front of it.
fn title(name: &str, end: usize) -> Option<&str> {
    let mut title = name[..end]
        .trim_start()
        .trim_end_matches(|letter: char| letter.is_whitespace() || "([{-–_.:|,".contains(letter));
    while let Some(rest) = title
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(_, rest)| rest.trim_start())
        .filter(|rest| !rest.is_empty())
    {
        title = rest;
    }
    (!title.is_empty()).then_some(title)
}

/// A marker and a number, glued (`T03`) or apart (`Tome 3`), and what continues it.
fn marked(name: &str, tokens: &[Token<'_>]) -> Option<Found> {
    let mut best: Option<Found> = None;
    let mut at = 0;
    while at < tokens.len() {
        let Some((chapters, first, next)) = marked_number(name, tokens, at) else {
            at += 1;
            continue;
        };
        let (set, next) = continued(name, tokens, first, next);
        if best.as_ref().is_none_or(|best| best.chapters && !chapters) {
            let title_end = best
                .as_ref()
                .map_or(tokens[at].start, |best| best.title_end);
            best = Some(Found {
                set,
                chapters,
                marked: true,
                title_end,
            });
        }
        at = next.max(at + 1);
    }
    // A number whose only mark is "n°" loses to a later one: "Kaiju n°8 - Tome 04".
    best
}

fn marked_number(
    name: &str,
    tokens: &[Token<'_>],
    at: usize,
) -> Option<(bool, VolumeNumber, usize)> {
    let token = &tokens[at];
    let digits = token.text.find(|letter: char| letter.is_ascii_digit());
    let (word, glued) = digits.map_or((token.text, ""), |digits| token.text.split_at(digits));
    let chapters = CHAPTERS
        .iter()
        .any(|marker| marker.eq_ignore_ascii_case(word));
    let volumes = MARKERS
        .iter()
        .any(|marker| marker.eq_ignore_ascii_case(word));
    if !chapters && !volumes {
        return None;
    }
    if !glued.is_empty() {
        let (number, next) = number_at(name, tokens, at, glued)?;
        return Some((chapters, number, next));
    }
    let after = tokens.get(at + 1)?;
    if word.eq_ignore_ascii_case("n")
        && (!name[token.end()..after.start].contains('°') || has_other_marker(tokens, at + 1))
    {
        return None;
    }
    let (number, next) = number_at(name, tokens, at + 1, after.text)?;
    Some((chapters, number, next))
}

fn has_other_marker(tokens: &[Token<'_>], from: usize) -> bool {
    tokens[from..].iter().any(|token| {
        let word = token
            .text
            .trim_end_matches(|letter: char| letter.is_ascii_digit());
        !word.eq_ignore_ascii_case("n")
            && MARKERS
                .iter()
                .any(|marker| marker.eq_ignore_ascii_case(word))
    })
}

/// A number of at most four digits that is no year, with `.5` behind it when that follows directly.
fn number_at(
    name: &str,
    tokens: &[Token<'_>],
    at: usize,
    digits: &str,
) -> Option<(VolumeNumber, usize)> {
    if digits.is_empty()
        || digits.len() > 4
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
        || year(digits).is_some()
    {
        return None;
    }
    if let Some(decimal) = tokens.get(at + 1)
        && &name[tokens[at].end()..decimal.start] == "."
        && decimal.text.len() == 1
        && let Ok(number) = format!("{digits}.{}", decimal.text).parse()
    {
        return Some((number, at + 2));
    }
    Some((digits.parse().ok()?, at + 1))
}

/// `à T41`, `- 12`, `& 26`, `, 3`: the rest of a range or a list.
fn continued(
    name: &str,
    tokens: &[Token<'_>],
    first: VolumeNumber,
    mut next: usize,
) -> (VolumeSet, usize) {
    let mut set = VolumeSet::from_iter([first]);
    let mut last = first;
    while let Some(token) = tokens.get(next) {
        let before = next
            .checked_sub(1)
            .map_or("", |before| &name[tokens[before].end()..token.start]);
        let connector = token.is_one_of(&CONNECTORS);
        let at = if connector { next + 1 } else { next };
        let Some(token) = tokens.get(at) else { break };
        let gap = if connector {
            tokens[next].text
        } else {
            before.trim_matches(|letter: char| {
                letter.is_whitespace() || letter == '[' || letter == '('
            })
        };
        let marker_less = token
            .text
            .trim_start_matches(|letter: char| letter.is_alphabetic());
        let word = &token.text[..token.text.len() - marker_less.len()];
        let marked = MARKERS
            .iter()
            .any(|marker| marker.eq_ignore_ascii_case(word));
        if !(word.is_empty() || marked) {
            break;
        }
        let (digits, at) = if marker_less.is_empty() {
            (tokens.get(at + 1).map_or("", |token| token.text), at + 1)
        } else {
            (marker_less, at)
        };
        let Some((number, after)) = number_at(name, tokens, at, digits) else {
            break;
        };
        let range = ["à", "a", "au", "to", "-", "–", "—", "~", ">"]
            .iter()
            .any(|range| gap.eq_ignore_ascii_case(range));
        let list = [",", "&", "+", "et", "and"]
            .iter()
            .any(|list| gap.eq_ignore_ascii_case(list));
        match (range, list, last.as_whole(), number.as_whole()) {
            (true, _, Some(first), Some(end))
                if end > first && set.len() + ((end - first) as usize) < MAX_SET =>
            {
                set.insert_range(first, end)
            }
            (_, true, _, _) if number > last => set.insert(number),
            _ => break,
        }
        (last, next) = (number, after);
    }
    (set, next)
}

/// `(01-42)` and `(T114)` without a marker in front.
fn bracketed(name: &str, tokens: &[Token<'_>]) -> Option<Found> {
    let at = tokens.windows(2).position(|pair| {
        pair[0].depth > 0
            && &name[pair[0].end()..pair[1].start] == "-"
            && [0, 1]
                .iter()
                .all(|&end| number_at(name, pair, end, pair[end].text).is_some())
    })?;
    let (first, next) = number_at(name, tokens, at, tokens[at].text)?;
    let (set, _) = continued(name, tokens, first, next);
    (set.len() > 1).then_some(Found {
        set,
        chapters: false,
        marked: true,
        title_end: tokens[at].start,
    })
}

/// A bare number outside brackets that is not the first word: the last one counts.
fn bare(tokens: &[Token<'_>]) -> Option<Found> {
    let is_number = |token: &Token<'_>| {
        token.depth == 0
            && token.text.len() <= 3
            && token.text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let at = tokens.iter().rposition(is_number).filter(|at| *at > 0)?;
    let number = tokens[at].text.parse().ok()?;
    Some(Found {
        set: VolumeSet::from_iter([number]),
        chapters: false,
        marked: false,
        title_end: tokens[at].start,
    })
}
