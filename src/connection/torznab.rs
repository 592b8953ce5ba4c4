//! An indexer that speaks Torznab as a connection, and what other programs push.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Number;
use url::Url;

use super::{Secrets, parse_url, programs::seconds};
use crate::{http::below, ports::Purpose, search::torznab::TorznabConfig};

/// Tags that are kept for whoever pushed it.
const MOST_TAGS: usize = 100;

/// An indexer that speaks Torznab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorznabSettings {
    /// Where it is, as other programs are told: without `/api`.
    pub url: String,
    /// What follows on that.
    pub api_path: String,
    /// Newznab categories; empty for all.
    pub categories: Vec<i64>,
    /// A private tracker, or none; none for what its releases say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub private: Option<bool>,
    /// It offers usenet, which no client takes: it is kept for whoever pushed it, and never asked.
    pub usenet: bool,
    /// Its recent releases are looked at.
    pub rss: bool,
    /// Searches that happen by themselves ask it.
    pub automatic_search: bool,
    /// Searches that someone asks for ask it.
    pub interactive_search: bool,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
    /// What whoever pushed it wants to read back, and nothing here is for.
    #[serde(skip_serializing_if = "Kept::is_nothing", default)]
    pub kept: Kept,
}

/// Fields of an indexer of Readarr that mean nothing here. Whoever pushed it compares them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Its name, when it is too long for a source's.
    pub name: Option<String>,
    /// 1 to 50.
    pub priority: Option<i64>,
    /// Of this program's profiles it is `leastSeeders`.
    pub minimum_seeders: Option<Number>,
    /// When a torrent may stop.
    pub seed_ratio: Option<Number>,
    /// When a torrent may stop; minutes.
    pub seed_time: Option<Number>,
    /// Numbers of tags.
    pub tags: Vec<i64>,
}

impl Kept {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for TorznabSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            api_path: "/api".into(),
            categories: vec![7000, 7030],
            private: None,
            usenet: false,
            rss: true,
            automatic_search: true,
            interactive_search: true,
            timeout_seconds: 90,
            kept: Kept::default(),
        }
    }
}

impl TorznabSettings {
    /// How the one of this name is reached.
    ///
    /// # Errors
    /// What is wrong with its address.
    pub fn config(&self, name: &str, secrets: &Secrets) -> Result<TorznabConfig, String> {
        Ok(TorznabConfig {
            name: name.to_owned(),
            url: self.endpoint()?,
            api_key: secrets.api_key.clone(),
            categories: self.categories.clone(),
            private: self.private,
            timeout: Duration::from_secs(u64::from(self.timeout_seconds)),
        })
    }

    fn endpoint(&self) -> Result<Url, String> {
        let home = parse_url(&self.url)?;
        Ok(match self.api_path.trim_matches('/') {
            "" => home,
            path => below(&home, path),
        })
    }

    /// It is asked for this.
    pub fn serves(&self, purpose: Purpose) -> bool {
        !self.usenet
            && match purpose {
                Purpose::Fresh => self.rss,
                Purpose::Sweep => self.automatic_search,
                Purpose::Asked => self.interactive_search,
            }
    }

    /// It is asked for anything.
    pub fn is_used(&self) -> bool {
        [Purpose::Fresh, Purpose::Sweep, Purpose::Asked]
            .into_iter()
            .any(|purpose| self.serves(purpose))
    }

    pub(super) fn mistakes(&self) -> Vec<(&'static str, String)> {
        let is_path = |path: &str| {
            path.len() <= 200
                && path
                    .bytes()
                    .all(|byte| matches!(byte, b'!'..=b'~') && !b"?#".contains(&byte))
        };
        let found = [
            ("url", parse_url(&self.url).err()),
            (
                "apiPath",
                (!is_path(&self.api_path)).then(|| {
                    "it must be the path that follows on the address, for example /api; no '?' and no '#'".into()
                }),
            ),
            (
                "categories",
                (self.categories.len() > 50
                    || self.categories.iter().any(|number| *number < 0))
                .then(|| "it must be at most 50 numbers, none of them negative".into()),
            ),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
            (
                "tags",
                (self.kept.tags.len() > MOST_TAGS).then(|| format!("at most {MOST_TAGS}")),
            ),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        found.into_iter().filter_map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, api_path: &str) -> TorznabSettings {
        TorznabSettings {
            url: url.into(),
            api_path: api_path.into(),
            ..TorznabSettings::default()
        }
    }

    #[test]
    fn the_path_follows_on_the_address_whatever_the_slashes() {
        for (url, path, expected) in [
            ("http://p:9696/3/", "/api", "http://p:9696/3/api"),
            ("http://p:9696/3", "api/", "http://p:9696/3/api"),
            (
                "http://j/results/torznab/api",
                "",
                "http://j/results/torznab/api/",
            ),
            ("http://j", "/a/b", "http://j/a/b"),
        ] {
            let endpoint = settings(url, path).endpoint();
            assert_eq!(
                endpoint.map(String::from),
                Ok(expected.into()),
                "{url} {path}"
            );
        }
    }

    #[test]
    fn each_mistake_is_named_by_its_field() {
        let wrong = TorznabSettings {
            categories: vec![-1],
            timeout_seconds: 0,
            ..settings("indexer", "/api?apikey=x")
        };
        let fields = wrong.mistakes().into_iter().map(|(field, _)| field);
        assert_eq!(
            fields.collect::<Vec<_>>(),
            ["url", "apiPath", "categories", "timeoutSeconds"]
        );
        assert_eq!(settings("http://h", "/api").mistakes(), []);
    }

    #[test]
    fn what_offers_usenet_is_never_asked() {
        let usenet = TorznabSettings {
            usenet: true,
            ..settings("http://h", "/api")
        };
        assert!(!usenet.is_used());
        let only_recent = TorznabSettings {
            automatic_search: false,
            interactive_search: false,
            ..settings("http://h", "/api")
        };
        assert!(only_recent.serves(Purpose::Fresh) && !only_recent.serves(Purpose::Sweep));
    }
}
