//! Every ed2k link of a page, in whatever form it was written or damaged. Pure.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use percent_encoding::percent_decode_str;
use regex::Regex;

use crate::domain::link::Ed2kLink;

/// Links of one page at most.
pub const MOST_LINKS: usize = 20_000;
/// Places of one page at most at which a link may begin.
const MOST_PLACES: usize = 50_000;
/// Bytes of one field of a link at most, encoded.
const MOST_FIELD: usize = 4096;
/// Fields behind the hash that are looked at.
const MOST_FIELDS: usize = 16;

/// `ed2k://|file`, where a forum may have made `https://ed2k//|file` of it, and where the bar may be encoded: how it is here says how it
/// is in the rest of the link.
static START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)ed2k(?::|%3A|%253A)?(?:/|%2F|%252F){1,3}(\||%7C|%257C|&#0{0,4}124;|&#x0{0,4}7C;|&verbar;|&vert;)file")
        .expect("a pattern")
});

/// An entity that a page may have encoded twice.
static ENTITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|quot|apos|lt|gt|nbsp));")
        .expect("a pattern")
});

/// The links to files in these texts, each file once, in their order. What is cut off or names a server is none.
pub fn find<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Ed2kLink> {
    let mut links: Vec<Ed2kLink> = Vec::new();
    let mut known = HashMap::new();
    let mut places = 0;
    for text in texts {
        for start in START.captures_iter(text) {
            places += 1;
            if places > MOST_PLACES || links.len() >= MOST_LINKS {
                return links;
            }
            let (Some(whole), Some(bar)) = (start.get(0), start.get(1)) else {
                continue;
            };
            let Some(link) = read(&text[whole.end()..], bar.as_str()) else {
                continue;
            };
            match known.get(&link.id) {
                None => {
                    known.insert(link.id, links.len());
                    links.push(link);
                }
                Some(at) => {
                    let first: &mut Ed2kLink = &mut links[*at];
                    first.aich = first.aich.take().or(link.aich);
                }
            }
        }
    }
    links
}

/// What follows `ed2k://|file`.
fn read(rest: &str, bar: &str) -> Option<Ed2kLink> {
    let (before, rest) = cut(rest, bar)?;
    if !before.is_empty() {
        return None;
    }
    let (name, rest) = cut(rest, bar)?;
    let (size, rest) = cut(rest, bar)?;
    // Some links end with their hash.
    let md4 = rest.get(..32)?;
    let mut fields = String::new();
    let mut rest = rest.get(32..)?.strip_prefix_ignoring_case(bar);
    for _ in 0..MOST_FIELDS {
        let Some((field, next)) = rest.and_then(|rest| cut(rest, bar)) else {
            break;
        };
        if !field.contains('=') && !field.contains("%3") {
            break;
        }
        fields.push_str(&decoded(field, bar));
        fields.push('|');
        rest = Some(next);
    }
    let name = decoded(name, bar).replace('|', "%7C");
    let name = match name.contains(['\n', '\r', '\t']) {
        true => name.split_whitespace().collect::<Vec<_>>().join(" "),
        false => name,
    };
    Ed2kLink::parse(&format!("ed2k://|file|{name}|{size}|{md4}|{fields}/")).ok()
}

/// What stands before and behind the next bar, unless that is too far away.
fn cut<'a>(text: &'a str, bar: &str) -> Option<(&'a str, &'a str)> {
    let bytes = &text.as_bytes()[..text.len().min(MOST_FIELD + bar.len())];
    let is_bar = |part: &[u8]| part.eq_ignore_ascii_case(bar.as_bytes());
    let at = bytes.windows(bar.len()).position(is_bar)?;
    Some((&text[..at], &text[at + bar.len()..]))
}

trait StripPrefix {
    fn strip_prefix_ignoring_case(&self, prefix: &str) -> Option<&str>;
}

impl StripPrefix for str {
    fn strip_prefix_ignoring_case(&self, prefix: &str) -> Option<&str> {
        let start = self.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| &self[prefix.len()..])
    }
}

/// A field without what was put around the whole link; what is encoded in the field itself is read by [`Ed2kLink::parse`].
fn decoded(field: &str, bar: &str) -> String {
    let times = match bar.to_ascii_uppercase().as_str() {
        "%7C" => 1,
        "%257C" => 2,
        _ => 0,
    };
    let mut text = without_entities(field).into_owned();
    for _ in 0..times {
        match percent_decode_str(&text).decode_utf8() {
            Ok(plain) => text = plain.into_owned(),
            Err(_) => break,
        }
    }
    text
}

fn without_entities(text: &str) -> Cow<'_, str> {
    ENTITY.replace_all(text, |found: &regex::Captures<'_>| {
        let number = |at, radix| {
            let digits = found.get(at)?;
            u32::from_str_radix(digits.as_str(), radix).ok()
        };
        let named = found.get(3).map(|name| name.as_str().to_ascii_lowercase());
        let letter = match named.as_deref() {
            Some("amp") => Some('&'),
            Some("quot") => Some('"'),
            Some("apos") => Some('\''),
            Some("lt") => Some('<'),
            Some("gt") => Some('>'),
            Some(_) => Some(' '),
            None => number(1, 10)
                .or_else(|| number(2, 16))
                .and_then(char::from_u32),
        };
        letter.map_or_else(|| found[0].to_owned(), String::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD4: &str = "0123456789abcdef0123456789abcdef";

    fn only(text: &str) -> Ed2kLink {
        let mut links = find([text]);
        assert_eq!(links.len(), 1, "{text}");
        links.remove(0)
    }

    #[test]
    fn a_link_is_found_in_every_form() {
        for (text, name) in [
            (
                format!("ed2k://|file|Berserk T41.cbz|7|{MD4}|/"),
                "Berserk T41.cbz",
            ),
            (
                format!("go('ed2k://|file|L'été T01.cbz|7|{MD4}|/')"),
                "L'été T01.cbz",
            ),
            (format!("https://ed2k//|file|a b.cbz|7|{MD4}|/"), "a b.cbz"),
            (format!("http://ed2k/|file|a%20b.cbz|7|{MD4}|/"), "a b.cbz"),
            (format!("http://ed2k://|file|a.cbz|7|{MD4}|/"), "a.cbz"),
            (
                format!(
                    "ED2K://%7Cfile%7Ca%20b.cbz%7C7%7C{}%7C/",
                    MD4.to_uppercase()
                ),
                "a b.cbz",
            ),
            (
                format!("ed2k%3A%2F%2F%7Cfile%7Ca%2520%28b%29.cbz%7C7%7C{MD4}%7C%2F"),
                "a (b).cbz",
            ),
            (
                format!(
                    "ed2k%253a%252f%252f%257cfile%257ca%25252520b.cbz%257c7%257c{MD4}%257c%252f"
                ),
                "a b.cbz",
            ),
            (
                format!("ed2k://&#124;file&#124;Tom &amp; Jerry.cbz&#124;7&#124;{MD4}&#124;/"),
                "Tom & Jerry.cbz",
            ),
            (
                format!("ed2k://&#x7c;file&#x7c;a&#39;b.cbz&#x7c;7&#x7c;{MD4}&#x7c;/"),
                "a'b.cbz",
            ),
            (format!("ed2k://|file|a\n   b.cbz|7|{MD4}|/"), "a b.cbz"),
            (
                format!("ed2k://%7Cfile%7Ca%257Cb.cbz%7C7%7C{MD4}%7C/"),
                "a|b.cbz",
            ),
            (format!("ed2k://|file|no end.cbz|7|{MD4}"), "no end.cbz"),
            (
                format!("ed2k://|file|cut ed2k://|file|whole.cbz|7|{MD4}|/"),
                "whole.cbz",
            ),
        ] {
            let link = only(&text);
            assert_eq!(
                (link.name.as_str(), link.id.size, link.id.as_hex().as_str()),
                (name, 7, MD4),
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_is_found_once_and_a_server_never() {
        let aich = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let text = format!(
            "ed2k://|file|a.cbz|7|{MD4}|/ ed2k://|file|b.cbz|7|{}|p=00:11|h={aich}|/ ed2k://|file|c.cbz|8|{MD4}|/
            ed2k://|server|1.2.3.4|4661|/ ed2k://|serverlist|http://x/y.met|/ ed2k://|file|Berserk...89abcdef|/",
            MD4.to_uppercase()
        );
        let links = find([text.as_str(), text.as_str()]);
        let found: Vec<_> = links
            .iter()
            .map(|link| (link.name.as_str(), link.id.size))
            .collect();
        assert_eq!(found, [("a.cbz", 7), ("c.cbz", 8)]);
        assert_eq!(links[0].aich.as_deref(), Some(aich));
        assert_eq!(links[1].aich, None);
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = format!("é ed2k%3A//%7Cfile%7Cé%C3%A9&#39;.cbz%7C7%7C{MD4}%7Ch=é%7C/ é");
        for end in 0..whole.len() {
            find([&whole[..whole.floor_char_boundary(end)]]);
        }
        let many = "ed2k://|file|".repeat(MOST_PLACES + 9);
        assert!(find([many.as_str()]).is_empty());
    }
}
