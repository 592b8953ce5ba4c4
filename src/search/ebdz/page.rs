//! A page of a MyBB forum: read within bounds, who is logged in, and what stands there instead of what was asked for. Pure.

use scraper::{ElementRef, Html, Selector};

use crate::markup::{self, selectors};

/// Why a page is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is shown to someone who is not logged in.
    LoggedOut,
    /// The account may not see it.
    NotAllowed,
    /// The account or this address is banned, or a protection stands before the forum.
    Banned,
    /// The forum is closed for maintenance.
    Closed,
    /// There is no such thread or forum.
    Missing,
    /// The login wants the letters of a picture.
    Captcha,
    /// The name or the password is wrong.
    WrongPassword,
    /// Too many logins failed: it takes none for a while.
    TooManyLogins,
    /// A page of the forum that is a message, in words that are not known.
    Says(String),
    /// What answers is no MyBB.
    Stranger,
    /// Nothing of what is expected is there; what that is.
    Changed(&'static str),
}

selectors! {
    LOGOUT = r#"a[href*="action=logout"]"#;
    LOGIN = r#"a[href*="action=login"], input[name="action"][value="do_login"]"#;
    NOT_ALLOWED = r#"a[href*="action=resendactivation"]"#;
    NEXT = "a.pagination_next";
    CURRENT = "span.pagination_current";
    NUMBERED = "a.pagination_page, a.pagination_last, span.pagination_current";
}

/// Every page of a MyBB has one of these, whatever its theme is.
const SIGNS: [&str; 5] = [
    "my_post_key",
    "member.php",
    "showthread.php",
    "forumdisplay.php",
    "MyBB",
];

/// A page of the forum.
pub struct Page {
    pub(super) html: Html,
    is_mybb: bool,
}

impl Page {
    /// Reads it; damaged as it may be.
    ///
    /// # Errors
    /// [`Obstacle::Changed`] when it is too large to be one.
    pub fn read(html: &str) -> Result<Self, Obstacle> {
        if !markup::are_kept(html) {
            return Err(Obstacle::Changed(
                "it has more parts than a page of a forum",
            ));
        }
        Ok(Self {
            html: Html::parse_document(html),
            is_mybb: SIGNS.iter().any(|sign| html.contains(sign)),
        })
    }

    /// Everything that fits.
    pub fn all<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = ElementRef<'a>> {
        self.html.select(selector)
    }

    /// There is one that fits.
    pub fn has(&self, selector: &Selector) -> bool {
        self.html.select(selector).next().is_some()
    }

    /// Someone is logged in.
    pub fn is_logged_in(&self) -> bool {
        self.has(&LOGOUT)
    }

    /// What the forum says instead of a page; none when it says nothing that is known.
    pub fn obstacle(&self) -> Option<Obstacle> {
        let is_logged_in = self.is_logged_in();
        // Its text says that one may have been banned.
        if is_logged_in && self.has(&NOT_ALLOWED) {
            return Some(Obstacle::NotAllowed);
        }
        let logged_out = !is_logged_in && self.has(&LOGIN);
        self.said().or(logged_out.then_some(Obstacle::LoggedOut))
    }

    /// What stands there instead of what was expected.
    pub fn instead(&self, expected: &'static str) -> Obstacle {
        let known = self.obstacle().or_else(|| self.says());
        known.unwrap_or(match self.is_mybb {
            true => Obstacle::Changed(expected),
            false => Obstacle::Stranger,
        })
    }

    /// The number of the page behind page `asked`, and of how many there are. A forum that is asked for a page that it does not have
    /// shows another.
    pub fn numbers(&self, asked: u32) -> (Option<u32>, u32) {
        let text = |element: ElementRef<'_>| {
            element
                .text()
                .collect::<String>()
                .trim()
                .parse::<u32>()
                .ok()
        };
        let shown = self.all(&CURRENT).next().and_then(text);
        let pages = self.all(&NUMBERED).filter_map(text).max().unwrap_or(1);
        let next = self
            .all(&NEXT)
            .filter_map(|link| number_in(link.attr("href")?, "page="))
            .filter_map(|page| u32::try_from(page).ok())
            .find(|page| *page > asked)
            .filter(|_| shown.is_none_or(|shown| shown == asked));
        (next, pages.max(asked).max(next.unwrap_or(0)))
    }
}

/// The number behind `key` in an address.
pub(super) fn number_in(address: &str, key: &str) -> Option<i64> {
    let at = address.match_indices(key).map(|(at, _)| at).find(|at| {
        let before = address[..*at].chars().next_back();
        before.is_none_or(|letter| matches!(letter, '?' | '&' | ';'))
    })?;
    let rest = &address[at + key.len()..];
    let digits = rest.len()
        - rest
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_forum_says_instead_of_a_page_is_told_apart() {
        let page = |body: &str| {
            Page::read(&format!("<title>EBDZ</title><body>{body}"))
                .expect("a page")
                .obstacle()
        };
        let guest = "<a href='member.php?action=login'>Se connecter</a>";
        let member = "<a href='member.php?action=logout&amp;logoutkey=x'>Déconnexion</a>";
        let message =
            |text: &str| format!("{guest}<table><tr><td class=trow1>{text}</td></tr></table>");
        for (body, expected) in [
            (guest.to_owned(), Some(Obstacle::LoggedOut)),
            (member.to_owned(), None),
            (
                format!("{member}<a href='member.php?action=resendactivation'>x</a>"),
                Some(Obstacle::NotAllowed),
            ),
            (
                message("Désolé, mais vous êtes banni."),
                Some(Obstacle::Banned),
            ),
            (
                message("I'm sorry, but you are banned."),
                Some(Obstacle::Banned),
            ),
            (
                message("Ce forum est actuellement\n fermé."),
                Some(Obstacle::Closed),
            ),
            (
                message("Le sujet spécifié n'existe pas."),
                Some(Obstacle::Missing),
            ),
            (
                message("You have failed to login within the required number of attempts."),
                Some(Obstacle::TooManyLogins),
            ),
            ("<p>It works!".to_owned(), None),
        ] {
            assert_eq!(page(&body), expected, "{body}");
        }
        let title = Page::read("<title>Just a moment...</title>").expect("a page");
        assert_eq!(title.obstacle(), Some(Obstacle::Banned));
    }

    #[test]
    fn a_number_in_an_address_is_that_of_its_key() {
        for (address, number) in [
            ("forumdisplay.php?fid=29&page=3", Some(3)),
            ("forumdisplay.php?page=3", Some(3)),
            ("forumdisplay.php?fid=29&mypage=3", None),
            ("forumdisplay.php?page=", None),
            ("é?page=99999999999999999999", None),
        ] {
            assert_eq!(number_in(address, "page="), number, "{address}");
        }
    }
}
