//! Other people's words in Discord's markdown: shown as they are, pinging nobody, linking nowhere, and cut to a length. Pure.

/// Put after an `@`, so that it is no mention.
const NOTHING: char = '\u{200b}';

/// One line of at most `most` characters, as they are sent.
pub(super) fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    escaped(&words.join(" "), most)
}

/// Some lines of at most `most` characters, as they are sent.
pub(super) fn lines(text: &str, most: usize) -> String {
    escaped(text.trim(), most)
}

/// A link with words of its own, or none when its address cannot be one.
pub(super) fn link(label: &str, url: &str) -> Option<String> {
    if !["https://", "http://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return None;
    }
    let mut link = format!("[{}](", line(label, 80));
    for character in url.chars() {
        match character {
            // They would end the link, or something in it.
            '(' => link.push_str("%28"),
            ')' => link.push_str("%29"),
            '<' | '>' | '"' | '\\' | '|' | '`' => return None,
            other if other.is_whitespace() || other.is_control() => return None,
            other => link.push(other),
        }
    }
    link.push(')');
    Some(link)
}

/// Cut between characters, never within one that is escaped.
fn escaped(text: &str, most: usize) -> String {
    let mut sent = String::with_capacity(text.len());
    let (mut length, mut cut) = (0, None);
    let mut before = Before::default();
    for character in text.chars().filter(|&character| is_shown(character)) {
        let (first, second) = before.as_sent(character);
        let next = length + 1 + usize::from(second.is_some());
        // Whatever is cut needs a place for the sign that says so.
        if length < most && next >= most && cut.is_none() {
            cut = Some(sent.len());
        }
        if next > most {
            sent.truncate(cut.unwrap_or_default());
            if most > 0 {
                sent.push('…');
            }
            return sent;
        }
        sent.push(first);
        sent.extend(second);
        length = next;
    }
    sent
}

/// Neither a control character nor one of those that reverse, join or hide text.
fn is_shown(character: char) -> bool {
    let hides = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !hides && (character == '\n' || !character.is_control())
}

/// What stands before a character: some mean something only there.
#[derive(Default)]
struct Before {
    /// In this line there was no more than white space.
    is_in_line: bool,
    /// In this line there were digits alone: the number of a list.
    is_number: bool,
    /// A colon: the start of an address.
    is_colon: bool,
}

impl Before {
    fn as_sent(&mut self, character: char) -> (char, Option<char>) {
        let escapes = match character {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' | '>' | '#' => true,
            '-' | '+' => !self.is_in_line,
            '.' | ')' => self.is_number,
            '/' => self.is_colon,
            _ => false,
        };
        self.note(character);
        match character {
            '@' => ('@', Some(NOTHING)),
            _ if escapes => ('\\', Some(character)),
            _ => (character, None),
        }
    }

    fn note(&mut self, character: char) {
        if character == '\n' {
            *self = Self::default();
            return;
        }
        let is_digit = character.is_ascii_digit();
        self.is_number = is_digit && (self.is_number || !self.is_in_line);
        self.is_in_line |= !character.is_whitespace();
        self.is_colon = character == ':';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_mentions_and_addresses_of_others_are_only_text() {
        for (text, expected) in [
            ("Berserk T41", "Berserk T41"),
            (
                "**b** _i_ ~~s~~ `c` ||x||",
                r"\*\*b\*\* \_i\_ \~\~s\~\~ \`c\` \|\|x\|\|",
            ),
            ("[link](http://evil)", r"\[link\](http:\//evil)"),
            (
                "@everyone <@&12> <#3>",
                "@\u{200b}everyone \\<@\u{200b}&12\\> \\<\\#3\\>",
            ),
            ("# head", r"\# head"),
            ("- a - b", r"\- a - b"),
            ("1. one 2. two", r"1\. one 2. two"),
            ("12) x", r"12\) x"),
            ("a\\", r"a\\"),
            ("  two\r\n lines\u{7}", "two lines"),
            ("a\u{202e}b\u{200b}c", "abc"),
            ("", ""),
        ] {
            assert_eq!(line(text, 100), expected, "{text}");
        }
        assert_eq!(lines("a\n- b\n\n3. c\n", 100), "a\n\\- b\n\n3\\. c");
    }

    #[test]
    fn what_is_cut_says_so_and_is_never_longer() {
        for (text, most, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("ab*", 4, r"ab\*"),
            ("ab**", 4, "ab…"),
            ("ab**", 5, r"ab\*…"),
            ("ééé", 2, "é…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
            ("***", 1, "…"),
        ] {
            assert_eq!(line(text, most), expected, "{text} {most}");
        }
    }

    #[test]
    fn a_link_keeps_its_words_and_its_end() {
        for (label, url, expected) in [
            (
                "Approve",
                "https://h/act/x",
                Some("[Approve](https://h/act/x)"),
            ),
            ("a](b", "https://h/(x)", Some(r"[a\](b](https://h/%28x%29)")),
            ("a", "javascript:x", None),
            ("a", "https://h/ x", None),
        ] {
            assert_eq!(link(label, url).as_deref(), expected, "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_never_too_long_and_never_ends_in_half_an_escape(text in "\\PC{0,60}", most in 0usize..50) {
            let sent = line(&text, most);
            proptest::prop_assert!(sent.chars().count() <= most);
            let tail = sent.chars().rev().take_while(|&character| character == '\\').count();
            proptest::prop_assert!(tail.is_multiple_of(2), "{sent}");
        }
    }
}
