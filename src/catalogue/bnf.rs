//! The catalogue of the Bibliothèque nationale de France: what came out in French, volume by volume, since publishers deposit every book.
//! Its SRU interface (searchRetrieve 1.2, records in UNIMARC), as catalogue.bnf.fr/api and its own explain answer describe it.
//!
//! A question is more than one request: it has no search for "the volumes of a series", so the records whose titles have the words of the
//! series' title are read, 100 a page, and put together here (see [`series`]). All pages of a question together are at most
//! [`MOST_REQUESTS`].
//!
//! What a [`Statement`](crate::domain::catalogue::Statement) of it means: `releases` are the volumes that it has records of, those
//! that publishers have announced to it among them; `count` is given only when the volumes that it has in hand are 1 to n without a gap
//! and all records were read, and is n then; `status` is [`Ended`](crate::domain::series::Status::Ended) only when the record of the set has the year in which it ended.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;

use self::{
    record::{Page, Record},
    series::Wanted,
};
use super::{Place, api, bounds};
use crate::{
    domain::{
        catalogue::{Entry, Sought},
        identity, title,
    },
    http::{Answer, Http, below},
    ports::{Catalogue, PortError, TestReport},
};

mod ark;
mod book;
mod edition;
mod form;
mod isbn;
mod question;
mod record;
mod series;
mod when;

/// Records of one page, the most that it gives.
const PAGE: usize = 100;

/// Requests of one question at most.
const MOST_REQUESTS: usize = 5;

/// Between two requests of one question; whoever asks keeps the pace of questions.
const PAUSE: Duration = Duration::from_secs(1);

/// Names of a series that are tried at most.
const MOST_NAMES: usize = 3;

/// How much of what it complains of is shown, in characters.
const SHOWN: usize = 160;

/// The BnF's catalogue.
pub struct Bnf {
    place: Place,
    http: Http,
}

/// A question, as far as it has been asked.
struct Asking<'a> {
    bnf: &'a Bnf,
    /// Requests that are left.
    left: usize,
}

impl Bnf {
    /// Asks nothing yet.
    pub fn new(place: Place) -> Self {
        let http = Http::new(place.timeout);
        Self { place, http }
    }

    fn asking(&self) -> Asking<'_> {
        Asking {
            bnf: self,
            left: MOST_REQUESTS,
        }
    }

    async fn page(&self, query: &str, first: usize, most: usize) -> Result<Page, PortError> {
        let url = below(&self.place.url, "api/SRU");
        let request = self.http.request(Method::GET, url).query(&[
            ("version", "1.2"),
            ("operation", "searchRetrieve"),
            ("query", query),
            ("recordSchema", "unimarcxchange"),
            ("maximumRecords", &most.to_string()),
            ("startRecord", &first.to_string()),
        ]);
        let answer = api::ask(&self.http, request).await?;
        if answer.status.as_u16() != 200 {
            return Err(answer.unexpected());
        }
        let page = record::read(&answer.text()).map_err(|why| answer.bad(why))?;
        match &page.complaint {
            Some(complaint) => Err(refused(&answer, complaint)),
            None => Ok(page),
        }
    }

    async fn one(&self, id: &str) -> Result<Option<Entry>, PortError> {
        let Some(query) = question::of_ark(id) else {
            return Ok(None);
        };
        let mut asking = self.asking();
        let page = asking.page(&query, 1, 1).await?;
        let Some(named) = page.records.first().and_then(series::title_of) else {
            return Ok(None);
        };
        let folded = title::fold(&named);
        let wanted = Wanted {
            title: &folded,
            isbn: None,
            id: Some(id),
        };
        let entries = asking.with_title(&named, wanted).await?;
        Ok(entries.into_iter().find(|entry| entry.id == id))
    }
}

impl Asking<'_> {
    async fn page(&mut self, query: &str, first: usize, most: usize) -> Result<Page, PortError> {
        if self.left < MOST_REQUESTS {
            tokio::time::sleep(PAUSE).await;
        }
        self.left = self.left.saturating_sub(1);
        self.bnf.page(query, first, most).await
    }

    /// The series whose titles have these words; none when they are no words.
    async fn with_title(
        &mut self,
        words: &str,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Entry>, PortError> {
        let Some(query) = question::of_title(words) else {
            return Ok(Vec::new());
        };
        let (mut records, mut is_whole): (Vec<Record>, bool) = (Vec::new(), false);
        while self.left > 0 {
            let page = self.page(&query, records.len() + 1, PAGE).await?;
            let got = page.records.len();
            records.extend(page.records);
            is_whole = records.len() >= page.total;
            if got == 0 || is_whole {
                break;
            }
        }
        Ok(series::entries(&records, is_whole, wanted))
    }
}

/// It answers 200 also when it does not take a question, or takes none for a while.
fn refused(answer: &Answer, complaint: &str) -> PortError {
    let detail = answer.harmless(complaint);
    PortError::Status {
        origin: answer.origin.clone(),
        status: answer.status.as_u16(),
        detail: format!("it refuses the question: {detail}")
            .chars()
            .take(SHOWN)
            .collect(),
    }
}

#[async_trait]
impl Catalogue for Bnf {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::Bnf
    }

    /// The series that has a book of this ISBN first, when one is known and it has it. Where there is nothing by the title, its other
    /// names are tried, as long as requests are left.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let names = std::iter::once(&sought.title).chain(&sought.aliases);
        let mut names: Vec<String> = names
            .filter(|name| question::of_title(name).is_some())
            .take(MOST_NAMES)
            .cloned()
            .collect();
        if names.is_empty() {
            return Err(PortError::Declined {
                origin: crate::http::origin(&self.place.url),
                message: "it cannot be asked for a title without a letter".into(),
            });
        }
        let mut asking = self.asking();
        let isbn = sought.isbn.as_deref().and_then(isbn::thirteen);
        if let Some(query) = isbn.as_deref().map(question::of_isbn) {
            let page = asking.page(&query, 1, bounds::MOST_ENTRIES).await?;
            let named = page.records.iter().find_map(series::title_of);
            names.splice(..0, named);
        }
        for name in names {
            let folded = title::fold(&name);
            let wanted = Wanted {
                title: &folded,
                isbn: isbn.as_deref(),
                id: None,
            };
            let entries = asking.with_title(&name, wanted).await?;
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
        Ok(Vec::new())
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        match ids.first() {
            Some(id) => Ok(self.one(id).await?.into_iter().collect()),
            None => Ok(Vec::new()),
        }
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let query = question::of_title("One piece").expect("it has letters");
        self.page(&query, 1, 1).await?;
        Ok(TestReport {
            program: "BnF Catalogue général (SRU 1.2)".into(),
            warnings: Vec::new(),
        })
    }
}
