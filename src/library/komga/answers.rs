//! What Komga answers, as far as it is needed. A record whose fields have other types is not read, and says where it stands. Pure.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// The longest id that is taken for one.
const LONGEST_ID: usize = 64;

/// One page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<'a> {
    /// Its records.
    #[serde(borrow)]
    pub content: Vec<&'a RawValue>,
    /// No page follows.
    pub last: bool,
    /// Records on all pages.
    #[serde(default)]
    pub total_elements: u64,
}

/// `LibraryDto`.
#[derive(Clone, Debug, Deserialize)]
pub struct LibraryEntry {
    /// Its id.
    pub id: String,
    /// Unique there.
    pub name: String,
    /// The folder, as Komga sees it; empty for whoever is no administrator.
    #[serde(default)]
    pub root: String,
    /// Its folder could not be read at the last scan.
    #[serde(default)]
    pub unavailable: bool,
}

/// `SeriesDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesEntry {
    /// Its id.
    pub id: String,
    /// Of the library that it is in.
    pub library_id: String,
    /// Of its folder, or of its file when it is a one-shot.
    pub name: String,
    /// As of the last change of its files, UTC.
    #[serde(default)]
    pub last_modified: String,
    /// Those in the trash included.
    #[serde(default)]
    pub books_count: i64,
    /// In the trash.
    #[serde(default)]
    pub deleted: bool,
    /// One book that stands for itself.
    #[serde(default)]
    pub oneshot: bool,
    /// What is known of it.
    #[serde(default)]
    pub metadata: SeriesMetadata,
}

/// `SeriesMetadataDto`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeriesMetadata {
    /// The name, until somebody gives another.
    pub title: String,
    /// Somebody gave it.
    pub title_lock: bool,
    /// `ONGOING` until somebody says otherwise.
    pub status: String,
    /// BCP 47, or empty.
    pub language: String,
    /// How many books it has when it is complete.
    pub total_book_count: Option<i64>,
    /// Words.
    pub genres: Vec<String>,
    /// Words.
    pub tags: Vec<String>,
    /// Pages about it.
    pub links: Vec<WebLink>,
    /// Other titles.
    pub alternate_titles: Vec<AlternateTitle>,
}

/// `WebLinkDto`.
#[derive(Debug, Deserialize)]
pub struct WebLink {
    /// Where.
    pub url: String,
}

/// `AlternateTitleDto`.
#[derive(Debug, Deserialize)]
pub struct AlternateTitle {
    /// It.
    pub title: String,
}

/// `BookDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookEntry {
    /// Its id.
    pub id: String,
    /// Of the series that it is in.
    pub series_id: String,
    /// Of the library that it is in.
    pub library_id: String,
    /// The file's path, as Komga sees it; for whoever is no administrator its name.
    pub url: String,
    /// Its position in the series, from 1 on, whatever volume it is; 0 until it is sorted in.
    pub number: i64,
    /// UTC.
    #[serde(default)]
    pub last_modified: String,
    /// UTC.
    #[serde(default)]
    pub file_last_modified: String,
    /// Bytes.
    pub size_bytes: u64,
    /// In the trash.
    #[serde(default)]
    pub deleted: bool,
    /// It stands for itself.
    #[serde(default)]
    pub oneshot: bool,
    /// Whether it can be read.
    #[serde(default)]
    pub media: Media,
    /// What is known of it.
    #[serde(default)]
    pub metadata: BookMetadata,
}

/// `MediaDto`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Media {
    /// `UNKNOWN`, `ERROR`, `READY`, `UNSUPPORTED` or `OUTDATED`.
    pub status: String,
    /// `ERR_…` codes.
    pub comment: Option<String>,
}

/// `BookMetadataDto`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BookMetadata {
    /// The position until somebody gives another: `12.5`, `HS1`.
    pub number: String,
    /// Somebody gave it.
    pub number_lock: bool,
    /// The position until somebody gives another.
    pub number_sort: Option<f64>,
    /// Somebody gave it.
    pub number_sort_lock: bool,
}

/// `UserDto`.
#[derive(Debug, Deserialize)]
pub struct User {
    /// Its name.
    pub email: String,
    /// `ADMIN` among them.
    pub roles: Vec<String>,
}

impl User {
    /// It may see paths and ask for scans.
    pub fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role == "ADMIN")
    }
}

/// Of `GET /actuator/info`.
#[derive(Debug, Default, Deserialize)]
pub struct Info {
    /// The program.
    #[serde(default)]
    pub build: Build,
}

/// Its build.
#[derive(Debug, Default, Deserialize)]
pub struct Build {
    /// For example `1.26.3`.
    #[serde(default)]
    pub version: String,
}

/// A record that could not be read, as far as it says where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// Its own id.
    pub id: Option<String>,
    /// Of its series, for a book.
    pub series_id: Option<String>,
    /// Of its library.
    pub library_id: Option<String>,
    /// Its path, or the file's name.
    pub url: Option<String>,
}

/// A record with an id that can be asked for.
pub trait Record: for<'a> Deserialize<'a> {
    /// Its ids.
    fn ids(&self) -> impl Iterator<Item = &str>;

    /// Reads it.
    ///
    /// # Errors
    /// [`Broken`] when a field that is needed is missing or has another type.
    fn read(raw: &RawValue) -> Result<Self, Broken> {
        match serde_json::from_str::<Self>(raw.get()) {
            Ok(record) if record.ids().all(is_id) => Ok(record),
            _ => Err(Broken::of(raw)),
        }
    }
}

impl Record for SeriesEntry {
    fn ids(&self) -> impl Iterator<Item = &str> {
        [self.id.as_str(), &self.library_id].into_iter()
    }
}

impl Record for BookEntry {
    fn ids(&self) -> impl Iterator<Item = &str> {
        [self.id.as_str(), &self.series_id, &self.library_id].into_iter()
    }
}

impl Broken {
    fn of(raw: &RawValue) -> Self {
        let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
        let text = |name: &str| value.get(name)?.as_str().map(ToOwned::to_owned);
        let id = |name: &str| text(name).filter(|id| is_id(id));
        Self {
            id: id("id"),
            series_id: id("seriesId"),
            library_id: id("libraryId"),
            url: text("url").filter(|url| !url.is_empty()),
        }
    }
}

/// Letters, digits, `-` and `_`: it goes into paths of requests.
pub fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Milliseconds since the epoch, of `2026-08-17T15:40:47Z`; 0 for what is no time.
pub fn moment(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).map_or(0, |at| at.timestamp_millis())
}
