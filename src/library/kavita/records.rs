//! What Kavita answers, as far as it is used (its OpenAPI document; source of v0.8.3.2). All but ids may be missing.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A list of which some elements may be broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records<T> {
    /// What could be read.
    pub good: Vec<T>,
    /// How many could not.
    pub broken: usize,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self {
            good: Vec::new(),
            broken: 0,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Records<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut records = Self::default();
        for value in Option::<Vec<Value>>::deserialize(from)?.unwrap_or_default() {
            match serde_json::from_value(value) {
                Ok(record) => records.good.push(record),
                Err(_) => records.broken += 1,
            }
        }
        Ok(records)
    }
}

/// `LibraryDto`.
#[derive(Clone, Debug, Deserialize)]
pub struct Library {
    pub id: i64,
    #[serde(default)]
    pub name: Option<String>,
    /// Absolute, as the server sees them.
    #[serde(default)]
    pub folders: Option<Vec<String>>,
}

/// `SeriesDto`. Its times are local to the server, without an offset.
#[derive(Clone, Debug, Default, Deserialize, Hash)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    pub id: i64,
    #[serde(default)]
    pub library_id: i64,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub localized_name: Option<String>,
    #[serde(default)]
    pub original_name: Option<String>,
    #[serde(default)]
    pub folder_path: Option<String>,
    #[serde(default)]
    pub lowest_folder_path: Option<String>,
    #[serde(default)]
    pub pages: i64,
    #[serde(default)]
    pub last_chapter_added: Option<String>,
    /// Later versions only.
    #[serde(default)]
    pub last_chapter_added_utc: Option<String>,
    /// Written each time that Kavita found something changed in its folder.
    #[serde(default)]
    pub last_folder_scanned: Option<String>,
    /// 0 when unknown, and so are the next two; all three in later versions only.
    #[serde(default)]
    pub ani_list_id: i64,
    #[serde(default)]
    pub mal_id: i64,
    #[serde(default)]
    pub manga_baka_id: i64,
}

/// `SeriesMetadataDto`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// The highest `Count` of its files; 0 when none says it.
    pub total_count: i64,
    /// BCP 47.
    pub language: Option<String>,
    pub publication_status: Option<i64>,
    pub genres: Records<Word>,
    pub tags: Records<Word>,
    /// With commas between them.
    pub web_links: Option<String>,
}

/// `GenreTagDto` and `TagDto`.
#[derive(Clone, Debug, Deserialize)]
pub struct Word {
    pub title: String,
}

/// `VolumeDto`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    pub min_number: Option<f64>,
    pub max_number: Option<f64>,
    pub chapters: Records<Chapter>,
}

/// `ChapterDto`: what Kavita shows as one book.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Chapter {
    pub min_number: Option<f64>,
    pub max_number: Option<f64>,
    pub is_special: bool,
    pub total_count: i64,
    pub language: Option<String>,
    pub created: Option<String>,
    pub created_utc: Option<String>,
    pub last_modified_utc: Option<String>,
    pub files: Records<File>,
}

/// `MangaFileDto`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct File {
    /// Absolute, as the server sees it, with `/`.
    pub file_path: Option<String>,
    /// 0 when Kavita could not count them.
    pub pages: i64,
    /// 0 for files that were read before it counted them.
    pub bytes: i64,
    /// [`IMAGE`], archive 1, unknown 2, EPUB 3, PDF 4.
    pub format: i64,
}

/// The format of a file that is one page: the book is the folder that it is in.
pub const IMAGE: i64 = 0;

/// Header `Pagination`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// In all pages.
    pub total_items: usize,
}

/// `UserDto`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default)]
    pub kavita_version: Option<String>,
}

/// `ServerInfoDto` and `ServerInfoSlimDto`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    #[serde(default)]
    pub kavita_version: Option<String>,
}

/// `AuthKeyExpiresAtDto`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyExpiry {
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// `UserPreferencesDto`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub struct Preferences {
    /// Series that are related to another are left out of every list.
    pub collapse_series_relationships: bool,
}
