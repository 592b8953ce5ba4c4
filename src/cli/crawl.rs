//! `lacunarr crawl`: a forum is read in this process, and how far it is is shown on standard error.

use std::sync::Arc;

use super::{
    print::shown,
    progress::{Elsewhere, watched},
};
use crate::{
    app::App,
    forums::{self, AskError, ForumError},
    store::{
        self, StoreError,
        crawl::{Crawl, Forum},
    },
    worker::crawl::{self, Crawled},
};

/// What came of it, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It came to its end.
    Read(String),
    /// It was stopped, or failed, or another process does it.
    Unread(String),
}

/// What a crawl has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    pages: i64,
    threads: i64,
    new: i64,
    gone: i64,
}

/// Why it did not begin.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// It is not clear what is to be read.
    #[error(transparent)]
    Forum(#[from] ForumError),
    /// It may not be read now.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads what is new in the forum of this name, or the only one, until its end or the stop of the program.
///
/// # Errors
/// When there is no such forum, it is off or left alone, or the database fails.
pub async fn run(app: &Arc<App>, name: Option<&str>) -> Result<Ended, CrawlError> {
    let row = forums::called(app, name).await?;
    forums::ask(app, &row).await?;
    let (id, name) = (row.id, shown(&row.name));
    let name = name.as_str();
    let how_far = || async move {
        match progress(app, id).await {
            Ok(progress) => format!("{name}: {progress}"),
            // The crawl says so itself.
            Err(_) => String::new(),
        }
    };
    let crawled = watched(crawl::one(app, &row), Elsewhere::Lines, how_far).await?;
    let sums = sums(app, row.id).await?;
    Ok(match crawled {
        Some(Crawled::Done) => Ended::Read(said(sums)),
        Some(Crawled::Failed(reason)) => Ended::Unread(format!(
            "The forum was not read to its end: {}",
            shown(&reason)
        )),
        Some(Crawled::Stopped) => {
            // Otherwise a service beside this would go on with it at once.
            if app.stop.is_cancelled() {
                store::crawl::stop(&app.db, row.id, app.clock.now()).await?;
            }
            Ended::Unread(format!(
                "Stopped. {} The next crawl goes on there.",
                said(sums)
            ))
        }
        Some(Crawled::Busy) | None => Ended::Unread(format!(
            "Another process reads this forum just now; GET /api/v1/sources/{}/crawl shows how far it is.",
            row.id
        )),
    })
}

async fn progress(app: &App, source: i64) -> Result<String, StoreError> {
    let crawl = store::crawl::get(&app.db, source).await?;
    let forums = store::crawl::forums(&app.db, source).await?;
    let left = store::forum::left(&app.db, source).await?;
    Ok(how_far(&crawl, &forums, left))
}

fn how_far(crawl: &Crawl, forums: &[Forum], left: i64) -> String {
    let list = forums.iter().find_map(|forum| {
        let page = forum.page?;
        let (pages, forum) = (forum.pages.max(page), forum.forum_id);
        Some(format!("page {page} of {pages} of forum {forum}, "))
    });
    let (threads, links) = (counted(left, "thread"), counted(crawl.links, "link"));
    format!("{}{threads} left, {links} new", list.unwrap_or_default())
}

async fn sums(app: &App, source: i64) -> Result<Sums, StoreError> {
    let crawl = store::crawl::get(&app.db, source).await?;
    let since = crawl.began_at.unwrap_or(i64::MAX);
    Ok(Sums {
        pages: crawl.pages,
        threads: crawl.threads,
        new: crawl.links,
        gone: store::forum::gone_since(&app.db, source, since).await?,
    })
}

fn said(sums: Sums) -> String {
    let (pages, threads) = (counted(sums.pages, "page"), counted(sums.threads, "thread"));
    let are = |number| if number == 1 { "is" } else { "are" };
    format!(
        "Read {pages} and {threads}: {} {} new, {} {} gone.",
        counted(sums.new, "link"),
        are(sums.new),
        sums.gone,
        are(sums.gone)
    )
}

fn counted(number: i64, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_said_of_lists_and_threads() {
        let crawl = Crawl {
            links: 140,
            ..Crawl::default()
        };
        let forum = |page, pages| Forum {
            forum_id: 29,
            page,
            pages,
            began_at: None,
            listed_at: None,
            sweep_page: 1,
            swept_at: None,
            problem: None,
            problem_at: None,
        };
        for (forums, left, expected) in [
            (vec![], 0, "0 threads left, 140 links new"),
            (vec![forum(None, 40)], 1, "1 thread left, 140 links new"),
            (
                vec![forum(None, 40), forum(Some(3), 40)],
                60,
                "page 3 of 40 of forum 29, 60 threads left, 140 links new",
            ),
        ] {
            assert_eq!(how_far(&crawl, &forums, left), expected);
        }
    }

    #[test]
    fn what_came_of_it_is_one_sentence() {
        for (sums, expected) in [
            (
                (3, 12, 140, 2),
                "Read 3 pages and 12 threads: 140 links are new, 2 are gone.",
            ),
            (
                (1, 1, 1, 1),
                "Read 1 page and 1 thread: 1 link is new, 1 is gone.",
            ),
            (
                (1, 0, 0, 0),
                "Read 1 page and 0 threads: 0 links are new, 0 are gone.",
            ),
        ] {
            let (pages, threads, new, gone) = sums;
            let sums = Sums {
                pages,
                threads,
                new,
                gone,
            };
            assert_eq!(said(sums), expected);
        }
    }
}
