//! MyAnimeList: how many volumes a series has at home. Its API v2, as myanimelist.net/apiconfig/references/api/v2 describes it: whoever
//! asks shows the id of a client that he made there.

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder};

use super::{Place, api, bounds, names};
use crate::{
    domain::{
        catalogue::{Entry, Sought},
        identity,
    },
    http::{Answer, Http, below},
    ports::{Catalogue, PortError, TestReport},
};

pub(super) mod answers;

/// What it takes as a question, in characters; anything else is "invalid q".
const SHORTEST: usize = 3;
const LONGEST: usize = 64;

/// What is asked of a series.
pub(super) const FIELDS: &str = "id,title,alternative_titles,start_date,media_type,status,num_volumes,authors{first_name,last_name}";

const KEY_HINT: &str = "it wants the id of a client; make one at myanimelist.net under Preferences, API, and enter it as the key";

/// MyAnimeList.
pub struct MyAnimeList {
    place: Place,
    http: Http,
}

impl MyAnimeList {
    /// Asks nothing yet.
    pub fn new(place: Place) -> Self {
        let http = Http::new(place.timeout).hiding(place.key.clone());
        Self { place, http }
    }

    async fn find(&self, title: &str, most: usize) -> Result<Vec<Entry>, PortError> {
        let request = get(&self.place, &self.http, "v2/manga")?.query(&[
            ("q", title),
            ("limit", &most.to_string()),
            ("nsfw", "true"),
            ("fields", FIELDS),
        ]);
        let answer = ask(&self.http, request).await?;
        match answer.status.as_u16() {
            200 => answers::found(&answer.text()).map_err(|why| answer.bad(why)),
            _ => Err(answer.unexpected()),
        }
    }
}

/// A request for what is at a path.
pub(super) fn get(place: &Place, http: &Http, path: &str) -> Result<RequestBuilder, PortError> {
    let url = below(&place.url, path);
    let key = place.key.as_ref().filter(|key| !key.expose().is_empty());
    let key = key.ok_or_else(|| PortError::Unauthorised {
        origin: crate::http::origin(&url),
        hint: KEY_HINT,
    })?;
    let request = http.request(Method::GET, url);
    Ok(request.header("X-MAL-CLIENT-ID", key.expose()))
}

/// Asks once; what is said against the key is an error.
pub(super) async fn ask(http: &Http, request: RequestBuilder) -> Result<Answer, PortError> {
    let answer = api::ask(http, request).await?;
    // "Invalid client id" comes with 400.
    let is_key = || answer.detail().to_lowercase().contains("client id");
    match answer.status.as_u16() {
        401 => {}
        400 if is_key() => {}
        _ => return Ok(answer),
    }
    Err(PortError::Unauthorised {
        origin: answer.origin,
        hint: KEY_HINT,
    })
}

/// A title, cut at a word to what it takes.
fn question(title: &str) -> String {
    let title = bounds::line(title).unwrap_or_default();
    let cut: String = title.chars().take(LONGEST).collect();
    if cut.len() == title.len() || title[cut.len()..].starts_with(' ') {
        return cut;
    }
    match cut.rsplit_once(' ') {
        Some((whole, _)) if whole.chars().count() >= SHORTEST => whole.to_owned(),
        _ => cut,
    }
}

#[async_trait]
impl Catalogue for MyAnimeList {
    fn which(&self) -> identity::Catalogue {
        identity::Catalogue::MyAnimeList
    }

    /// By those of its names that are long enough.
    async fn search(&self, sought: &Sought) -> Result<Vec<Entry>, PortError> {
        let is_taken = |name: &&String| question(name).chars().count() >= SHORTEST;
        let taken: Vec<&String> = sought.names().filter(is_taken).collect();
        if taken.is_empty() {
            return Err(PortError::Declined {
                origin: crate::http::origin(&self.place.url),
                message: format!("it takes no title of less than {SHORTEST} letters"),
            });
        }
        let mut search = names::Search::of(sought, taken.into_iter());
        while let Some(name) = search.next(self.place.pace).await {
            let heard = self.find(&question(&name), bounds::MOST_ENTRIES).await;
            search.heard(heard)?;
        }
        Ok(search.into_entries())
    }

    async fn series(&self, ids: &[String]) -> Result<Vec<Entry>, PortError> {
        let Some(id) = ids.first() else {
            return Ok(Vec::new());
        };
        // It goes into a path.
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Vec::new());
        }
        let request = get(&self.place, &self.http, &format!("v2/manga/{id}"))?;
        let answer = ask(&self.http, request.query(&[("fields", FIELDS)])).await?;
        match answer.status.as_u16() {
            200 => {
                let entry = answers::series(&answer.text()).map_err(|why| answer.bad(why))?;
                Ok(vec![entry])
            }
            404 => Ok(Vec::new()),
            _ => Err(answer.unexpected()),
        }
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        self.find("One Piece", 1).await?;
        Ok(TestReport {
            program: "MyAnimeList (API v2)".into(),
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let long = "That Time I Got Reincarnated as a Slime and Something Else Happened There";
        assert_eq!(
            question(long),
            "That Time I Got Reincarnated as a Slime and Something Else"
        );
        assert_eq!(question("  One   Piece "), "One Piece");
        assert_eq!(question(&"x".repeat(100)).len(), LONGEST);
        assert_eq!(
            question(&format!("X {}", "é".repeat(100))).chars().count(),
            LONGEST
        );
        assert_eq!(question(""), "");
        let exact = format!("{} end", "y".repeat(LONGEST));
        assert_eq!(question(&exact), "y".repeat(LONGEST));
    }
}
