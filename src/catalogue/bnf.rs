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

/// Where it is.
pub const ADDRESS: &str = "https://catalogue.bnf.fr/";

/// Records of one page, the most that it gives.
const PAGE: usize = 100;

/// Requests of one question at most.
const MOST_REQUESTS: usize = 5;

/// How much of what it complains of is shown, in characters.
const SHOWN: usize = 160;

/// The BnF's catalogue.
pub struct Bnf {
    place: Place,
    http: Http,
}

/// Records that were read for a question.
#[derive(Default)]
struct Read {
    records: Vec<Record>,
    /// There are no others.
    is_whole: bool,
}

impl Bnf {
    /// Asks nothing yet.
    pub fn new(place: Place) -> Self {
        let http = Http::new(place.timeout);
        Self { place, http }
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

    /// The records of a query, with at most so many requests.
    async fn all(&self, query: &str, requests: usize) -> Result<Read, PortError> {
        let mut read = Read::default();
        for _ in 0..requests {
            let page = self.page(query, read.records.len() + 1, PAGE).await?;
            let got = page.records.len();
            read.records.extend(page.records);
            if got == 0 || read.records.len() >= page.total {
                read.is_whole = read.records.len() >= page.total;
                break;
            }
        }
        Ok(read)
    }

    /// The series whose titles have these words.
    async fn with_title(
        &self,
        words: &str,
        wanted: Wanted<'_>,
        requests: usize,
    ) -> Result<Vec<Entry>, PortError> {
        let Some(query) = question::of_title(words) else {
            return Err(PortError::Declined {
                origin: crate::http::origin(&self.place.url),
                message: "it cannot be asked for a title without a letter".into(),
            });
        };
        let read = self.all(&query, requests).await?;
        Ok(series::entries(&read.records, read.is_whole, wanted))
    }

    async fn one(&self, id: &str) -> Result<Option<Entry>, PortError> {
        let Some(query) = question::of_ark(id) else {
            return Ok(None);
        };
        let page = self.page(&query, 1, 1).await?;
        let Some(named) = page.records.first().and_then(series::title_of) else {
            return Ok(None);
        };
        let folded = title::fold(&named);
        let wanted = Wanted {
            title: &folded,
            isbn: None,
            id: Some(id),
        };
        let entries = self.with_title(&named, wanted, MOST_REQUESTS - 1).await?;
        Ok(entries.into_iter().find(|entry| entry.id == id))
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

    /// The series that has a book of this ISBN first, when one is known and it has it; by the title alone otherwise. Other names are
    /// other questions.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let (mut words, mut requests) = (sought.title.clone(), MOST_REQUESTS);
        let isbn = sought.isbn.as_deref().and_then(isbn::thirteen);
        if let Some(query) = isbn.as_deref().map(question::of_isbn) {
            let page = self.page(&query, 1, bounds::MOST_ENTRIES).await?;
            words = page
                .records
                .iter()
                .find_map(series::title_of)
                .unwrap_or(words);
            requests -= 1;
        }
        let folded = title::fold(&words);
        let wanted = Wanted {
            title: &folded,
            isbn: isbn.as_deref(),
            id: None,
        };
        let mut entries = self.with_title(&words, wanted, requests).await?;
        entries.truncate(bounds::MOST_ENTRIES);
        Ok(entries)
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
