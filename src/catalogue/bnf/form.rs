//! Whether a book is comics, as its record says. Pure.

use super::record::Record;
use crate::domain::{release::Kind, title};

/// What a book is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Bande dessinée, manga among them.
    Comics,
    /// A novel, or another book to be read.
    Text,
}

/// Places of field 105 `$a` in which the form of the contents stands, `t` for comics.
const CONTENTS: std::ops::Range<usize> = 4..8;

/// Its place in which the literary form stands: a letter for fiction, drama, essays… Comics have it too.
const LITERARY: usize = 11;

/// Reads it; none when the record does not say.
pub fn of(record: &Record) -> Option<Form> {
    let coded: Vec<char> = record.get("105", 'a').unwrap_or_default().chars().collect();
    let contents = coded.get(CONTENTS).unwrap_or_default();
    let dewey = record.all("676", 'a').chain(record.all("686", 'a'));
    if contents.contains(&'t') || dewey.into_iter().any(|class| class.starts_with("741.5")) {
        return Some(Form::Comics);
    }
    let literary = coded.get(LITERARY).is_some_and(char::is_ascii_lowercase);
    let subtitles = record.all("200", 'e').map(title::fold);
    let is_novel = |subtitle: String| {
        let mut words = subtitle.split(' ');
        words.any(|word| word == "roman") && !words.any(|word| word == "graphique")
    };
    (literary || subtitles.into_iter().any(is_novel)).then_some(Form::Text)
}

/// What comics of this original language (ISO 639-2) are. US comics are albums in French, numbered as such and not as their issues.
pub fn kind(original: Option<&str>) -> Kind {
    match original {
        Some("jpn" | "kor" | "chi") => Kind::Manga,
        _ => Kind::Bd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::bnf::record::made_of;

    #[test]
    fn a_record_says_whether_it_is_comics() {
        for (lines, expected) in [
            ("105 $a||||t   00|a|", Some(Form::Comics)),
            ("105 $a||||z   00|a|", Some(Form::Text)),
            ("105 $a||||z   00|||", None),
            ("105 $a||||z   00|a|\n676 $a741.59", Some(Form::Comics)),
            ("200 $aX$eroman graphique", None),
            ("200 $aX$eroman", Some(Form::Text)),
            ("105 $aé", None),
            ("200 $aX", None),
        ] {
            let records = made_of(&[lines]);
            assert_eq!(of(&records[0]), expected, "{lines}");
        }
        assert_eq!(kind(Some("jpn")), Kind::Manga);
        assert_eq!(kind(Some("eng")), Kind::Bd);
        assert_eq!(kind(None), Kind::Bd);
    }
}
