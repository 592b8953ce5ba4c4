//! Pairs of series that may be one, each with its reasons. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    edition::Edition,
    identity::Identity,
    release::Kind,
    title::{MOST_OTHER_LETTERS, TitleMatch, blocks, letters, same_series},
};

/// A name, an id or a file that more series than this have in common says nothing of any two of them.
const MOST_TOGETHER: usize = 300;

/// A series, as far as its likeness to others is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Our own number for it.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// ISO 639-1.
    pub language: String,
    /// What its numbers count.
    pub kind: Kind,
    /// The edition that is collected.
    pub edition: Edition,
    /// Its title and its aliases, folded; the title first.
    pub names: Vec<String>,
    /// What catalogues know it as.
    pub identities: Vec<Identity>,
    /// How many files it has.
    pub files: usize,
}

/// A file of a series of which another file has the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its series.
    pub series: i64,
    /// Its name, without folders.
    pub name: String,
    /// Bytes.
    pub size: i64,
}

/// Why two series may be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// A catalogue knows both as one; they may differ in their edition.
    Catalogue {
        identity: Identity,
        editions: Option<(String, String)>,
    },
    /// So many of the files of the one that has fewer are the other's too, by name and size.
    Files { common: usize, of: usize },
    /// Both are called so; folded.
    Name(String),
    /// Their names are spelt nearly the same; folded.
    Spelling(String, String),
}

impl Likeness {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Catalogue { .. } => "catalogue",
            Self::Files { .. } => "files",
            Self::Name(_) => "name",
            Self::Spelling(..) => "spelling",
        }
    }

    /// A sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Catalogue {
                identity,
                editions: None,
            } => format!("both are {}", identity.url()),
            Self::Catalogue {
                identity,
                editions: Some((one, other)),
            } => format!(
                "both are {}, one in the edition {one}, the other in {other}",
                identity.url()
            ),
            Self::Files { common, of } => {
                format!("{common} of {of} files have the same names and sizes in both")
            }
            Self::Name(name) => format!("both are called '{name}'"),
            Self::Spelling(one, other) => {
                format!("'{one}' and '{other}' are spelt nearly the same")
            }
        }
    }
}

/// Two series that may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The older one.
    pub first: i64,
    /// The other.
    pub second: i64,
    /// Why; the strongest first.
    pub reasons: Vec<Likeness>,
}

type Pairs = BTreeMap<(usize, usize), Vec<Likeness>>;

/// The pairs among these of one language that count the same, but for those of which the user says that they are two (the lower number
/// first): those with the strongest reason first, then by title. `all` is in the order of their numbers.
pub fn suggestions(
    all: &[Candidate],
    files: &[File],
    apart: &HashSet<(i64, i64)>,
) -> Vec<Suggestion> {
    let mut pairs = Pairs::new();
    by_catalogue(all, &mut pairs);
    by_files(all, files, &mut pairs);
    by_name(all, &mut pairs);
    by_spelling(all, &mut pairs);
    let mut found: Vec<(Likeness, &str, Suggestion)> = Vec::new();
    for ((one, other), mut reasons) in pairs {
        let (first, second) = (all[one].id, all[other].id);
        if apart.contains(&(first, second)) {
            continue;
        }
        reasons.sort_unstable();
        let suggestion = Suggestion {
            first,
            second,
            reasons,
        };
        found.push((
            suggestion.reasons[0].clone(),
            &all[one].names[0],
            suggestion,
        ));
    }
    let rank = |(reason, title, suggestion): &(Likeness, &str, Suggestion)| {
        let strength = ["catalogue", "files", "name", "spelling"];
        let strength = strength.iter().position(|code| *code == reason.code());
        (
            strength,
            (*title).to_owned(),
            suggestion.first,
            suggestion.second,
        )
    };
    found.sort_by_cached_key(rank);
    found
        .into_iter()
        .map(|(_, _, suggestion)| suggestion)
        .collect()
}

fn may_be_one(one: &Candidate, other: &Candidate) -> bool {
    one.language == other.language && one.kind.counts_like(other.kind)
}

/// Each pair of places of a list, unless it is too long to say anything.
fn each_pair(places: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let places = if places.len() > MOST_TOGETHER {
        &[]
    } else {
        places
    };
    let pairs = move |(at, one): (usize, &usize)| {
        let one = *one;
        places[at + 1..]
            .iter()
            .map(move |other| (one.min(*other), one.max(*other)))
    };
    places.iter().enumerate().flat_map(pairs)
}

fn by_catalogue(all: &[Candidate], pairs: &mut Pairs) {
    let mut known: HashMap<&Identity, Vec<usize>> = HashMap::new();
    for (at, candidate) in all.iter().enumerate() {
        for identity in &candidate.identities {
            known.entry(identity).or_default().push(at);
        }
    }
    for (identity, places) in known {
        for (one, other) in each_pair(&places) {
            let (a, b) = (&all[one], &all[other]);
            if one != other && may_be_one(a, b) {
                let words = || (a.edition.word().into_owned(), b.edition.word().into_owned());
                pairs
                    .entry((one, other))
                    .or_default()
                    .push(Likeness::Catalogue {
                        identity: identity.clone(),
                        editions: (a.edition != b.edition).then(words),
                    });
            }
        }
    }
}

fn by_files(all: &[Candidate], files: &[File], pairs: &mut Pairs) {
    let place: HashMap<i64, usize> = all
        .iter()
        .enumerate()
        .map(|(at, one)| (one.id, at))
        .collect();
    let mut same: HashMap<(&str, i64), Vec<usize>> = HashMap::new();
    for file in files {
        if let Some(at) = place.get(&file.series) {
            let places = same.entry((&file.name, file.size)).or_default();
            if !places.contains(at) && places.len() <= MOST_TOGETHER {
                places.push(*at);
            }
        }
    }
    let mut common: HashMap<(usize, usize), usize> = HashMap::new();
    for places in same.values() {
        for pair in each_pair(places) {
            *common.entry(pair).or_default() += 1;
        }
    }
    for ((one, other), common) in common {
        let of = all[one].files.min(all[other].files);
        if may_be_one(&all[one], &all[other]) && 2 * common >= of {
            let reason = Likeness::Files { common, of };
            pairs.entry((one, other)).or_default().push(reason);
        }
    }
}

fn by_name(all: &[Candidate], pairs: &mut Pairs) {
    let mut called: HashMap<(&str, Edition), Vec<usize>> = HashMap::new();
    for (at, candidate) in all.iter().enumerate() {
        for name in candidate.names.iter().filter(|name| !name.is_empty()) {
            called
                .entry((name, candidate.edition))
                .or_default()
                .push(at);
        }
    }
    for ((name, _), places) in called {
        for (one, other) in each_pair(&places) {
            if one != other && may_be_one(&all[one], &all[other]) {
                let reason = Likeness::Name(name.to_owned());
                pairs.entry((one, other)).or_default().push(reason);
            }
        }
    }
}

fn by_spelling(all: &[Candidate], pairs: &mut Pairs) {
    let mut names: Vec<(usize, &str, u64)> = Vec::new();
    let mut in_blocks: Vec<(u64, usize)> = Vec::new();
    for (at, candidate) in all.iter().enumerate() {
        for name in &candidate.names {
            in_blocks.extend(blocks(name).into_iter().map(|block| (block, names.len())));
            names.push((at, name, letters(name)));
        }
    }
    in_blocks.sort_unstable();
    let mut alike = BTreeSet::new();
    for block in in_blocks.chunk_by(|a, b| a.0 == b.0) {
        let places: Vec<usize> = block.iter().map(|(_, name)| *name).collect();
        for (one, other) in each_pair(&places) {
            let ((one_of, _, letters), (other_of, _, others)) = (names[one], names[other]);
            let have_other_letters = (letters ^ others).count_ones() > MOST_OTHER_LETTERS;
            let (a, b) = (&all[one_of], &all[other_of]);
            if !have_other_letters
                && one_of != other_of
                && a.edition == b.edition
                && may_be_one(a, b)
            {
                alike.insert((one, other));
            }
        }
    }
    for (one, other) in alike {
        let ((one, name, _), (other, other_name, _)) = (names[one], names[other]);
        if same_series(name, &[], other_name) == TitleMatch::Near {
            let reason = Likeness::Spelling(name.to_owned(), other_name.to_owned());
            pairs.entry((one, other)).or_default().push(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::title::fold, *};

    fn candidate(id: i64, names: &[&str]) -> Candidate {
        Candidate {
            id,
            title: names[0].into(),
            language: "fr".into(),
            kind: Kind::Manga,
            edition: Edition::Standard,
            names: names.iter().map(|name| fold(name)).collect(),
            identities: Vec::new(),
            files: 4,
        }
    }

    fn file(series: i64, name: &str, size: i64) -> File {
        File {
            series,
            name: name.into(),
            size,
        }
    }

    fn found(all: &[Candidate], files: &[File]) -> Vec<(i64, i64, Vec<String>)> {
        let found = suggestions(all, files, &HashSet::new());
        let sentences = |one: &Suggestion| one.reasons.iter().map(Likeness::sentence).collect();
        let line = |one: &Suggestion| (one.first, one.second, sentences(one));
        found.iter().map(line).collect()
    }

    #[test]
    fn each_kind_of_likeness_is_found_and_the_strongest_comes_first() {
        let anilist = Identity::from_url("https://anilist.co/manga/21").expect("an identity");
        let mut all = vec![
            candidate(1, &["Fullmetal Alchemist"]),
            candidate(2, &["Fulmetal Alchimist"]),
            candidate(3, &["L'Attaque des Titans", "Shingeki no Kyojin"]),
            candidate(4, &["Shingeki no Kyojin"]),
            candidate(5, &["Dragon Ball"]),
            candidate(6, &["Dragon Ball"]),
            candidate(7, &["Berserk"]),
            candidate(8, &["Berserk de Miura"]),
            candidate(9, &["Dragon Ball Super"]),
        ];
        all[5].edition = Edition::Perfect;
        all[4].identities.push(anilist.clone());
        all[5].identities.push(anilist);
        all[7].files = 3;
        let files = [
            file(7, "T01.cbz", 10),
            file(8, "T01.cbz", 10),
            file(7, "T02.cbz", 20),
            file(8, "T02.cbz", 20),
            file(1, "T02.cbz", 20),
            file(5, "T09.cbz", 10),
        ];
        let both = "both are https://anilist.co/manga/21, one in the edition standard, the other in perfect";
        let expected = [
            (5, 6, both),
            (7, 8, "2 of 3 files have the same names and sizes in both"),
            (3, 4, "both are called 'shingeki no kyojin'"),
            (
                1,
                2,
                "'fullmetal alchemist' and 'fulmetal alchimist' are spelt nearly the same",
            ),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(one, other, why)| (one, other, vec![why.to_owned()]))
            .collect();
        assert_eq!(found(&all, &files), expected);
        let apart = HashSet::from([(5, 6), (7, 8), (3, 4)]);
        assert_eq!(suggestions(&all, &files, &apart).len(), 1);
    }

    #[test]
    fn other_languages_chapters_and_editions_are_other_series() {
        let alike = ["Fullmetal Alchemist", "FMA"];
        let one = candidate(1, &alike);
        for (change, expected) in [
            ((|_| ()) as fn(&mut Candidate), 1),
            (|other| other.language = "en".into(), 0),
            (|other| other.kind = Kind::Chapters, 0),
            (|other| other.kind = Kind::Auto, 1),
            (|other| other.edition = Edition::Perfect, 0),
        ] {
            let mut other = candidate(2, &["Fulmetal Alchemist", "FMA"]);
            change(&mut other);
            assert_eq!(
                found(&[one.clone(), other.clone()], &[]).len(),
                expected,
                "{other:?}"
            );
        }
    }

    #[test]
    fn what_very_many_have_in_common_says_nothing() {
        let all: Vec<Candidate> = (1..=400)
            .map(|id| candidate(id, &[&format!("Serie {id}"), "Collection"]))
            .collect();
        let files: Vec<File> = (1..=400).map(|id| file(id, "T01.cbz", 10)).collect();
        assert_eq!(found(&all, &files), []);
    }
}
