//! How sure it is that a folded name means a series, and when a name without a number is its only volume. Pure.

use std::{collections::HashSet, sync::LazyLock};

/// The most letters of a title that is looked at for anything but equality: names come from strangers.
const MAX_LETTERS: usize = 200;

/// The most slips of the pen that are forgiven, in the longest titles.
const MAX_SLIPS: u32 = 2;

/// Numbers of the languages we know, spelt. (Roman ones are digits in a folded title, unless they stand first.)
static NUMBER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "\
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen \
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand first second third fourth fifth sixth \
seventh eighth ninth tenth une deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt \
trente quarante cinquante soixante cent mille premier premiere deuxieme seconde troisieme quatrieme cinquieme sixieme \
septieme huitieme neuvieme dixieme eins zwei drei vier funf sechs sieben acht neun zehn uno dos tres cuatro cinco seis \
siete ocho nueve diez due tre quattro cinque sei sette otto nove dieci"
        .split(' ')
        .collect()
});

/// How sure it is that a name means a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TitleMatch {
    /// Another series.
    Different,
    /// Alike, but a human has to look.
    Near,
    /// The same as an alias of the series.
    Alias,
    /// The same as its title.
    Exact,
}

/// Compares a folded name with the folded title and aliases of a series.
///
/// Near is the same letters differently spaced (`oshinoko`), plurals, and slips of the pen: one in 8 letters or more, two in 14 or
/// more. A word more or less is another series (`Dragon Ball Super`), and so is another number.
/// An empty name is Different from everything, an empty title included.
pub fn same_series(folded_title: &str, folded_aliases: &[String], folded_name: &str) -> TitleMatch {
    if folded_name.is_empty() {
        return TitleMatch::Different;
    }
    if folded_name == folded_title {
        return TitleMatch::Exact;
    }
    if folded_aliases.iter().any(|alias| alias == folded_name) {
        return TitleMatch::Alias;
    }
    let mut known = std::iter::once(folded_title).chain(folded_aliases.iter().map(String::as_str));
    if known.any(|title| near(title, folded_name)) {
        TitleMatch::Near
    } else {
        TitleMatch::Different
    }
}

/// What a name without a volume number says besides its title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlsoSays {
    /// It does name volumes.
    pub volumes: bool,
    /// It names chapters.
    pub chapters: bool,
    /// It is an hors-série, an artbook, a guide…
    pub special: bool,
    /// How many volumes it says that it holds (`Intégrale 9 tomes`); "complete" without a count contradicts nothing.
    pub count: Option<u32>,
}

/// True when a name without a number may be taken as volume 1: the series is known to have just one, the name is its title,
/// and says nothing against it. An unknown total is not 1.
pub fn one_shot(known_total: Option<u32>, title: TitleMatch, says: AlsoSays) -> bool {
    known_total == Some(1)
        && title == TitleMatch::Exact
        && !says.volumes
        && !says.chapters
        && !says.special
        && says.count.is_none_or(|count| count == 1)
}

/// Stops at the first word or letter that cannot be the same, which for most pairs is the first.
fn near(title: &str, name: &str) -> bool {
    // In bytes first: a letter has at most four.
    let short = |text: &str| {
        text.len() <= 4 * MAX_LETTERS
            && (text.len() <= MAX_LETTERS || text.chars().count() <= MAX_LETTERS)
    };
    !title.is_empty()
        && short(title)
        && short(name)
        && (same_letters(title, name) || slips(title, name))
}

/// The same letters, differently spaced: `oshinoko` and `oshi no ko`. Digits stay where they are: 1 2 is not 12.
fn same_letters(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (unspaced(a), unspaced(b));
    let mut digit_before = false;
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some((letter, space)), Some((other, other_space))) if letter == other => {
                let digit = letter.is_numeric();
                if digit && digit_before && space != other_space {
                    return false;
                }
                digit_before = digit;
            }
            _ => return false,
        }
    }
}

/// Each letter, and whether a space stands in front of it.
fn unspaced(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut space = false;
    text.chars().filter_map(move |letter| {
        let before = std::mem::replace(&mut space, letter == ' ');
        (letter != ' ').then_some((letter, before))
    })
}

/// The same words but for plurals and a slip or two.
fn slips(title: &str, name: &str) -> bool {
    // Two slips and a few plurals do not change the length more.
    if title.len().abs_diff(name.len()) > 8 {
        return false;
    }
    let (mut words, mut others) = (title.split(' '), name.split(' '));
    let mut slips = 0;
    loop {
        match (words.next(), others.next()) {
            (None, None) => return slips == 0 || slips <= allowed_slips(title, name),
            (Some(word), Some(other)) if word == other => {}
            (Some(word), Some(other)) => match distance(word, other) {
                Some(more) if slips + more <= MAX_SLIPS && may_slip(word) && may_slip(other) => {
                    slips += more;
                }
                _ => return false,
            },
            _ => return false,
        }
    }
}

fn allowed_slips(title: &str, name: &str) -> u32 {
    let letters = |text: &str| text.chars().filter(|letter| *letter != ' ').count();
    match letters(title).min(letters(name)) {
        0..8 => 0,
        8..14 => 1,
        _ => MAX_SLIPS,
    }
}

/// Words that mean the same with a slip in them: spelt, of three letters or more, and no number. Only in scripts that part words
/// by spaces and have an alphabet; elsewhere one letter can be a word (`超`).
fn may_slip(word: &str) -> bool {
    word.len() >= 3
        && word
            .chars()
            .all(|letter| letter.is_alphabetic() && letter < '\u{590}')
        && !is_number_word(word)
}

fn is_number_word(word: &str) -> bool {
    let roman = word.bytes().all(|letter| b"ivx".contains(&letter));
    roman || NUMBER_WORDS.contains(word)
}

/// How many slips make one word of the other, or nothing above [`MAX_SLIPS`]. A plural is none.
fn distance(a: &str, b: &str) -> Option<u32> {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.strip_suffix('s') == Some(short) {
        return Some(0);
    }
    // In a word of three letters one other letter is another word: `cat` and `bat`. A letter that may slip has two bytes at most.
    let three_letters = a.chars().nth(3).or(b.chars().nth(3)).is_none();
    let too_unlike = long.len() - short.len() > 4 || three_letters;
    (1..=MAX_SLIPS).find(|slips| !too_unlike && within(a, b, *slips))
}

/// True when at most so many letters are other, missing, too many, or swapped with the next. Linear, as `slips` is at most [`MAX_SLIPS`].
fn within(a: &str, b: &str, slips: u32) -> bool {
    let (mut letters, mut others) = (a.chars(), b.chars());
    loop {
        let (here, there) = (letters.as_str(), others.as_str());
        let (letter, other) = (letters.next(), others.next());
        if letter.is_none() && other.is_none() {
            return true;
        }
        if letter == other {
            continue;
        }
        if slips == 0 {
            return false;
        }
        let (rest, other_rest) = (letters.as_str(), others.as_str());
        let left = slips - 1;
        let swapped = letters.next() == other && others.next() == letter;
        return within(rest, other_rest, left)
            || letter.is_some() && within(rest, there, left)
            || other.is_some() && within(here, other_rest, left)
            || swapped && within(letters.as_str(), others.as_str(), left);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fold, *};

    fn compare(title: &str, name: &str) -> TitleMatch {
        same_series(&fold(title), &[], &fold(name))
    }

    #[test]
    fn a_word_or_a_number_more_is_another_series() {
        for (title, name) in [
            ("Dragon Ball", "Dragon Ball Super"),
            ("Dragon Ball Z", "Dragon Ball S"),
            ("Naruto", "Boruto - Naruto Next Generations"),
            ("Tokyo Ghoul", "Tokyo Ghoul:re"),
            ("Les Légendaires", "Les Légendaires - Origines"),
            ("Eden", "Edens Zero"),
            ("20th Century Boys", "21st Century Boys"),
            ("Gantz", "Gantz:G"),
            ("Gantz", "Gantz/Minus"),
            ("Blade of the Immortal", "L'habitant de l'infini"),
            ("Final Fantasy VII", "Final Fantasy VIII"),
            ("Final Fantasy X", "Final Fantasy V"),
            ("Les Sept Frères Corbeaux", "Les Cent Frères Corbeaux"),
            ("Seven Deadly Sins", "Sevens Deadly Sins"),
            ("Area 51", "Area 52"),
            ("Ranma 1/2", "Ranma 12"),
            ("Black Cat Stories", "Black Bat Stories"),
            ("Кот на крыше", "Кит на крыше"),
            ("Bleach", "Beach"),
            ("ドラゴンボールエヴォ", "ドラゴンボールエヴォZ"),
            ("新世紀エヴァンゲリオン一", "新世紀エヴァンゲリオン二"),
            ("One Piece", ""),
            ("!!", "!!"),
            ("!!", "??"),
        ] {
            assert_eq!(
                compare(title, name),
                TitleMatch::Different,
                "{title} / {name}"
            );
            assert_eq!(
                compare(name, title),
                TitleMatch::Different,
                "{name} / {title}"
            );
        }
    }

    #[test]
    fn spaces_plurals_and_slips_are_for_a_human() {
        for (title, name) in [
            ("Oshi no Ko", "Oshinoko"),
            ("L'Attaque des Titans", "Attaques des titans"),
            ("Monster", "Monsters"),
            ("Fullmetal Alchemist", "Full Metal Alchemist"),
            ("Fullmetal Alchemist", "Fulmetal Alchimist"),
            ("Fairy Tail", "Fairy Tial"),
            ("Berserker", "Bersereker"),
            ("Hunter x Hunter", "HunterxHunter"),
            ("Невозможный", "Невозможнй"),
            ("Les jojs du lac profond", "Les ӽos du lac profond"),
        ] {
            assert_eq!(compare(title, name), TitleMatch::Near, "{title} / {name}");
            assert_eq!(compare(name, title), TitleMatch::Near, "{name} / {title}");
        }
    }

    #[test]
    fn the_title_counts_more_than_an_alias_and_an_alias_more_than_likeness() {
        let aliases = [fold("Shingeki no Kyojin"), fold("Attaques des Titans")];
        for (name, expected) in [
            ("Attaque des Titans (L')", TitleMatch::Exact),
            ("Shingeki No Kyojin", TitleMatch::Alias),
            ("Attaques des titans", TitleMatch::Alias),
            ("Shingeki no Kyojins", TitleMatch::Near),
            ("Shingeki", TitleMatch::Different),
        ] {
            let found = same_series(&fold("L'Attaque des Titans"), &aliases, &fold(name));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_very_long_name_is_only_compared_for_equality() {
        let long = "a".repeat(MAX_LETTERS + 1);
        assert_eq!(same_series(&long, &[], &long), TitleMatch::Exact);
        assert_eq!(
            same_series(&long, &[], &format!("{long}s")),
            TitleMatch::Different
        );
    }

    #[test]
    fn a_name_without_a_number_is_volume_1_only_when_nothing_speaks_against_it() {
        let nothing = AlsoSays::default();
        for (total, title, says, expected) in [
            (Some(1), TitleMatch::Exact, nothing, true),
            (
                Some(1),
                TitleMatch::Exact,
                AlsoSays {
                    count: Some(1),
                    ..nothing
                },
                true,
            ),
            (None, TitleMatch::Exact, nothing, false),
            (Some(2), TitleMatch::Exact, nothing, false),
            (Some(1), TitleMatch::Alias, nothing, false),
            (Some(1), TitleMatch::Near, nothing, false),
            (
                Some(1),
                TitleMatch::Exact,
                AlsoSays {
                    volumes: true,
                    ..nothing
                },
                false,
            ),
            (
                Some(1),
                TitleMatch::Exact,
                AlsoSays {
                    chapters: true,
                    ..nothing
                },
                false,
            ),
            (
                Some(1),
                TitleMatch::Exact,
                AlsoSays {
                    special: true,
                    ..nothing
                },
                false,
            ),
            (
                Some(1),
                TitleMatch::Exact,
                AlsoSays {
                    count: Some(9),
                    ..nothing
                },
                false,
            ),
        ] {
            assert_eq!(
                one_shot(total, title, says),
                expected,
                "{total:?} {title:?} {says:?}"
            );
        }
    }
}
