//! Web pages of others: the selectors with which they are read, and the bounds of a page before it is made a tree, since a few bytes of
//! tags can make a tree that takes for ever. Pure.

use std::sync::LazyLock;

use regex::Regex;

/// Tags of one page at most.
const MOST_TAGS: usize = 60_000;
/// Elements within each other at most.
const DEEPEST: usize = 512;
/// Elements that the tags of one page may make at most: each open mark of text is repeated in every paragraph.
const MOST_ELEMENTS: usize = 1_000_000;
/// Elements without content.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Elements whose end may be left out, so that many a page never ends them; the next of them ends it.
const ENDLESS: [&str; 13] = [
    "p", "li", "td", "tr", "th", "tbody", "thead", "tfoot", "option", "optgroup", "dt", "dd",
    "colgroup",
];
/// Marks of text: one that is open goes on in the next paragraph.
const MARKS: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements whose content is text.
const TEXT: [&str; 4] = ["script", "style", "textarea", "title"];
/// Elements of a drawing; there, and only there, `<path/>` has ended.
const DRAWN: [&str; 11] = [
    "svg", "g", "path", "circle", "rect", "line", "polygon", "polyline", "ellipse", "use", "defs",
];

static CLOSES_ITSELF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^[A-Za-z]+(?:\s+[\w:.-]+=(?:"[^"<>]*"|'[^'<>]*'))*\s*/$"#).expect("a pattern")
});

/// Selectors by name, each read once.
macro_rules! selectors {
    ($($name:ident = $css:literal;)*) => {
        $(static $name: std::sync::LazyLock<scraper::Selector> =
            std::sync::LazyLock::new(|| scraper::Selector::parse($css).expect("a selector"));)*
    };
}
pub(crate) use selectors;

/// Whether its tags make a tree that takes no more than a moment. A rough count: pages that people read are far below.
pub(crate) fn are_kept(html: &str) -> bool {
    let (mut tags, mut depth, mut most_marks) = (0usize, 0usize, 0usize);
    let mut marks = [0usize; MARKS.len()];
    let mut in_drawing = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end..]);
            continue;
        }
        let (ends, from) = match rest.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, rest),
        };
        let length = from
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count()
            .min(16);
        let name = from[..length].to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        tags += 1;
        let is_drawn = DRAWN.contains(&name.as_str())
            && from[length..].starts_with([' ', '\t', '\n', '\r', '/', '>']);
        let closes = is_drawn && !ends && closes_itself(from);
        let has_ended = in_drawing && closes;
        in_drawing = is_drawn
            && match name.as_str() {
                "svg" => !ends && !closes,
                _ => in_drawing,
            };
        if VOID.contains(&name.as_str()) || has_ended {
            if tags > MOST_TAGS {
                return false;
            }
            continue;
        }
        let mark = MARKS.iter().position(|known| *known == name);
        let step = |count: &mut usize| {
            *count = if ends {
                count.saturating_sub(1)
            } else {
                *count + 1
            }
        };
        if let Some(mark) = mark {
            step(&mut marks[mark]);
            most_marks = most_marks.max(marks.iter().sum());
        }
        if !ENDLESS.contains(&name.as_str()) {
            step(&mut depth);
        }
        if depth > DEEPEST || tags > MOST_TAGS || tags * (1 + most_marks) > MOST_ELEMENTS {
            return false;
        }
        if !ends && TEXT.contains(&name.as_str()) {
            let end = format!("</{name}");
            rest = find_ignoring_case(from, &end).map_or("", |at| &from[at..]);
        }
    }
    true
}

/// The tag is written `<path/>`, and so plainly that nothing of it can mean something else.
fn closes_itself(from: &str) -> bool {
    let tag = from.split_once('>').map(|(tag, _)| tag);
    tag.is_some_and(|tag| CLOSES_ITSELF.is_match(tag))
}

fn find_ignoring_case(text: &str, part: &str) -> Option<usize> {
    let is_part = |window: &[u8]| window.eq_ignore_ascii_case(part.as_bytes());
    text.as_bytes().windows(part.len()).position(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_would_take_for_ever_is_refused() {
        let marks: String = (0..400).map(|at| format!("<b id={at}>")).collect();
        for html in [
            "<div>".repeat(100_000),
            "<br>".repeat(MOST_TAGS + 1),
            "<path/>".repeat(DEEPEST + 1),
            format!("<svg><p>{}", "<path/>".repeat(DEEPEST + 1)),
            format!("<svg/>{}", "<path/>".repeat(DEEPEST + 1)),
            format!("<svg-x>{}", "<path/>".repeat(DEEPEST + 1)),
            format!("<svg>{}", "<path d=a/>".repeat(DEEPEST + 1)),
            format!("<svg>{}", "<path d= />".repeat(DEEPEST + 1)),
            format!("<svg>{}", r#"<path d='"/>'>"#.repeat(DEEPEST + 1)),
            format!("{marks}{}", "<p>".repeat(20_000)),
            format!(
                "{marks}<!-- {} -->{}",
                "</b>".repeat(400),
                "<p>".repeat(20_000)
            ),
        ] {
            assert!(!are_kept(&html), "{}", &html[..40]);
        }
        for html in [
            "",
            "<",
            "</",
            "<é",
            "<!--",
            "<script>x",
            "</p></b>",
            "<ul><li>".repeat(200).as_str(),
            "<li><svg class=x><path d='M0'/><g><use href='#a' /></g></svg></li>"
                .repeat(2_000)
                .as_str(),
        ] {
            assert!(are_kept(html), "{html}");
        }
    }
}
