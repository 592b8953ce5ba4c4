//! Keeps its file: asks once a day which there is, and fetches another one whole, checked and in one step.
//!
//! `version.json` beside the file says its label, SHA-256 and size (`export/publish.sh` of opentomedb/opentome). GitHub leads to another
//! host for both.

use std::{path::PathBuf, time::Duration};

use futures_util::StreamExt;
use reqwest::{
    Method, StatusCode,
    header::{ETAG, HeaderValue, IF_NONE_MATCH},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use url::Url;

use super::super::Place;
use crate::{
    clock::Clock,
    http::{Answer, Http, below, origin},
    ports::{PortError, TestReport},
    store::opentome::OpenTomeFile,
};

/// The largest file that is fetched, in bytes.
const MOST: u64 = 300 * 1024 * 1024;
/// The largest `version.json`, in bytes.
const MOST_VERSION: usize = 64 * 1024;
/// Redirects that are followed.
const MOST_REDIRECTS: usize = 4;
/// How long a file is taken for the newest one, in milliseconds.
const FRESH: i64 = 24 * 3600 * 1000;
/// How long after a failure, in milliseconds.
const AGAIN: i64 = 3600 * 1000;
/// How long the whole file may take.
const LONGEST: Duration = Duration::from_secs(30 * 60);

const FILE: &str = "manga-metadata.sqlite";
const VERSION: &str = "version.json";

/// What `version.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    /// `opentome-2026-09-24`; the name of the field is older than the catalogue.
    gcd_dump: String,
    sha256: String,
    /// Bytes.
    size: u64,
}

/// What is kept beside the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    version: Version,
    etag: Option<String>,
    /// Until then nothing is asked; milliseconds since the epoch.
    fresh_until: i64,
}

/// Which file there is.
enum Newest {
    Same,
    Other(Version, Option<String>),
}

/// Its file, and where it comes from.
pub(super) struct Fetching {
    http: Http,
    url: Url,
    timeout: Duration,
    folder: PathBuf,
    clock: Clock,
}

impl Fetching {
    pub fn new(place: Place, folder: PathBuf, clock: Clock) -> Self {
        Self {
            http: Http::new(place.timeout),
            url: place.url,
            timeout: place.timeout,
            folder,
            clock,
        }
    }

    /// The newest file, as far as is known; fetched where it has to be. When it cannot be asked which is the newest, the one that is there.
    ///
    /// # Errors
    /// When there is none, and none can be fetched.
    pub async fn file(&self) -> Result<PathBuf, PortError> {
        let path = self.folder.join(FILE);
        let held = self.held().await;
        let now = self.clock.now();
        let Some(held) = held else {
            self.renew(None).await?;
            return Ok(path);
        };
        if held.fresh_until > now && held.fresh_until <= now + FRESH {
            return Ok(path);
        }
        if let Err(error) = self.renew(Some(&held)).await {
            tracing::warn!(%error, "the newest file of OpenTome was not fetched; the one from before is used");
            let fresh_until = now + AGAIN;
            self.keep(&Held {
                fresh_until,
                ..held
            })
            .await?;
        }
        Ok(path)
    }

    /// Asks which file there is.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn test(&self) -> Result<TestReport, PortError> {
        let held = self.held().await;
        let version = match self.newest(None).await? {
            Newest::Other(version, _) => version,
            Newest::Same => return Err(self.bad("it has no version.json")),
        };
        let warnings = match held {
            Some(held) if held.version == version => Vec::new(),
            _ => vec!["this file is fetched when it is first needed".to_owned()],
        };
        let megabytes = version.size.div_ceil(1024 * 1024);
        Ok(TestReport {
            program: format!("OpenTome: {}, {megabytes} MB", version.gcd_dump),
            warnings,
        })
    }

    /// What is there; none when the file is not, or not the one that is noted.
    async fn held(&self) -> Option<Held> {
        let noted = tokio::fs::read(self.folder.join(VERSION)).await.ok()?;
        let held: Held = serde_json::from_slice(&noted).ok()?;
        let file = tokio::fs::metadata(self.folder.join(FILE)).await.ok()?;
        (file.is_file() && file.len() == held.version.size).then_some(held)
    }

    async fn renew(&self, held: Option<&Held>) -> Result<(), PortError> {
        let etag = held.and_then(|held| held.etag.as_deref());
        let fresh_until = self.clock.now() + FRESH;
        let newest = self.newest(etag).await?;
        let held = match (newest, held) {
            (Newest::Same, Some(held)) => Held {
                fresh_until,
                ..held.clone()
            },
            (Newest::Same, None) => return Err(self.bad("it has no version.json")),
            (Newest::Other(version, etag), held) => {
                if held.is_none_or(|held| held.version.sha256 != version.sha256) {
                    self.fetch(&version).await?;
                }
                Held {
                    version,
                    etag,
                    fresh_until,
                }
            }
        };
        self.keep(&held).await
    }

    async fn newest(&self, etag: Option<&str>) -> Result<Newest, PortError> {
        let mut url = below(&self.url, VERSION);
        for _ in 0..=MOST_REDIRECTS {
            let mut request = self.http.request(Method::GET, url.clone());
            if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let answer = self.http.send(request, MOST_VERSION).await?;
            match self.next(&answer, &url)? {
                Some(next) => url = next,
                None if answer.status == StatusCode::NOT_MODIFIED => return Ok(Newest::Same),
                None => return self.version(&answer),
            }
        }
        Err(self.bad("it redirects in circles"))
    }

    fn version(&self, answer: &Answer) -> Result<Newest, PortError> {
        if answer.status != StatusCode::OK {
            return Err(answer.unexpected());
        }
        let mut version: Version = answer.json()?;
        version.sha256.make_ascii_lowercase();
        version.gcd_dump = super::super::page::clean(&version.gcd_dump);
        let is_hash = version.sha256.len() == 64
            && version.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash || version.size == 0 {
            return Err(answer.bad("version.json names no file"));
        }
        if version.size > MOST {
            return Err(self.too_large());
        }
        let etag = answer.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        Ok(Newest::Other(version, etag.map(str::to_owned)))
    }

    /// Where a redirect leads; none when there is none.
    fn next(&self, answer: &Answer, url: &Url) -> Result<Option<Url>, PortError> {
        let location = answer.location().filter(|_| answer.status.is_redirection());
        let Some(location) = location else {
            return Ok(None);
        };
        let next = url.join(location).ok();
        let is_known = |next: &Url| {
            let host = next.host_str().unwrap_or_default();
            let is_github = next.scheme() == "https" && host.ends_with(".githubusercontent.com");
            next.origin() == self.url.origin() || is_github
        };
        match next.filter(is_known) {
            Some(next) => Ok(Some(next)),
            None => Err(self.bad("it redirects to another site")),
        }
    }

    /// Fetches the file beside the old one, and puts it in its place when it is whole.
    async fn fetch(&self, version: &Version) -> Result<(), PortError> {
        tokio::fs::create_dir_all(&self.folder)
            .await
            .map_err(|error| self.files(error))?;
        let part = self.folder.join(format!("{FILE}.part"));
        let fetched = tokio::time::timeout(LONGEST, self.write(version, &part)).await;
        let fetched = fetched.unwrap_or_else(|_| {
            Err(PortError::Timeout {
                origin: origin(&self.url),
                after: LONGEST,
            })
        });
        let placed = match fetched {
            Ok(()) => tokio::fs::rename(&part, self.folder.join(FILE))
                .await
                .map_err(|error| self.files(error)),
            Err(error) => Err(error),
        };
        if placed.is_err() {
            // It may not be there at all.
            let _ = tokio::fs::remove_file(&part).await;
        }
        placed
    }

    async fn write(&self, version: &Version, part: &PathBuf) -> Result<(), PortError> {
        let mut bytes = self.open().await?;
        let files = |error| self.files(error);
        let mut file = tokio::fs::File::create(part).await.map_err(files)?;
        let (mut hash, mut length) = (Sha256::new(), 0u64);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            length += chunk.len() as u64;
            if length > version.size {
                return Err(self.bad("the file is longer than version.json says"));
            }
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(files)?;
        }
        file.sync_all().await.map_err(files)?;
        if length != version.size || hex::encode(hash.finalize()) != version.sha256 {
            return Err(self.bad("the file is not the one that version.json names; it is published anew just now, or broke off"));
        }
        let label = match OpenTomeFile::open(part).await {
            Ok(mut file) => file.label().await,
            Err(error) => Err(error),
        };
        match label {
            Ok(Some(label)) if label == version.gcd_dump => Ok(()),
            _ => Err(self.bad("the file has another form than this version of Lacunarr knows")),
        }
    }

    async fn open(&self) -> Result<crate::http::Bytes, PortError> {
        let mut url = below(&self.url, FILE);
        for _ in 0..=MOST_REDIRECTS {
            let request = self.http.request(Method::GET, url.clone());
            let (answer, bytes) = self.http.stream(request, self.timeout).await?;
            match self.next(&answer, &url)? {
                Some(next) => url = next,
                None if answer.status == StatusCode::OK => return Ok(bytes),
                None => return Err(answer.unexpected()),
            }
        }
        Err(self.bad("it redirects in circles"))
    }

    async fn keep(&self, held: &Held) -> Result<(), PortError> {
        let text = serde_json::to_vec(held).expect("it has a form in JSON");
        let part = self.folder.join(format!("{VERSION}.part"));
        let files = |error| self.files(error);
        tokio::fs::write(&part, text).await.map_err(files)?;
        let renamed = tokio::fs::rename(&part, self.folder.join(VERSION)).await;
        renamed.map_err(files)
    }

    fn bad(&self, detail: &str) -> PortError {
        PortError::BadAnswer {
            origin: origin(&self.url),
            detail: detail.into(),
        }
    }

    fn too_large(&self) -> PortError {
        PortError::TooLarge {
            origin: origin(&self.url),
            limit: usize::try_from(MOST).unwrap_or(usize::MAX),
        }
    }

    fn files(&self, error: std::io::Error) -> PortError {
        PortError::Files {
            place: "the folder of OpenTome".into(),
            cause: error.to_string(),
        }
    }
}
