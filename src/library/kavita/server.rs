//! The questions that Kavita is asked.

use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    records::{
        KeyExpiry, Library, Metadata, Pagination, Preferences, Records, Series, ServerInfo, Volume,
    },
    session::Session,
};
use crate::{
    http::Answer,
    ports::{PortError, ServerPlace},
};

/// Series of one page.
const PAGE: usize = 500;
/// Series that are read of one library; more is no library but a server that never ends.
const MOST_SERIES: usize = 200_000;
/// Names of libraries in one sentence, and letters of each.
pub const MOST_NAMES: usize = 20;
const MOST_LETTERS: usize = 80;
/// How often a list that changes while it is read is begun again.
const TRIES: usize = 3;
/// Series that are asked for by their ids at once.
const AT_ONCE: usize = 100;

/// `FilterField.Libraries` and `FilterComparison.Contains` of `FilterV2Dto`; the value is ids with commas.
const LIBRARIES: u8 = 19;
const CONTAINS: u8 = 5;

/// `SortField` of `FilterV2Dto`.
#[derive(Clone, Copy)]
pub enum Order {
    /// The oldest first: what is added while the pages are read comes behind them.
    Created = 2,
    /// The one to which a chapter was added last comes first.
    ChapterAdded = 4,
}

/// Some of the series of some libraries.
pub struct Page {
    pub series: Records<Series>,
    /// In all pages.
    pub total: usize,
    /// The answer, for what it says of the server.
    pub answer: Answer,
}

/// One Kavita.
pub struct Server {
    pub session: Session,
    library: Option<String>,
}

impl Server {
    pub fn new(place: &ServerPlace) -> Self {
        Self {
            session: Session::new(place),
            library: place.library.clone(),
        }
    }

    /// The libraries that are read: the one that was named by its id or name, or all.
    pub async fn libraries(&self) -> Result<Vec<Library>, PortError> {
        let answer = good(self.get("Library/libraries", &[]).await?)?;
        let all: Records<Library> = answer.json()?;
        let Some(wanted) = &self.library else {
            return Ok(all.good);
        };
        let by_id = |library: &&Library| library.id.to_string() == *wanted;
        let by_name = |library: &&Library| library.name.as_ref() == Some(wanted);
        let found = all.good.iter().find(by_name);
        if let Some(found) = found.or_else(|| all.good.iter().find(by_id)) {
            return Ok(vec![found.clone()]);
        }
        let names = all
            .good
            .iter()
            .filter_map(|library| library.name.as_deref());
        let names = names.take(MOST_NAMES).map(|name| named(&answer, name));
        let names: Vec<String> = names.collect();
        Err(PortError::Files {
            place: format!("the library '{wanted}' of {}", self.session.origin()),
            cause: match names[..] {
                [] => "this account sees no library; give it access in Kavita's user list".into(),
                _ => format!(
                    "it is not there, or this account does not see it; it sees {}",
                    names.join(", ")
                ),
            },
        })
    }

    /// One page of the series of these libraries, from page 1 on.
    pub async fn page(
        &self,
        libraries: &[Library],
        order: Order,
        number: usize,
        size: usize,
    ) -> Result<Page, PortError> {
        let ids: Vec<String> = libraries
            .iter()
            .map(|library| library.id.to_string())
            .collect();
        // "Assume all fields of a payload are required" (its document): a missing one is answered 400.
        let filter = json!({
            "id": 0,
            "name": "",
            "statements": [{ "comparison": CONTAINS, "field": LIBRARIES, "value": ids.join(",") }],
            "combination": 1,
            "sortOptions": {
                "sortField": order as u8,
                "isAscending": matches!(order, Order::Created),
            },
            "limitTo": 0,
        });
        let query = [
            ("PageNumber", number.to_string()),
            ("PageSize", size.to_string()),
        ];
        let answer = self.post("Series/v2", &query, &filter).await?;
        let answer = good(answer)?;
        let pagination = answer
            .headers
            .get("Pagination")
            .and_then(|header| serde_json::from_slice::<Pagination>(header.as_bytes()).ok());
        let pagination = pagination.ok_or_else(|| {
            answer.bad("it has no Pagination header; does a proxy drop it, and is this Kavita's own address?")
        })?;
        let series: Records<Series> = answer.json()?;
        if series.good.len() + series.broken > size {
            return Err(answer.bad(MORE_THAN_ASKED));
        }
        Ok(Page {
            series,
            total: pagination.total_items,
            answer,
        })
    }

    /// Every series of these libraries, and how many records could not be read.
    pub async fn all_series(&self, libraries: &[Library]) -> Result<Records<Series>, PortError> {
        if libraries.is_empty() {
            return Ok(Records::default());
        }
        for _ in 0..TRIES {
            if let Some(all) = self.try_all_series(libraries).await? {
                return Ok(all);
            }
        }
        Err(PortError::BadAnswer {
            origin: self.session.origin(),
            detail: "its list of series changes while it is read; try again when its scan is over"
                .into(),
        })
    }

    /// None when the list changed while it was read: a series may have slipped through between two pages.
    async fn try_all_series(
        &self,
        libraries: &[Library],
    ) -> Result<Option<Records<Series>>, PortError> {
        let mut all = Records::default();
        let mut seen = HashSet::new();
        let mut total = None;
        for number in 1.. {
            let page = self.page(libraries, Order::Created, number, PAGE).await?;
            if page.total > MOST_SERIES {
                let detail = format!("it says that it has {} series", page.total);
                return Err(page.answer.bad(detail));
            }
            // One that was added stands at the end; where one was removed, others moved to a page that is already read.
            if total.is_some_and(|total| page.total < total) {
                return Ok(None);
            }
            total = Some(page.total);
            let before = all.good.len() + all.broken;
            all.broken += page.series.broken;
            let new = page.series.good.into_iter();
            all.good.extend(new.filter(|series| seen.insert(series.id)));
            let read = all.good.len() + all.broken;
            if read == before || read >= page.total {
                break;
            }
        }
        let complete = all.good.len() + all.broken >= total.unwrap_or_default();
        Ok(complete.then_some(all))
    }

    /// The series with these ids; those that are not there are left out.
    pub async fn series(&self, ids: &[i64]) -> Result<Vec<Series>, PortError> {
        let mut found = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let body = json!({ "seriesIds": ids });
            let answer = good(self.post("Series/series-by-ids", &[], &body).await?)?;
            let some: Records<Series> = answer.json()?;
            if some.broken > 0 {
                return Err(answer.bad("a series of it cannot be read"));
            }
            if some.good.len() > ids.len() {
                return Err(answer.bad(MORE_THAN_ASKED));
            }
            found.extend(
                some.good
                    .into_iter()
                    .filter(|series| ids.contains(&series.id)),
            );
        }
        Ok(found)
    }

    /// What Kavita knows of a series; none when it is gone.
    pub async fn metadata(&self, series: i64) -> Result<Option<Metadata>, PortError> {
        self.of_series("Series/metadata", series).await
    }

    /// The books of a series; none when it is gone.
    pub async fn volumes(&self, series: i64) -> Result<Option<Records<Volume>>, PortError> {
        self.of_series("Series/volumes", series).await
    }

    async fn of_series<T: DeserializeOwned>(
        &self,
        path: &str,
        series: i64,
    ) -> Result<Option<T>, PortError> {
        let query = [("seriesId", series.to_string())];
        let answer = self.get(path, &query).await?;
        match answer.status {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(None),
            // Some versions answer `null` instead.
            _ => good(answer)?.json(),
        }
    }

    /// Has Kavita look at the folder of a series.
    pub async fn scan_series(&self, series: &Series) -> Result<(), PortError> {
        let body = json!({
            "libraryId": series.library_id,
            "seriesId": series.id,
            "forceUpdate": false,
            "forceColorscape": false,
        });
        self.started(self.post("Series/scan", &[], &body).await?)
    }

    /// Has Kavita look at a whole library.
    pub async fn scan_library(&self, library: &Library) -> Result<(), PortError> {
        let query = [
            ("libraryId", library.id.to_string()),
            ("force", "false".to_owned()),
        ];
        let build = || {
            let request = self.session.request(Method::POST, "Library/scan");
            request.query(&query)
        };
        self.started(self.session.send(build).await?)
    }

    fn started(&self, answer: Answer) -> Result<(), PortError> {
        match answer.status {
            StatusCode::FORBIDDEN => Err(self.session.refused(NO_ADMIN)),
            _ => good(answer).map(drop),
        }
    }

    /// The server's version when this account is an admin's; none when it is not.
    pub async fn version_for_admins(&self) -> Result<Option<String>, PortError> {
        let answer = self.get("Server/server-info-slim", &[]).await?;
        if answer.status == StatusCode::FORBIDDEN {
            return Ok(None);
        }
        let answer = good(answer)?;
        let info: ServerInfo = answer.json()?;
        let version = info.kavita_version.ok_or_else(|| answer.bad(NOT_KAVITA))?;
        Ok(Some(answer.harmless(&version)))
    }

    /// When the key ends, as Kavita writes it; none when it does not, or when this version cannot say.
    pub async fn key_expires(&self) -> Result<Option<String>, PortError> {
        let answer = self.get("Plugin/authkey-expires", &[]).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.json::<KeyExpiry>()?.expires_at),
            _ => Ok(None),
        }
    }

    /// What this account wants to see.
    pub async fn preferences(&self) -> Result<Preferences, PortError> {
        let answer = self.get("Users/get-preferences", &[]).await?;
        match answer.status {
            StatusCode::OK => answer.json(),
            _ => Ok(Preferences::default()),
        }
    }

    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, PortError> {
        let build = || self.session.request(Method::GET, path).query(query);
        self.session.send(build).await
    }

    async fn post(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: &Value,
    ) -> Result<Answer, PortError> {
        let build = || {
            let request = self.session.request(Method::POST, path);
            request.query(query).json(body)
        };
        self.session.send(build).await
    }
}

const NO_ADMIN: &str = "this account is no admin's, so Kavita does not scan for it; use the key of an admin, or let Kavita watch its folders";
const MORE_THAN_ASKED: &str = "it has more series than it was asked for";
const NOT_KAVITA: &str = "it tells no Kavita version; is this Kavita's own address?";

/// The name of a library, as it may stand in a sentence.
pub fn named(answer: &Answer, name: &str) -> String {
    answer.harmless(name).chars().take(MOST_LETTERS).collect()
}

fn good(answer: Answer) -> Result<Answer, PortError> {
    match answer.status {
        StatusCode::OK => Ok(answer),
        _ => Err(answer.unexpected()),
    }
}
