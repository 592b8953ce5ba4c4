//! Text that may stand in a file name: on every file system, behind a file server, and where the folder library looks. Pure.

use unicode_normalization::UnicodeNormalization;

/// The most bytes of a name, on every common file system.
pub const LONGEST: usize = 255;

/// Names of devices on Windows, with any extension. `COM1` to `COM9` and `LPT1` to `LPT9` come on top.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A value as part of a name: composed, and without what separates paths, controls a terminal, or is forbidden on Windows and on its
/// network shares.
pub fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut letters = text
        .nfc()
        .filter(|letter| !is_invisible(*letter))
        .peekable();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' if letters.peek().is_none_or(|next| next.is_whitespace()) => {
                // `Berserk: Deluxe` becomes `Berserk - Deluxe`.
                if !safe.ends_with(' ') {
                    safe.push(' ');
                }
                '-'
            }
            '/' | '\\' | '|' | ':' => '-',
            '"' => '\'',
            '*' | '?' | '<' | '>' => ' ',
            letter if letter.is_control() || letter.is_whitespace() => ' ',
            letter => letter,
        };
        if letter != ' ' || !safe.ends_with(' ') {
            safe.push(letter);
        }
    }
    safe.trim_matches(' ').to_owned()
}

/// Marks without width, which make two names look like one, or turn the order of the letters. The joiners of Indic and Persian
/// words are none of them.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A whole name of safe text: neither hidden nor a device, and without an end that Windows cuts off. Empty when nothing is left.
pub fn whole(name: &str) -> String {
    let hidden = |letter: char| matches!(letter, '.' | ' ' | '~');
    let name = name.trim_start_matches(hidden).trim_end_matches(['.', ' ']);
    if is_device(name) {
        return format!("_{name}");
    }
    name.to_owned()
}

fn is_device(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end();
    let base = base.to_lowercase();
    let port = |port| {
        let number = base.strip_prefix(port).unwrap_or_default();
        // Superscript digits count as well.
        let mut digits = number.chars();
        digits
            .next()
            .is_some_and(|digit| "0123456789¹²³".contains(digit))
            && digits.next().is_none()
    };
    DEVICES.contains(&base.as_str()) || port("com") || port("lpt")
}

/// The front of a text that has at most so many bytes.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_somewhere_is_written_otherwise() {
        for (given, expected) in [
            ("Fate/stay night", "Fate-stay night"),
            ("Re:Zero", "Re-Zero"),
            ("Berserk: Deluxe", "Berserk - Deluxe"),
            ("What?", "What"),
            ("M*A*S*H", "M A S H"),
            ("a\tb\nc\u{7}d", "a b c d"),
            ("«Le» \"duel\"", "«Le» 'duel'"),
            ("E\u{301}lodie", "\u{c9}lodie"),
            ("abc\u{202e}zbc.", "abczbc."),
            ("..\\..\\etc", "..-..-etc"),
            ("  a  b  ", "a b"),
        ] {
            assert_eq!(text(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_whole_name_is_seen_and_is_no_device() {
        for (given, expected) in [
            (".hack", "hack"),
            ("..", ""),
            ("~$a", "$a"),
            ("Naruto...", "Naruto"),
            ("Dr. Stone", "Dr. Stone"),
            ("con", "_con"),
            ("CON.T01", "_CON.T01"),
            ("Con T01", "Con T01"),
            ("com7", "_com7"),
            ("LPT¹", "_LPT¹"),
            ("com10", "com10"),
            ("Aux", "_Aux"),
            ("Auxilia", "Auxilia"),
        ] {
            assert_eq!(whole(given), expected, "{given}");
        }
    }
}
