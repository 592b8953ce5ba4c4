//! A page of a forum's list of threads. Pure.

use scraper::ElementRef;

use super::page::{Obstacle, Page, number_in};
use crate::markup::selectors;

/// Threads of one page at most; a MyBB shows 20 to 50.
const MOST_THREADS: usize = 500;
/// Characters of a title at most.
pub(super) const MOST_TITLE: usize = 300;

selectors! {
    TITLE = r#"span[id^="tid_"] a[href], tr.inline_row a[href*="showthread.php?tid="]"#;
    REPLIES = r#"a[href*="action=whoposted"], a[onclick*="whoPosted"], a[href*="whoPosted"]"#;
    STICKY = r#"td[class*="forumdisplay_sticky"]"#;
    SORT = r#"a[href*="sortby="]"#;
    THREAD = r#"a[href*="showthread.php?tid="]"#;
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// In the forum's order: sticky ones, then the one with the newest post first.
    pub threads: Vec<ListedThread>,
    /// The page behind it; none when it is the last.
    pub next: Option<u32>,
    /// How many pages there are, as far as it shows.
    pub pages: u32,
}

/// A thread as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedThread {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Posts behind the first.
    pub replies: i64,
    /// It stays in front, whatever its newest post is.
    pub sticky: bool,
}

/// Reads page `asked`, from 1 on, as a member sees it.
///
/// # Errors
/// What stands there instead.
pub fn read(html: &str, asked: u32) -> Result<ListPage, Obstacle> {
    let page = Page::read(html)?;
    if !page.is_logged_in() {
        return Err(page.instead("a member's page has a link to log out"));
    }
    let (mut threads, mut without_replies) = (Vec::<ListedThread>::new(), 0);
    for link in page.all(&TITLE) {
        match thread(link) {
            Some(Row::Thread(thread)) if threads.iter().all(|known| known.id != thread.id) => {
                threads.push(thread)
            }
            Some(Row::Odd) => without_replies += 1,
            _ => {}
        }
        if threads.len() >= MOST_THREADS {
            break;
        }
    }
    if threads.is_empty() {
        if without_replies > 0 {
            return Err(Obstacle::Changed("a thread has a number of replies"));
        }
        if !is_empty_forum(&page) {
            return Err(page.instead("a forum has a list of threads"));
        }
    }
    let (next, pages) = page.numbers(asked);
    Ok(ListPage {
        threads,
        next,
        pages,
    })
}

enum Row {
    Thread(ListedThread),
    /// It was moved: it stands in another forum.
    Moved,
    /// It has no number of replies.
    Odd,
}

/// None when the link is to one of its pages or posts.
fn thread(link: ElementRef<'_>) -> Option<Row> {
    let address = link.attr("href")?;
    let id = number_in(address, "tid=")?;
    let title: String = link
        .text()
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if !address.ends_with(&format!("tid={id}")) || title.is_empty() {
        return None;
    }
    let row = link
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|element| element.value().name() == "tr")?;
    let Some(replies) = row.select(&REPLIES).next() else {
        return Some(Row::Odd);
    };
    let replies: String = replies.text().collect();
    if replies.trim() == "-" {
        return Some(Row::Moved);
    }
    // Thousands are parted by a sign of the language.
    let digits: String = replies.chars().filter(char::is_ascii_digit).collect();
    let Ok(replies) = digits.parse::<u32>() else {
        return Some(Row::Odd);
    };
    Some(Row::Thread(ListedThread {
        id,
        title: title.chars().take(MOST_TITLE).collect(),
        replies: i64::from(replies),
        sticky: row.select(&STICKY).next().is_some(),
    }))
}

/// The head of the list is there, and no thread below it.
fn is_empty_forum(page: &Page) -> bool {
    let Some(head) = page.all(&SORT).next() else {
        return false;
    };
    let table = head
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|element| element.value().name() == "table");
    table.is_some_and(|table| table.select(&THREAD).next().is_none())
}
