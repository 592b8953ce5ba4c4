//! EBDZ as a connection.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Secrets, parse_url, programs::seconds};
use crate::search::ebdz::{self, EbdzConfig};

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
            let is_text = cookie.chars().all(|letter| matches!(letter, ' '..='~'));
            cookie.trim().is_empty() || !is_text || !has_login(cookie)
        });
        // No one is disturbed by a forum of one's own machine.
        let least = u32::from(!is_here(&self.url));
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
                broken.then(|| "it must be the cookie 'mybbuser' as a browser that is logged in shows it, for example mybbuser=123_abc".into()),
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
                (!(least..=600).contains(&self.pace_seconds))
                    .then(|| "it must be 1 to 600 seconds".into()),
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

/// It is the value alone, or among several the one by which a MyBB knows its members.
fn has_login(cookie: &str) -> bool {
    let mut cookies = ebdz::cookies(cookie);
    cookies.any(|cookie| {
        let value = cookie.strip_prefix("mybbuser=");
        value.is_some_and(|value| !value.is_empty())
    })
}

fn is_here(url: &str) -> bool {
    let Ok(url) = parse_url(url) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn the_pace_is_a_walk_and_the_cookie_is_that_of_a_login() {
        let mistakes = |url: &str, pace_seconds: u32, cookie: &str| {
            let settings = EbdzSettings {
                url: url.into(),
                pace_seconds,
                ..EbdzSettings::default()
            };
            let secrets = Secrets {
                cookie: Some(Secret::new(cookie)),
                ..Secrets::default()
            };
            let found = settings.mistakes(&secrets);
            found
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>()
        };
        for (url, pace, cookie, wrong) in [
            (EBDZ, 1, "12_abc", [].as_slice()),
            (EBDZ, 600, "Cookie: sid=x; mybbuser=12_abc", &[]),
            (EBDZ, 0, "12_abc", &["paceSeconds"]),
            (EBDZ, 601, "12_abc", &["paceSeconds"]),
            ("http://127.0.0.1:9/forum/", 0, "12_abc", &[]),
            ("http://localhost/", 0, "12_abc", &[]),
            ("http://192.168.1.2/", 0, "12_abc", &["paceSeconds"]),
            (EBDZ, 2, "foo=bar", &["cookie"]),
            (EBDZ, 2, "mybbuser=", &["cookie"]),
            (EBDZ, 2, " ", &["cookie"]),
        ] {
            assert_eq!(mistakes(url, pace, cookie), wrong, "{url} {pace} {cookie}");
        }
    }
}
