//! Series titles: how they are folded for comparison, and whether two name the same series. Pure.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Articles that stand in front of a title, or after it in brackets (`Attaque des Titans (L')`).
const ARTICLES: [&str; 13] = [
    "le", "la", "les", "l", "un", "une", "des", "the", "a", "an", "el", "il", "der",
];

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

/// Without case, accents, punctuation and articles: what two spellings of one title have in common.
pub fn fold(title: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for letter in title.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        let word = words.last_mut().expect("never empty");
        match letter {
            'œ' | 'Œ' => word.push_str("oe"),
            'æ' | 'Æ' => word.push_str("ae"),
            'ß' => word.push_str("ss"),
            '&' => words.extend(["et".to_owned(), String::new()]),
            letter if letter.is_alphanumeric() => word.extend(letter.to_lowercase()),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
        .iter_mut()
        .filter(|word| *word == "and")
        .for_each(|word| *word = "et".to_owned());
    let is_article = |word: &String| ARTICLES.contains(&word.as_str());
    if words.len() > 1 && is_article(&words[0]) {
        words.remove(0);
    }
    if words.len() > 1 && title.trim_end().ends_with(')') && words.last().is_some_and(is_article) {
        words.pop();
    }
    words.join(" ")
}

/// Compares a folded name with the folded title and aliases of a series.
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
    let known = std::iter::once(folded_title).chain(folded_aliases.iter().map(String::as_str));
    if known
        .into_iter()
        .any(|title| same_letters(title, folded_name))
    {
        TitleMatch::Near
    } else {
        TitleMatch::Different
    }
}

/// The same letters, differently spaced: `oshinoko` and `oshi no ko`.
fn same_letters(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| *letter != ' ')
            .collect::<String>()
    };
    !a.is_empty() && letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_title_fold_to_the_same_text() {
        for (a, b) in [
            ("L'Attaque des Titans", "Attaque des Titans (L')"),
            ("Élusive Samurai (The)", "the elusive samurai"),
            ("Cœur & Âme", "coeur et ame"),
            ("Astérix", "ASTERIX"),
            ("Dr. Stone", "dr stone"),
            ("Fire and Blood", "Fire & Blood"),
        ] {
            assert_eq!(fold(a), fold(b));
        }
        assert_eq!(fold("A"), "a");
        assert_eq!(fold("!!"), "");
    }

    #[test]
    fn a_longer_title_is_another_series() {
        let titles = |title: &str, name: &str| same_series(&fold(title), &[], &fold(name));
        assert_eq!(
            titles("Dragon Ball", "Dragon Ball Super"),
            TitleMatch::Different
        );
        assert_eq!(
            titles("Naruto", "Boruto - Naruto Next Generations"),
            TitleMatch::Different
        );
        assert_eq!(
            titles("Tokyo Ghoul", "Tokyo Ghoul:re"),
            TitleMatch::Different
        );
        assert_eq!(titles("Oshi no Ko", "Oshinoko"), TitleMatch::Near);
        assert_eq!(
            same_series(
                &fold("L'Attaque des Titans"),
                &[fold("Shingeki no Kyojin")],
                &fold("Shingeki No Kyojin")
            ),
            TitleMatch::Alias
        );
        assert_eq!(titles("One Piece", "ONE  PIECE"), TitleMatch::Exact);
        assert_eq!(titles("One Piece", ""), TitleMatch::Different);
    }
}
