//! Asks Komga: who we are, what its statuses mean, and lists that come in pages.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, value::RawValue};

use super::{
    answers::{LibraryEntry, Page, is_id},
    choosing::{chosen, not_there},
};
use crate::{
    http::{Answer, Http, below, origin},
    ports::{PortError, ServerPlace},
};

/// The largest answer that is read, in bytes. A page of books is about 2 MB.
pub const LIMIT: usize = 32 * 1024 * 1024;

/// Records of one page.
pub const PAGE: usize = 1_000;

/// How often a list is read anew because records left it meanwhile.
const READINGS: u8 = 3;

/// The records of one list that are read at all.
const MOST: usize = 1_000_000;

const NO_KOMGA: &str = "there is no API of Komga 1.19 or later at this address; is it Komga's own address, with its URL base?";

/// One Komga, as whoever the connection says.
#[derive(Clone)]
pub struct Asking {
    pub(super) http: Http,
    place: ServerPlace,
}

/// A list that comes in pages.
pub struct List<'a> {
    /// Below the API.
    pub path: &'a str,
    /// What is asked for besides the page.
    pub query: &'a [(&'a str, &'a str)],
    /// Conditions; none for a list that is asked for with GET.
    pub conditions: Option<Value>,
}

/// The records of one page.
pub struct Records<T> {
    /// In its order.
    pub found: Vec<T>,
    /// No page follows.
    pub last: bool,
    /// On all pages.
    pub total: u64,
}

impl Asking {
    /// Asks nothing yet.
    pub fn new(place: ServerPlace) -> Self {
        let secrets = place.api_key.iter().chain(&place.password).cloned();
        Self {
            http: Http::new(place.timeout).hiding(secrets.collect::<Vec<_>>()),
            place,
        }
    }

    /// `scheme://host:port`, for messages.
    pub fn origin(&self) -> String {
        origin(&self.place.url)
    }

    /// Starts a request with the credentials in its headers: URLs end up in the logs of proxies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, below(&self.place.url, path));
        match (&self.place.api_key, &self.place.username) {
            (Some(key), _) => request.header("X-API-Key", key.expose()),
            (None, Some(user)) => {
                let password = self.place.password.as_ref();
                request.basic_auth(user, password.map(|password| password.expose()))
            }
            (None, None) => request,
        }
    }

    /// Sends it.
    ///
    /// # Errors
    /// For every status but success.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, PortError> {
        let answer = self.http.send(request, LIMIT).await?;
        self.check(answer)
    }

    /// An answer with a status that is none of success is an error.
    ///
    /// # Errors
    /// With what the status means.
    pub fn check(&self, answer: Answer) -> Result<Answer, PortError> {
        match answer.status.as_u16() {
            200..=299 => Ok(answer),
            401 => Err(PortError::Unauthorised {
                origin: answer.origin,
                hint: match (&self.place.api_key, &self.place.username) {
                    (Some(_), _) => {
                        "the API key is wrong; make one in Komga under My Account, API Keys"
                    }
                    (None, Some(_)) => "the e-mail address or the password is wrong",
                    (None, None) => {
                        "enter an API key; it is made in Komga under My Account, API Keys"
                    }
                },
            }),
            404 | 405 => Err(answer.bad(NO_KOMGA)),
            _ => Err(answer.unexpected()),
        }
    }

    /// GET; none when it is not there, or not for us to see.
    ///
    /// # Errors
    /// For every other status but success.
    pub async fn look(&self, path: &str) -> Result<Option<Answer>, PortError> {
        let answer = self
            .http
            .send(self.request(Method::GET, path), LIMIT)
            .await?;
        match answer.status.as_u16() {
            403 | 404 => Ok(None),
            _ => self.check(answer).map(Some),
        }
    }

    /// The libraries that are read: the one that was chosen, or all that we may see.
    ///
    /// # Errors
    /// Also when the chosen one is not there; it says which are.
    pub async fn libraries(&self) -> Result<Vec<LibraryEntry>, PortError> {
        let answer = self
            .send(self.request(Method::GET, "api/v1/libraries"))
            .await?;
        let mut all: Vec<LibraryEntry> = answer.json()?;
        all.retain(|library| is_id(&library.id));
        let Some(wanted) = &self.place.library else {
            return Ok(all);
        };
        match chosen(&all, wanted) {
            Some(library) => Ok(vec![library.clone()]),
            None => Err(PortError::Declined {
                origin: answer.origin.clone(),
                message: answer.harmless(&not_there(&all, wanted)),
            }),
        }
    }

    /// The id of the one library that was chosen, of those that are read; none when all are.
    pub fn chosen_of<'a>(&self, libraries: &'a [LibraryEntry]) -> Option<&'a str> {
        let first = libraries.first().map(|library| library.id.as_str());
        first.filter(|_| self.has_chosen())
    }

    /// True when just one library was chosen.
    pub fn has_chosen(&self) -> bool {
        self.place.library.is_some()
    }

    /// One page of a list, from page 0 on; each record is read by `read`.
    ///
    /// # Errors
    /// When it cannot be asked, or what comes is no page.
    pub async fn page<T>(
        &self,
        list: &List<'_>,
        number: usize,
        size: usize,
        read: impl Fn(&RawValue) -> T,
    ) -> Result<Records<T>, PortError> {
        let method = match list.conditions {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let mut request = self
            .request(method, list.path)
            .query(&[("page", number), ("size", size)])
            .query(list.query);
        if let Some(conditions) = &list.conditions {
            request = request.json(conditions);
        }
        let answer = self.send(request).await?;
        let page: Page<'_> = answer.json()?;
        if page.content.is_empty() && !page.last {
            return Err(answer.bad("an empty page that is not the last one"));
        }
        Ok(Records {
            found: page.content.into_iter().map(read).collect(),
            last: page.last,
            total: page.total_elements,
        })
    }

    /// All of a list. Records that leave it meanwhile push others to a page that was read already, so it is read anew then; a record
    /// that comes twice is for the caller to see.
    ///
    /// # Errors
    /// Also when it changes again and again, and when it has no end.
    pub async fn all<T>(
        &self,
        list: &List<'_>,
        read: impl Fn(&RawValue) -> T,
    ) -> Result<Vec<T>, PortError> {
        for _ in 0..READINGS {
            if let Some(all) = self.read_once(list, &read).await? {
                return Ok(all);
            }
        }
        Err(PortError::BadAnswer {
            origin: self.origin(),
            detail: "its list changed each time while it was read; it is tried again later".into(),
        })
    }

    /// None when records left it meanwhile.
    async fn read_once<T>(
        &self,
        list: &List<'_>,
        read: &impl Fn(&RawValue) -> T,
    ) -> Result<Option<Vec<T>>, PortError> {
        let (mut all, mut total) = (Vec::new(), 0);
        for number in 0..usize::MAX {
            let page = self.page(list, number, PAGE, read).await?;
            if page.total < total {
                return Ok(None);
            }
            total = page.total;
            let found = page.found.len();
            all.extend(page.found);
            // A proxy that drops the page's number would give the first one for ever.
            if found > PAGE || all.len() as u64 > total || number > MOST / PAGE {
                return Err(PortError::BadAnswer {
                    origin: self.origin(),
                    detail: "a list that has more entries than it says".into(),
                });
            }
            if page.last {
                break;
            }
            if all.len() > MOST {
                return Err(PortError::BadAnswer {
                    origin: self.origin(),
                    detail: format!("a list of more than {MOST} entries"),
                });
            }
        }
        Ok(Some(all))
    }
}
