//! A library that a server shows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Secrets, SeriesSettings, parse_url, programs::seconds};
use crate::ports::ServerPlace;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Komga.
    Komga,
    /// Kavita.
    Kavita,
}

impl Server {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Komga, Self::Kavita];

    /// As stored, and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Komga => "komga",
            Self::Kavita => "kavita",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|server| server.word() == word)
    }

    /// As its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Komga => "Komga",
            Self::Kavita => "Kavita",
        }
    }
}

/// A library of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSettings {
    /// With its URL base.
    pub url: String,
    /// With a password, where there is no API key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// The server's name, or id, of the one library that this is; none for all that it shows us.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub server_library: Option<String>,
    /// Seconds until an answer is given up.
    pub timeout_seconds: u32,
    /// What changes is looked at when nothing more has changed for so many seconds, or the server says that it is done.
    pub settle_seconds: u32,
    /// Seconds between two questions for what changed, where the server does not tell it by itself.
    pub poll_seconds: u32,
    /// What its series are.
    #[serde(flatten)]
    pub series: SeriesSettings,
}

/// What is wrong with the ways into a server that were given, if it is not that a name or a password is alone.
fn ways_in(server: Server, key: bool, name: bool, lonely: bool) -> Option<String> {
    match (key, name) {
        _ if lonely => None,
        (false, false) => Some(format!(
            "an API key of {} is needed, or a name and a password",
            server.title()
        )),
        (true, true) => Some(
            "there are two ways in, the API key and a name with a password; keep one, and leave the other out or make it empty"
                .into(),
        ),
        _ => None,
    }
}

impl ServerSettings {
    /// One at this address, with everything else as it is by default.
    pub fn of(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            username: None,
            server_library: None,
            timeout_seconds: 60,
            settle_seconds: 30,
            poll_seconds: 60,
            series: SeriesSettings::default(),
        }
    }

    /// How it is reached.
    ///
    /// # Errors
    /// What is wrong with its address.
    pub fn place(&self, secrets: &Secrets) -> Result<ServerPlace, String> {
        Ok(ServerPlace {
            url: parse_url(&self.url)?,
            api_key: secrets.api_key.clone(),
            username: self.username.clone(),
            password: secrets.password.clone(),
            library: self.server_library.clone(),
            timeout: Duration::from_secs(u64::from(self.timeout_seconds)),
        })
    }

    pub(super) fn mistakes(
        &self,
        server: Server,
        secrets: &Secrets,
    ) -> Vec<(&'static str, String)> {
        let lonely = self.username.is_some() != secrets.password.is_some();
        let (key, name) = (secrets.api_key.is_some(), self.username.is_some());
        let between = |value: u32, least, most| {
            (!(least..=most).contains(&value))
                .then(|| format!("it must be {least} to {most} seconds"))
        };
        let found = [
            ("url", parse_url(&self.url).err()),
            (
                "password",
                lonely.then(|| "a name and a password belong together; give both".into()),
            ),
            ("apiKey", ways_in(server, key, name, lonely)),
            (
                "serverLibrary",
                self.server_library
                    .as_ref()
                    .is_some_and(|name| name.trim().is_empty() || name.len() > 200)
                    .then(|| "it must be a library's name or id, or be left out".into()),
            ),
            ("timeoutSeconds", seconds(self.timeout_seconds)),
            ("settleSeconds", between(self.settle_seconds, 1, 600)),
            ("pollSeconds", between(self.poll_seconds, 10, 86_400)),
        ];
        let found = found.into_iter().chain(self.series.mistakes());
        found
            .filter_map(|(field, problem)| Some((field, problem?)))
            .collect()
    }
}
