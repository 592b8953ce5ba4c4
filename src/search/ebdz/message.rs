//! What a forum says on a page that is nothing but a message: what it means, or its own words. Pure.

use std::sync::LazyLock;

use regex::Regex;
use scraper::ElementRef;

use super::page::{Obstacle, Page};
use crate::markup::selectors;

/// Bytes of a message of the forum that are looked at.
const MOST_MESSAGE: usize = 2_000;
/// Cells of a page that is a message; the one of a login has some more.
const MOST_CELLS: usize = 8;

/// Characters of a message of the forum that are shown.
const MOST_SAID: usize = 200;

selectors! {
    MESSAGE = "title, div.error";
    ERROR = "div.error";
    CELL = "td.trow1, td.trow2";
    TABLE = "table";
    BODY = "body";
    THREAD = r#"a[href*="showthread.php?tid="], a[href*="sortby="]"#;
    NAME = r#".welcome a[href*="action=profile"], #panel a[href*="action=profile"]"#;
}

/// A name or a title that a message repeats.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(^|[\s:(])(?:'[^']{1,60}'|"[^"]{1,60}")($|[\s.,;!)])"#).expect("a pattern")
});
/// Addresses of people and of machines.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\S+@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}")
        .expect("a pattern")
});

impl Page {
    /// The words of a page that is nothing but a message: a box of errors, or a table of a few cells that lists no threads. Short, and without
    /// what it says of a member.
    pub(super) fn says(&self) -> Option<Obstacle> {
        let cells: Vec<_> = self.all(&CELL).take(MOST_CELLS + 1).collect();
        let words = |parts: Vec<ElementRef<'_>>| {
            let words = parts.into_iter().flat_map(|part| part.text());
            let words = words.flat_map(str::split_whitespace).take(MOST_SAID);
            words.collect::<Vec<_>>().join(" ")
        };
        let text = match self.all(&ERROR).next() {
            Some(errors) => words(vec![errors]),
            None if cells.len() <= MOST_CELLS && !self.has(&THREAD) => words(cells),
            None => return None,
        };
        let mut text = text;
        for name in self.all(&NAME).map(|name| name.text().collect::<String>()) {
            if name.chars().count() > 2 {
                text = text.replace(name.trim(), "…");
            }
        }
        let text = QUOTED.replace_all(&text, "$1…$2");
        let text = ADDRESS.replace_all(&text, "…");
        let text: String = text.chars().take(MOST_SAID).collect();
        (!text.trim().is_empty()).then_some(Obstacle::Says(text))
    }

    /// What its message means, in the languages in which such forums speak.
    pub fn said(&self) -> Option<Obstacle> {
        static KNOWN: [(Obstacle, &[&str]); 5] = [
            (
                Obstacle::Banned,
                &[
                    "cf-chl-",
                    "just a moment",
                    "you have been blocked",
                    "you are banned",
                    "been banned",
                    "êtes banni",
                    "été banni",
                    "interdite pour abus",
                ],
            ),
            (
                Obstacle::TooManyLogins,
                &[
                    "number of attempts",
                    "before you can login again",
                    "nombre de tentatives",
                    "tentatives de connexion",
                    "avant de pouvoir vous reconnecter",
                ],
            ),
            (
                Obstacle::Closed,
                &[
                    "currently closed",
                    "closed for maintenance",
                    "actuellement fermé",
                    "fermé pour maintenance",
                    "en maintenance",
                ],
            ),
            (
                Obstacle::Missing,
                &[
                    "does not exist",
                    "n'existe pas",
                    "n’existe pas",
                    "invalid thread",
                    "sujet invalide",
                    "forum invalide",
                ],
            ),
            (
                Obstacle::WrongPassword,
                &[
                    "invalid username/password",
                    "password combination",
                    "mot de passe invalide",
                    "mot de passe incorrect",
                ],
            ),
        ];
        let message = self.message();
        let means = |words: &[&str]| words.iter().any(|words| message.contains(words));
        KNOWN
            .iter()
            .find(|(_, words)| means(words))
            .map(|(obstacle, _)| obstacle.clone())
    }

    /// In small letters. A page with many cells is none, and titles of threads may say anything.
    fn message(&self) -> String {
        let cells: Vec<_> = self.all(&CELL).take(MOST_CELLS + 1).collect();
        let cells = cells
            .clone()
            .into_iter()
            .filter(|_| cells.len() <= MOST_CELLS);
        let body = self.all(&BODY).filter(|_| !self.has(&TABLE));
        let parts = self.all(&MESSAGE).chain(cells).chain(body);
        let mut message = String::new();
        for part in parts.flat_map(|part| part.text()) {
            message.push(' ');
            message.extend(part.split_whitespace().flat_map(|word| [word, " "]));
            if message.len() > MOST_MESSAGE {
                break;
            }
        }
        message.to_lowercase()
    }
}
