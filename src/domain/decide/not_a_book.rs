//! Rule: films, music and games come back from the same searches, and of ed2k the name is that of a file. Passes when nothing says so. Pure.

use super::{Facts, Reason, Ruling};
use crate::domain::{link::Network, release::NotABook};

/// Extensions of books, and of archives that may hold some.
const BOOKS: [&str; 13] = [
    "cbz", "cbr", "cb7", "cbt", "zip", "rar", "7z", "tar", "pdf", "epub", "mobi", "azw3", "djvu",
];

pub fn rule(facts: &Facts<'_>) -> Ruling {
    let is_file = facts.offer.network == Some(Network::Ed2k);
    let other = || (is_file && is_other_file(&facts.offer.title)).then_some(NotABook::File);
    facts
        .release
        .not_a_book
        .or_else(other)
        .map_or(Ruling::Pass, |what| Ruling::Refuse(Reason::NotABook(what)))
}

/// It ends with an extension, and that of no book.
fn is_other_file(name: &str) -> bool {
    let Some((_, extension)) = name.trim().rsplit_once('.') else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    let is_one = (2..=4).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_one && !BOOKS.contains(&extension.as_str())
}
