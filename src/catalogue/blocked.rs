//! Pages that stand in the way of the one that was asked for: challenges and bans. Pure.
//!
//! It is asked only of a page that its reader does not know: comments and scripts of a good one may hold the same words. Seen by
//! Hitman47/nautiljon-scraper (both sites say "IP interdite pour abus") and gwenvador/bullarr (Bédéthèque's page without a title); the
//! rest are Cloudflare's.

use std::sync::LazyLock;

use regex::Regex;

/// Bytes of a page that are looked at; such pages are short.
const MOST: usize = 256 * 1024;

/// In small letters and without accents.
const WORDS: [&str; 12] = [
    "just a moment",
    "cf-chl-",
    "challenges.cloudflare.com",
    "you have been blocked",
    "unable to access",
    "attention required! | cloudflare",
    "performing security verification",
    "checking your browser",
    "verification de securite en cours",
    "access denied",
    "interdite pour abus",
    "pour debloquer votre acces",
];

static EMPTY_TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<title[^>]*>\s*</title\s*>").expect("a pattern"));

/// A challenge, or a ban.
pub(super) fn is_blocked(page: &str) -> bool {
    let page = &page[..page.floor_char_boundary(MOST)];
    let plain = crate::domain::title::fold_word(page);
    WORDS.iter().any(|words| plain.contains(words))
}

/// Its title is there and empty.
pub(super) fn has_empty_title(page: &str) -> bool {
    let page = &page[..page.floor_char_boundary(MOST)];
    EMPTY_TITLE.is_match(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_and_bans_are_known_by_their_words() {
        for page in [
            "<title>Just a moment...</title>",
            r#"<form id="challenge-form" action="/?__cf_chl_f_tk=x"><input name="cf-chl-x"></form>"#,
            r#"<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>"#,
            "<h1>Sorry, you have been blocked</h1><h2>You are unable to access nautiljon.com</h2>",
            "<title>Attention Required! | Cloudflare</title>",
            "<p>Vérification de sécurité en cours…</p>",
            "<p>Votre IP est interdite pour abus (récupération de données, utilisation d'un VPN).",
            "<b>IP Interdite pour abus !</b>",
            "<p>Pour débloquer votre accès, écrivez-nous.</p>",
            "<title>Access denied</title>",
        ] {
            assert!(is_blocked(page), "{page}");
        }
        for page in [
            "",
            "<title>One Piece - Manga série - Nautiljon</title>",
            "<title></title>",
            "<p>Un instant</p>",
        ] {
            assert!(!is_blocked(page), "{page}");
        }
        let behind = format!("{}just a moment", "é".repeat(MOST));
        assert!(!is_blocked(&behind), "it is far behind");
    }

    #[test]
    fn a_title_may_be_empty() {
        for (page, is_empty) in [
            ("<html><head><title></title></head></html>", true),
            ("<TITLE lang=fr> \n </TITLE>", true),
            ("<title>Astérix - BD</title>", false),
            ("<html></html>", false),
            ("", false),
        ] {
            assert_eq!(has_empty_title(page), is_empty, "{page}");
        }
    }
}
