//! Stage 3: the terms that a source is asked for. Pure.

use std::{cmp::Reverse, collections::HashMap};

use super::{release::Kind, series::Series, volume::VolumeNumber};

/// At most this many names of a series are asked for; all of them are used to recognise it.
pub const MOST_NAMES: usize = 2;

/// At most this many volumes are asked for one by one when the answers to the title were cut off.
pub const MOST_REFINEMENTS: usize = 3;

const ARTICLES: [&str; 7] = ["le", "la", "les", "l", "the", "un", "une"];

/// The title, and at most one alias that differs from it: the one by which most was found so far, with `found` the accepted offers of
/// each term. After every search in a row that found nothing it is the next one's turn, or an alias that was never asked for could not
/// show what it is worth.
pub fn terms(series: &Series, found: &HashMap<String, i64>, fruitless: i64) -> Vec<String> {
    let title = clean(&series.title);
    let mut aliases: Vec<String> = Vec::new();
    for alias in &series.aliases {
        let term = clean(alias);
        let known = |known: &String| known.to_lowercase() == term.to_lowercase();
        if !term.is_empty() && !known(&title) && !aliases.iter().any(known) {
            aliases.push(term);
        }
    }
    aliases.sort_by_key(|term| Reverse(found.get(term).copied().unwrap_or(0)));
    if let Some(turn) = usize::try_from(fruitless)
        .unwrap_or(0)
        .checked_rem(aliases.len())
    {
        aliases.rotate_left(turn);
    }
    std::iter::once(title)
        .filter(|title| !title.is_empty())
        .chain(aliases)
        .take(MOST_NAMES)
        .collect()
}

/// For results that were cut off: the title with one missing volume, lowest first.
pub fn refined(series: &Series, missing: &[VolumeNumber]) -> Vec<String> {
    let title = clean(&series.title);
    let marked = |volume: &VolumeNumber| match (series.kind, volume.as_whole()) {
        (Kind::Comics | Kind::Chapters, Some(whole)) => format!("{title} {whole:03}"),
        (_, Some(whole)) => format!("{title} T{whole:02}"),
        (_, None) => format!("{title} T{volume}"),
    };
    missing.iter().take(MOST_REFINEMENTS).map(marked).collect()
}

/// Words only, without the article in front: sources match words, and `L'` is a word of its own for some and not for others.
fn clean(title: &str) -> String {
    let words: Vec<&str> = title
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let article = words.len() > 1 && ARTICLES.contains(&words[0].to_lowercase().as_str());
    words[usize::from(article)..].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(title: &str, aliases: &[&str], kind: Kind) -> Series {
        Series {
            id: 1,
            title: title.into(),
            aliases: aliases.iter().map(ToString::to_string).collect(),
            not_aliases: Vec::new(),
            language: "fr".into(),
            kind,
            monitored: true,
            auto_send: true,
            wanted_from: None,
            wanted_to: None,
            ignored: "".parse().expect("a set"),
            total: None,
            stated_total: None,
            announced: None,
            specials: <_>::default(),
            sources: Vec::new(),
            edition: <_>::default(),
            editions: <_>::default(),
            profile: None,
        }
    }

    #[test]
    fn at_most_two_names_are_asked_for() {
        let titans = series(
            "L'Attaque des Titans",
            &[
                "l’attaque des titans",
                "Shingeki no Kyojin",
                "Attack on Titan",
            ],
            Kind::Manga,
        );
        let terms = |series: &Series| terms(series, &HashMap::new(), 0);
        assert_eq!(terms(&titans), ["Attaque des Titans", "Shingeki no Kyojin"]);
        assert_eq!(terms(&series("!!", &[], Kind::Manga)), Vec::<String>::new());
        assert_eq!(terms(&series("Dr. Stone", &[], Kind::Manga)), ["Dr Stone"]);
        assert_eq!(terms(&series("L", &[], Kind::Manga)), ["L"]);
    }

    #[test]
    fn the_alias_that_found_most_is_asked_for_and_after_vain_searches_the_next_one() {
        let titans = series(
            "L'Attaque des Titans",
            &["SnK", "Shingeki no Kyojin", "Attack on Titan"],
            Kind::Manga,
        );
        let nothing = HashMap::new();
        let some = HashMap::from([
            ("Attack on Titan".to_owned(), 2),
            ("Shingeki no Kyojin".to_owned(), 7),
            ("Attaque des Titans".to_owned(), 90),
        ]);
        for (found, fruitless, second) in [
            (&nothing, 0, "SnK"),
            (&nothing, 1, "Shingeki no Kyojin"),
            (&nothing, 2, "Attack on Titan"),
            (&nothing, 3, "SnK"),
            (&some, 0, "Shingeki no Kyojin"),
            (&some, 1, "Attack on Titan"),
            (&some, 2, "SnK"),
            (&some, 3, "Shingeki no Kyojin"),
        ] {
            let terms = terms(&titans, found, fruitless);
            assert_eq!(terms, ["Attaque des Titans", second], "{fruitless}");
        }
    }

    #[test]
    fn refinements_name_a_volume_as_releases_do() {
        let volumes: Vec<VolumeNumber> = ["3", "4", "12", "13"]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect();
        assert_eq!(
            refined(&series("Naruto", &[], Kind::Manga), &volumes),
            ["Naruto T03", "Naruto T04", "Naruto T12"]
        );
        assert_eq!(
            refined(&series("Saga", &[], Kind::Comics), &volumes[..1]),
            ["Saga 003"]
        );
    }
}
