//! A folder library as a connection, and what may be done with what is put into it.

use serde::{Deserialize, Serialize};

use super::{SeriesSettings, is_place};
use crate::domain::{
    naming::{self, Naming, Template},
    release::{Hints, Kind},
};

/// Inboxes of one library.
const MOST_INBOXES: usize = 20;

/// A folder library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSettings {
    /// Absolute path.
    pub path: String,
    /// Folders above the series: 0 for `Series/`, 1 for `Author/Series/`.
    pub levels: u8,
    /// What its series are.
    #[serde(flatten)]
    pub series: SeriesSettings,
    /// Absolute paths of folders from which others put volumes into it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub inbox: Vec<String>,
    /// Whether what came is put into it.
    #[serde(default)]
    pub placing: Placing,
    /// What of it becomes another format on its way.
    #[serde(default)]
    pub convert: Convert,
    /// Which archives get a `ComicInfo.xml` on their way.
    #[serde(default)]
    pub comic_info: ComicInfo,
    /// How the names of files that are put into it are written; none for our own way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub naming: Option<String>,
    /// Files are called as those beside them, where these agree.
    #[serde(default = "yes")]
    pub follow_names: bool,
}

/// Whether what came is put into a library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placing {
    /// Others do it.
    #[default]
    Off,
    /// Into the folder of its series.
    Folder,
}

impl Placing {
    /// As stored, and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Folder => "folder",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Off, Self::Folder]
            .into_iter()
            .find(|placing| placing.word() == word)
    }
}

/// What becomes another format when it is put into a library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convert {
    /// Nothing.
    #[default]
    Off,
    /// RAR and 7z archives become CBZ.
    Cbz,
}

impl Convert {
    /// From its word, as stored and in the configuration.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "cbz" => Some(Self::Cbz),
            _ => None,
        }
    }
}

/// Which archives get a `ComicInfo.xml` when they are put into a library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ComicInfo {
    /// None.
    #[default]
    Off,
    /// Each CBZ that has none; one that is there is never replaced.
    Missing,
}

impl ComicInfo {
    /// From its word, as stored and in the configuration.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "missing" => Some(Self::Missing),
            _ => None,
        }
    }
}

impl FolderSettings {
    /// The folder with everything else as it is by default.
    pub fn of(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            levels: 0,
            series: SeriesSettings::default(),
            inbox: Vec::new(),
            placing: Placing::Off,
            convert: Convert::Off,
            comic_info: ComicInfo::Off,
            naming: None,
            follow_names: true,
        }
    }

    /// How names are made in it. A template that cannot be read was never let in.
    pub fn names(&self) -> Naming {
        let kind = self.series.kind();
        let template = self.naming.as_deref().and_then(|text| text.parse().ok());
        Naming {
            follow: self.follow_names,
            template: template
                .unwrap_or_else(|| Template::default_for(kind, Some(&self.series.language))),
        }
    }

    pub(super) fn mistakes(&self) -> Vec<(&'static str, String)> {
        let places = self.inbox.iter().all(|path| is_place(path));
        let found = [
            (
                "path",
                (!is_place(&self.path)).then(|| {
                    "it must be an absolute path below the root, for example /manga".into()
                }),
            ),
            (
                "levels",
                (self.levels > 4).then(|| "it must be 0 to 4".into()),
            ),
            (
                "inbox",
                (!places || self.inbox.len() > MOST_INBOXES).then(|| format!("it must be at most {MOST_INBOXES} absolute paths below the root, for example /downloads/manga")),
            ),
            ("naming", self.naming_mistake()),
        ];
        let found = found.into_iter().chain(self.series.mistakes());
        found
            .filter_map(|(field, problem)| Some((field, problem?)))
            .collect()
    }

    fn naming_mistake(&self) -> Option<String> {
        let text = self.naming.as_deref()?;
        let kind = Kind::from_word(&self.series.content)?;
        let read = text.parse::<Template>();
        let checked = read.and_then(|template| naming::check(&template, Hints::from(kind)));
        checked.err().map(|error| error.to_string())
    }
}

fn yes() -> bool {
    true
}
