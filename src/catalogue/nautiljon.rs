//! Nautiljon: manga as they come out in Japan and in France, volume by volume. Its pages are read as a visitor sees them, few and slowly.
//!
//! What its pages look like: Hitman47/nautiljon-scraper (search, facts, bans), barthofu/nautiljon-scraper (titles, authors). It refuses most
//! programs, so a page that a browser saved is read too ([`Catalogue::read_page`]).

use async_trait::async_trait;
use tokio::sync::Mutex;
use url::Url;

use self::search::Found;
use super::{
    Place,
    page::Obstacle,
    site::{LIMIT, Site},
};
use crate::{
    domain::{
        catalogue::{Entry, Planned, Sought},
        identity,
    },
    http::below,
    ports::{Catalogue, PortError, TestReport},
};

mod editions;
mod planning;
mod search;
mod series;
#[cfg(test)]
mod tests;

/// Nautiljon, with the session of its search.
pub struct Nautiljon {
    site: Site,
    /// What a search is asked with: it stands on the page of the search, and belongs to the cookies that came with it.
    token: Mutex<Option<String>>,
}

impl Nautiljon {
    /// Nothing is asked yet.
    pub fn new(place: Place) -> Self {
        Self {
            site: Site::new(&place, false),
            token: Mutex::default(),
        }
    }

    async fn page(&self, url: Url) -> Result<Option<String>, PortError> {
        let answer = self.site.ask(url, None).await?;
        self.site.page(&answer)
    }

    /// Opens the page of the search.
    async fn begin(&self) -> Result<String, PortError> {
        let html = self.page(below(&self.site.url, "mangas/")).await?;
        let html = html.ok_or_else(|| self.missing("it has a page of manga"))?;
        search::token(&html).map_err(|obstacle| self.site.unread(obstacle, &html))
    }

    async fn find(&self, token: &str, title: &str) -> Result<Found, PortError> {
        let mut url = below(&self.site.url, "mangas/");
        url.query_pairs_mut()
            .append_pair("q", title)
            .append_pair("st", token);
        let html = self.page(url).await?;
        let html = html.ok_or_else(|| self.missing("it can be searched"))?;
        search::read(&html).map_err(|obstacle| self.site.unread(obstacle, &html))
    }

    fn missing(&self, what: &'static str) -> PortError {
        self.site.unread(Obstacle::Changed(what), "")
    }
}

#[async_trait]
impl Catalogue for Nautiljon {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::Nautiljon
    }

    /// One request when a session is open, two when it has to be opened first, three when it has just expired.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = &*kept {
            match self.find(token, &sought.title).await? {
                Found::Series(found) => return Ok(found),
                Found::Expired => *kept = None,
            }
        }
        let token = self.begin().await?;
        match self.find(&token, &sought.title).await? {
            Found::Series(found) => {
                *kept = Some(token);
                Ok(found)
            }
            Found::Expired => Err(self.site.declined(
                "the session of its search ends at once; does a proxy drop its cookies?",
            )),
        }
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        let Some((id, path)) = ids.first().and_then(|id| Some((id, path(id)?))) else {
            return Ok(Vec::new());
        };
        let Some(html) = self.page(below(&self.site.url, &path)).await? else {
            return Ok(Vec::new());
        };
        let entry = series::read(&html, Some(id));
        let entry = entry.map_err(|obstacle| self.site.unread(obstacle, &html))?;
        Ok(vec![entry])
    }

    async fn month(&self, year: i32, month: u32) -> Result<Option<Vec<Planned>>, PortError> {
        let mut url = below(&self.site.url, "planning/manga/");
        url.set_query(Some(&format!("y={year:04}&m={month:02}")));
        let html = self.page(url).await?;
        let html = html.ok_or_else(|| self.missing("it has a planning of each month"))?;
        let planned = planning::read(&html);
        let planned = planned.map_err(|obstacle| self.site.unread(obstacle, &html))?;
        Ok(Some(planned))
    }

    fn read_page(&self, page: &str) -> Option<Result<Entry, PortError>> {
        if page.len() > LIMIT {
            return Some(Err(Site::too_large_saved()));
        }
        let read = series::read(page, None);
        Some(read.map_err(|obstacle| Site::unread_saved(obstacle, page)))
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let token = self.begin().await?;
        *self.token.lock().await = Some(token);
        Ok(TestReport {
            program: "Nautiljon: its search can be used".into(),
            warnings: Vec::new(),
        })
    }
}

/// The path of a series' page; none when it is the id of nothing.
fn path(id: &str) -> Option<String> {
    let path = format!("mangas/{id}.html");
    let read = super::page::id_of(&format!("/{path}"), identity::Catalogue::Nautiljon);
    (read.as_deref() == Some(id)).then_some(path)
}
