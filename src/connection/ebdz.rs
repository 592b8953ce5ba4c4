//! EBDZ as a connection.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Secrets, parse_url, programs::seconds};
use crate::search::ebdz::EbdzConfig;

/// Where EBDZ is.
pub const EBDZ: &str = "https://ebdz.net/forum/";
/// Forums of one source at most.
const MOST_FORUMS: usize = 50;

/// An EBDZ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EbdzSettings {
    /// Where its pages are.
    pub url: String,
    /// With a password; none where a cookie is used alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// Its numbers of the forums that are read.
    pub forums: Vec<i64>,
    /// Seconds between two pages.
    pub pace_seconds: u32,
    /// Hours from the end of a crawl to the next.
    pub crawl_hours: u32,
    /// All of it is read anew, a few pages with each day's crawl.
    pub full_sweep: bool,
    /// Seconds until a page is given up.
    pub timeout_seconds: u32,
}

impl Default for EbdzSettings {
    fn default() -> Self {
        Self {
            url: EBDZ.into(),
            username: None,
            // Mangas.
            forums: vec![29],
            pace_seconds: 2,
            crawl_hours: 24,
            full_sweep: false,
            timeout_seconds: 30,
        }
    }
}

impl EbdzSettings {
    /// How it is reached.
    ///
    /// # Errors
    /// What is wrong with its address.
    pub fn config(&self, secrets: &Secrets) -> Result<EbdzConfig, String> {
        Ok(EbdzConfig {
            url: parse_url(&self.url)?,
            username: self.username.clone(),
            password: secrets.password.clone(),
            cookie: secrets.cookie.clone(),
            pace: Duration::from_secs(u64::from(self.pace_seconds)),
            timeout: Duration::from_secs(u64::from(self.timeout_seconds)),
        })
    }

    pub(super) fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let lonely = self.username.is_some() != secrets.password.is_some();
        let nobody = secrets.cookie.is_none() && self.username.is_none() && !lonely;
        let cookie = secrets.cookie.as_ref().map(|cookie| cookie.expose());
        let broken = cookie.is_some_and(|cookie| {
            cookie.trim().is_empty() || !cookie.chars().all(|letter| matches!(letter, ' '..='~'))
        });
        let found = [
            ("url", parse_url(&self.url).err()),
            (
                "password",
                lonely.then(|| "name and password are given both or not at all".into()),
            ),
            (
                "username",
                nobody.then(|| "a name and a password are needed, or the cookie 'mybbuser' of a browser that is logged in".into()),
            ),
            (
                "cookie",
                broken.then(|| "it must be a cookie as a browser shows it, for example mybbuser=123_abc".into()),
            ),
            (
                "forums",
                (self.forums.is_empty()
                    || self.forums.len() > MOST_FORUMS
                    || self.forums.iter().any(|forum| *forum < 1))
                .then(|| format!("it must be 1 to {MOST_FORUMS} numbers of forums; 29 is Mangas, 23 BD")),
            ),
            (
                "paceSeconds",
                (self.pace_seconds > 600).then(|| "it must be 0 to 600 seconds".into()),
            ),
            (
                "crawlHours",
                (!(1..=168).contains(&self.crawl_hours)).then(|| "it must be 1 to 168 hours".into()),
            ),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        found.into_iter().filter_map(told).collect()
    }
}
