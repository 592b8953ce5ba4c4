//! Questions in CQL, the language of SRU. The indexes are those of the explain answer of catalogue.bnf.fr/api/SRU. Pure.

use super::isbn;

/// Words of a title at most.
const MOST_WORDS: usize = 12;

/// The longest title that is asked for, in characters.
const LONGEST: usize = 200;

/// Printed books whose titles, that of the series among them, have all these words; none for a title without a letter.
pub fn of_title(title: &str) -> Option<String> {
    // What ends a string, escapes, or stands for others in it; words alone are compared.
    let plain = |letter: char| match letter {
        '"' | '\\' | '*' | '?' | '^' | '<' | '>' | '=' | '/' | '(' | ')' => ' ',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    let plain: String = title.chars().take(LONGEST).map(plain).collect();
    let words: Vec<&str> = plain
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .collect();
    let words = words.join(" ");
    (!words.is_empty()).then(|| format!(r#"bib.title all "{words}" and bib.doctype any "a""#))
}

/// The book with this ISBN of thirteen digits, in both of its forms.
pub fn of_isbn(thirteen: &str) -> String {
    match isbn::ten(thirteen) {
        Some(ten) => format!(r#"bib.isbn any "{thirteen} {ten}""#),
        None => format!(r#"bib.isbn any "{thirteen}""#),
    }
}

/// The record with this name.
pub fn of_ark(name: &str) -> Option<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && name.starts_with("cb"))
        .then(|| format!(r#"bib.persistentid any "ark:/12148/{name}""#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_its_string() {
        for (title, words) in [
            ("One piece", Some("One piece")),
            ("L'attaque des titans", Some("L'attaque des titans")),
            (r#"x" or bib.title any "y"#, Some("x or bib.title any y")),
            (r"a\", Some("a")),
            ("Q.E.D. : ?*", Some("Q.E.D.")),
            ("!!!", None),
            ("", None),
        ] {
            let query =
                words.map(|words| format!(r#"bib.title all "{words}" and bib.doctype any "a""#));
            assert_eq!(of_title(title), query, "{title}");
        }
        assert!(of_title(&"mot ".repeat(1_000)).expect("a query").len() < 200);
    }

    #[test]
    fn books_and_records_are_asked_for_by_their_names() {
        assert_eq!(
            of_isbn("9782723488525"),
            r#"bib.isbn any "9782723488525 2723488527""#
        );
        assert_eq!(of_isbn("9791032700000"), r#"bib.isbn any "9791032700000""#);
        assert_eq!(
            of_ark("cb43636708p").as_deref(),
            Some(r#"bib.persistentid any "ark:/12148/cb43636708p""#)
        );
        assert_eq!(of_ark("cb\" or"), None);
        assert_eq!(of_ark("13"), None);
    }
}
