//! A page of a thread. Pure.

use super::{
    links,
    list::MOST_TITLE,
    page::{Obstacle, Page},
};
use crate::{domain::link::Ed2kLink, markup::selectors};

/// Bytes of a cover's address at most.
const MOST_COVER: usize = 1_000;

selectors! {
    POST = r#"div.post_body, [id^="pid_"]"#;
    COVER = "li.couv img[src]";
    TITLE = "title";
    ANY = "*";
}

/// A page of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadPage {
    /// As the page is titled.
    pub title: String,
    /// Address of its cover, as it stands there.
    pub cover: Option<String>,
    /// Each file once.
    pub links: Vec<Ed2kLink>,
    /// The page behind it; none when it is the last.
    pub next: Option<u32>,
    /// The page without secrets, when there is no link in it: it may be another one than a thread's.
    pub sample: Option<String>,
}

/// Reads page `asked`, from 1 on, as a member sees it.
///
/// # Errors
/// What stands there instead.
pub fn read(html: &str, asked: u32) -> Result<ThreadPage, Obstacle> {
    let page = Page::read(html)?;
    if !page.is_logged_in() {
        return Err(page.instead("a member's page has a link to log out"));
    }
    if !page.has(&POST) {
        return Err(page.instead("a thread has a post"));
    }
    let attributes = page
        .all(&ANY)
        .flat_map(|element| element.value().attrs())
        .map(|(_, value)| value)
        .filter(|value| value.len() > 30);
    // Links that a forum cut into pieces are whole in the text over all elements.
    let text: String = page.html.root_element().text().collect();
    let cover = page.all(&COVER).find_map(|image| image.attr("src"));
    let title = page
        .all(&TITLE)
        .next()
        .map(|title| title.text().collect::<String>());
    let title: Vec<&str> = title
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    Ok(ThreadPage {
        title: title.join(" ").chars().take(MOST_TITLE).collect(),
        cover: cover
            .filter(|cover| cover.len() <= MOST_COVER)
            .map(str::to_owned),
        links: links::find(attributes.chain([text.as_str()])),
        next: page.numbers(asked).0,
        sample: None,
    })
}
