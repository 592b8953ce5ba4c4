//! What is told, as plain text: for targets that show no more. Pure.

use crate::{domain::telling::Text, ports::Action};

/// The body and the facts, a line each.
pub(super) fn of(text: &Text) -> String {
    let facts = text
        .facts
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    let facts = facts.collect::<Vec<_>>().join("\n");
    paragraphs([text.body.trim(), &facts])
}

/// Links, a line each, for targets that have no buttons.
pub(super) fn links(actions: &[Action]) -> String {
    let links = actions
        .iter()
        .map(|action| format!("{}: {}", action.label, action.url));
    links.collect::<Vec<_>>().join("\n")
}

/// Those that are not empty, with an empty line between them.
pub(super) fn paragraphs<const N: usize>(parts: [&str; N]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// At most so many bytes, cut between characters.
pub(super) fn cut_to_bytes(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_and_says_so() {
        for (text, most, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abc…"),
            ("éééé", 7, "éé…"),
            ("ab cdefg", 6, "ab…"),
        ] {
            let cut = cut_to_bytes(text, most);
            assert_eq!(cut, expected);
            assert!(cut.len() <= most);
        }
    }
}
