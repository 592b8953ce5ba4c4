//! The login: its form, and what came of it. Pure.

use std::sync::LazyLock;

use regex::Regex;

use super::page::{Obstacle, Page};
use crate::markup::selectors;

selectors! {
    KEY = r#"input[name="my_post_key"][value]"#;
    CAPTCHA = r#"input[name="imagestring"], img[src*="captcha.php"], .g-recaptcha, .h-captcha"#;
    FORM = r#"input[name="action"][value="do_login"]"#;
    FAULT = "div.error";
    ON = r#"meta[http-equiv="refresh" i]"#;
}

/// As the script of every page says it.
static KEY_IN_SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"my_post_key\s*=\s*["']([0-9A-Za-z]{8,64})["']"#).expect("a pattern")
});

/// What the form has to be sent with; never shown.
pub struct PostKey(pub String);

/// The key of the login's form; none when somebody is logged in already.
///
/// # Errors
/// What stands there instead.
pub fn form(html: &str) -> Result<Option<PostKey>, Obstacle> {
    let page = Page::read(html)?;
    if page.is_logged_in() {
        return Ok(None);
    }
    match page.said() {
        Some(obstacle @ (Obstacle::Banned | Obstacle::TooManyLogins | Obstacle::Closed)) => {
            return Err(obstacle);
        }
        _ if page.has(&CAPTCHA) => return Err(Obstacle::Captcha),
        _ => {}
    }
    let hidden = page
        .all(&KEY)
        .find_map(|input| input.attr("value"))
        .filter(|key| !key.is_empty())
        .map(str::to_owned);
    let key = hidden.or_else(|| Some(KEY_IN_SCRIPT.captures(html)?[1].to_owned()));
    match key {
        Some(key) => Ok(Some(PostKey(key))),
        None => Err(at_login(&page, "the login has a form with a key")),
    }
}

/// What was answered to the form.
///
/// # Errors
/// When it did not let us in.
pub fn outcome(html: &str) -> Result<(), Obstacle> {
    let page = Page::read(html)?;
    if page.is_logged_in() {
        return Ok(());
    }
    match page.said() {
        Some(obstacle @ (Obstacle::Banned | Obstacle::TooManyLogins | Obstacle::Closed)) => {
            return Err(obstacle);
        }
        _ if page.has(&CAPTCHA) => return Err(Obstacle::Captcha),
        Some(Obstacle::WrongPassword) => return Err(Obstacle::WrongPassword),
        _ => {}
    }
    if page.has(&ON) {
        return Ok(());
    }
    if page.has(&FAULT) || page.has(&FORM) {
        return Err(Obstacle::WrongPassword);
    }
    Err(at_login(
        &page,
        "a login is answered with a page that leads on, or with what is wrong",
    ))
}

/// That nobody is logged in is known; what is said of it counts.
fn at_login(page: &Page, expected: &'static str) -> Obstacle {
    let said = page.said().or_else(|| page.says());
    said.unwrap_or_else(|| page.instead(expected))
}
