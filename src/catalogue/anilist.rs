//! AniList: names of a series in many languages, and how many volumes it has at home once it is at its end. Its GraphQL interface, as
//! docs.anilist.co describes it; reading needs no account. Errors stand in the body, with or without the HTTP status of their own.

use async_trait::async_trait;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::answers::Complaint;
use super::{Place, api, bounds, names};
use crate::{
    domain::{
        catalogue::{Entry, Sought},
        identity,
    },
    http::{Answer, Http},
    ports::{Catalogue, PortError, TestReport},
};

pub(super) mod answers;

/// Series of one answer at most, by its documentation.
const BATCH: usize = 50;

/// How much of an error is shown, in characters.
const SHOWN: usize = 160;

/// The makers are asked for here alone: a question about many series with them is too complex for it.
const SEARCH: &str = "query($search:String,$most:Int){Page(page:1,perPage:$most){media(search:$search,type:MANGA){\
    id title{romaji english native} synonyms volumes status format startDate{year} countryOfOrigin \
    staff(perPage:6,sort:RELEVANCE){edges{role node{name{full}}}}}}}";

const SERIES: &str = "query($ids:[Int]){Page(page:1,perPage:50){media(id_in:$ids,type:MANGA){\
    id title{romaji english native} synonyms volumes status format startDate{year} countryOfOrigin}}}";

/// AniList.
pub struct AniList {
    place: Place,
    http: Http,
}

impl AniList {
    /// Asks nothing yet.
    pub fn new(place: Place) -> Self {
        let http = Http::new(place.timeout);
        Self { place, http }
    }

    async fn find(&self, name: &str) -> Result<Vec<Entry>, PortError> {
        let search = bounds::line(name).unwrap_or_default();
        let most = bounds::MOST_ENTRIES;
        let mut entries = self
            .page(SEARCH, json!({"search": search, "most": most}))
            .await?;
        entries.truncate(most);
        Ok(entries)
    }

    async fn page(&self, query: &str, variables: Value) -> Result<Vec<Entry>, PortError> {
        let (answer, said) = ask(&self.place, &self.http, query, variables).await?;
        let page: answers::Paged = said.map_err(|complaint| complaint.into_error(&answer))?;
        answers::entries(page).map_err(|why| answer.bad(why))
    }
}

/// Asks once; what it says, or what it complains of.
pub(super) async fn ask<T: DeserializeOwned>(
    place: &Place,
    http: &Http,
    query: &str,
    variables: Value,
) -> Result<(Answer, Result<T, Complaint>), PortError> {
    let request = http
        .request(Method::POST, place.url.clone())
        .header("Accept", "application/json")
        .json(&json!({"query": query, "variables": variables}));
    let answer = api::ask(http, request).await?;
    match answers::read(&answer.text()) {
        Ok(said) if said.is_err() || answer.status.as_u16() == 200 => Ok((answer, said)),
        Err(why) if answer.status.as_u16() == 200 => Err(answer.bad(why)),
        _ => Err(answer.unexpected()),
    }
}

impl Complaint {
    /// As an error of the whole question.
    pub(super) fn into_error(self, answer: &Answer) -> PortError {
        let origin = answer.origin.clone();
        if self.status == 429 {
            return PortError::RateLimited {
                origin,
                retry_after: answer.retry_after(),
            };
        }
        let detail = answer.harmless(&self.message);
        PortError::Status {
            origin,
            status: self.status,
            detail: detail.chars().take(SHOWN).collect(),
        }
    }
}

#[async_trait]
impl Catalogue for AniList {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::AniList
    }

    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let mut search = names::Search::of(sought, sought.names());
        while let Some(name) = search.next(self.place.pace).await {
            search.heard(self.find(&name).await)?;
        }
        Ok(search.into_entries())
    }

    fn batch(&self) -> usize {
        BATCH
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        let ids: Vec<u32> = ids
            .iter()
            .take(BATCH)
            .filter_map(|id| id.parse().ok())
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.page(SERIES, json!({"ids": ids})).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        self.page(SEARCH, json!({"search": "One Piece", "most": 1}))
            .await?;
        Ok(TestReport {
            program: "AniList (GraphQL)".into(),
            warnings: Vec::new(),
        })
    }
}
