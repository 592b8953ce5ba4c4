//! What is needed to start: the file and the environment. Every mistake is listed at once, with its place.

mod catalogues;
mod connections;
mod hooks;
mod layers;
mod targets;
mod taste;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use crate::{
    connection::{Secrets, Settings as ConnectionSettings},
    domain::{
        edition::{self, Edition},
        language::Code,
        release::ExtraWords,
    },
    secret::Secret,
    settings,
};
use layers::Layers;
pub use taste::{FileProfile, FileRule};

/// The manual, which is also the list of every key with its default.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// The environment variables that concern us.
pub type Environment = BTreeMap<String, String>;

/// What the program starts with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it keeps everything.
    pub data: PathBuf,
    /// Address to listen on.
    pub host: String,
    /// 0 takes a free one.
    pub port: u16,
    /// `/lacunarr`, or nothing; never ends in a slash.
    pub url_base: String,
    /// None makes one at the first start.
    pub api_key: Option<Secret>,
    /// None for SQLite.
    pub database_url: Option<Secret>,
    /// None makes one at the first start.
    pub secret_key: Option<Secret>,
    /// Filter directives.
    pub log_level: String,
    /// JSON instead of text.
    pub log_json: bool,
    /// Series checked at the same time.
    pub parallel_checks: usize,
    /// See the manual.
    pub lease_seconds: u32,
    /// See the manual.
    pub doubt_seconds: u32,
    /// Words of release names besides those that are known.
    pub words: ExtraWords,
    /// Connections that stand in the file.
    pub connections: Vec<FileConnection>,
    /// Rules that stand in the file.
    pub rules: Vec<FileRule>,
    /// Profiles that stand in the file.
    pub profiles: Vec<FileProfile>,
    /// The variables of settings, whose values they lock; no others, since those hold secrets.
    pub environment: Environment,
}

/// The most phrases in one list of `[words]`.
const MAX_WORDS: usize = 500;

/// A connection that stands in the file, or was given on the command line.
#[derive(Clone, Debug)]
pub struct FileConnection {
    /// The name of its table.
    pub name: String,
    /// What it is.
    pub settings: ConnectionSettings,
    /// Sealed before they reach the database.
    pub secrets: Secrets,
    /// It is asked.
    pub enabled: bool,
    /// For libraries: sending is allowed. None leaves it as it is.
    pub armed: Option<bool>,
}

/// One mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// `lacunarr.toml line 3` or a variable's name.
    pub place: String,
    /// What is wrong, and what it should be.
    pub problem: String,
}

/// Every mistake of a configuration.
#[derive(Debug)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the configuration has {} mistake{}:",
            self.0.len(),
            if self.0.len() == 1 { "" } else { "s" }
        )?;
        self.0
            .iter()
            .try_for_each(|mistake| write!(f, "\n  {}: {}", mistake.place, mistake.problem))
    }
}

impl std::error::Error for Mistakes {}

/// Reads the file, if there is one, and the variables that begin with `LACUNARR__`.
///
/// # Errors
/// Every mistake, at once.
pub fn load(
    data: &Path,
    file: Option<&Path>,
    environment: Environment,
) -> Result<Config, Mistakes> {
    let wanted = file.map(Path::to_path_buf);
    let path = wanted.clone().unwrap_or_else(|| data.join("lacunarr.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && wanted.is_none() => {
            String::new()
        }
        Err(error) => {
            return Err(Mistakes(vec![Mistake {
                place: path.display().to_string(),
                problem: format!("it cannot be read: {error}"),
            }]));
        }
    };
    let place = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    parse(data, &place, &text, environment)
}

/// [`load`], without touching the file system but for `…_file` keys.
///
/// # Errors
/// Every mistake, at once.
pub fn parse(
    data: &Path,
    place: &str,
    text: &str,
    environment: Environment,
) -> Result<Config, Mistakes> {
    let mut layers = Layers::new(place, text, &environment);
    let connections = connections::connections(&mut layers);
    let config = Config {
        data: data.to_owned(),
        host: layers
            .text("server.host")
            .unwrap_or_else(|| "0.0.0.0".into()),
        port: layers.number("server.port", 0, 65_535).unwrap_or(9797) as u16,
        url_base: url_base(&mut layers),
        api_key: api_key(&mut layers),
        database_url: database_url(&mut layers),
        secret_key: secret_key(&mut layers),
        log_level: log_level(&mut layers),
        log_json: layers.one_of("log.format", &["text", "json"]).as_deref() == Some("json"),
        parallel_checks: layers.number("work.parallel_checks", 1, 32).unwrap_or(8) as usize,
        lease_seconds: layers.number("work.lease_seconds", 2, 300).unwrap_or(15) as u32,
        doubt_seconds: layers.number("work.doubt_seconds", 1, 3600).unwrap_or(90) as u32,
        words: words(&mut layers),
        rules: taste::rules(&mut layers),
        profiles: taste::profiles(&mut layers),
        connections,
        environment: environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(settings::PREFIX))
            .collect(),
    };
    if config.database_url.is_some() && config.secret_key.is_none() {
        layers.mistake("database.url", "with PostgreSQL, secrets.key has to be given, the same for every replica; make one with: openssl rand -hex 32");
    }
    check_settings(&mut layers, &config.environment);
    let strangers = taste::strangers(&layers, &config);
    let mut mistakes = layers.finish();
    if mistakes.is_empty() {
        return Ok(config);
    }
    // Alone they are none: the database may know them.
    mistakes.extend(strangers);
    Err(Mistakes(mistakes))
}

fn url_base(layers: &mut Layers) -> String {
    let base = layers.text("server.url_base").unwrap_or_default();
    let base = base.trim_end_matches('/');
    let plain = base
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte));
    if !base.is_empty() && (!base.starts_with('/') || !plain || base.contains("//")) {
        layers.mistake(
            "server.url_base",
            "it must be a plain path that begins with '/', for example /lacunarr",
        );
    }
    base.to_owned()
}

fn api_key(layers: &mut Layers) -> Option<Secret> {
    let key = layers.secret("server.api_key")?;
    if key.expose().len() < 16 || key.expose().chars().any(char::is_whitespace) {
        layers.mistake("server.api_key", "it must have at least 16 characters and no spaces; make one with: openssl rand -hex 16");
    }
    Some(key)
}

fn database_url(layers: &mut Layers) -> Option<Secret> {
    let url = layers.secret("database.url")?;
    if !url.expose().starts_with("postgres://") && !url.expose().starts_with("postgresql://") {
        layers.mistake(
            "database.url",
            "it must begin with postgres://, or be empty for SQLite",
        );
    }
    Some(url)
}

fn secret_key(layers: &mut Layers) -> Option<Secret> {
    let key = layers.secret("secrets.key")?;
    if let Err(error) = crate::secret::Vault::from_text(key.expose()) {
        layers.mistake("secrets.key", &error.to_string());
    }
    Some(key)
}

fn log_level(layers: &mut Layers) -> String {
    let level = layers.text("log.level").unwrap_or_else(|| "info".into());
    if tracing_subscriber::EnvFilter::try_new(&level).is_err() {
        layers.mistake("log.level", "it must be error, warn, info, debug or trace, or a list such as info,lacunarr::search=debug");
    }
    level
}

fn check_settings(layers: &mut Layers, environment: &Environment) {
    for (name, variable) in settings::NAMES {
        let variable = format!("{}{variable}", settings::PREFIX);
        let Some(value) = environment.get(&variable) else {
            continue;
        };
        layers.use_key(&format!(
            "settings.{}",
            variable[settings::PREFIX.len()..].to_lowercase()
        ));
        if let Err(error) = settings::Settings::default().set(name, value) {
            layers.mistake_at(variable, error.problem);
        }
    }
}

fn words(layers: &mut Layers) -> ExtraWords {
    let mut words = ExtraWords {
        groups: phrases(layers, "words.groups"),
        ..ExtraWords::default()
    };
    for name in layers.keys_under("words.editions") {
        let key = format!("words.editions.{name}");
        let phrases = phrases(layers, &key);
        match Edition::from_word(&name) {
            Some(edition) => words
                .editions
                .extend(phrases.into_iter().map(|phrase| (phrase, edition))),
            None => layers.mistake(&key, &edition::unknown(&name)),
        }
    }
    for name in layers.keys_under("words.languages") {
        let key = format!("words.languages.{name}");
        let phrases = phrases(layers, &key);
        match Code::from_word(&name) {
            Some(code) => words
                .languages
                .extend(phrases.into_iter().map(|phrase| (phrase, code))),
            None => layers.mistake(
                &key,
                "it must be a language's two letters of ISO 639-1, for example fr",
            ),
        }
    }
    for phrase in words.ambiguous() {
        let problem = format!(
            "'{phrase}' stands for two languages or two editions; leave it in one list only"
        );
        layers.mistake("words", &problem);
    }
    words
}

fn phrases(layers: &mut Layers, key: &str) -> Vec<String> {
    let phrases = layers.texts(key).unwrap_or_default();
    let bad = |phrase: &String| phrase.len() > 60 || !phrase.contains(char::is_alphanumeric);
    if phrases.len() > MAX_WORDS || phrases.iter().any(bad) {
        layers.mistake(key, &format!("it must be a list of at most {MAX_WORDS} phrases, each with a letter or digit and at most 60 bytes"));
    }
    phrases
}

#[cfg(test)]
mod tests;
