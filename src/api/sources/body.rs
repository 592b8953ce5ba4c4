//! What is sent of a source: to make one, and to change one.

use poem_openapi::{Enum, Object, types::MaybeUndefined};

use super::super::connection::{Mistakes, changed, changed_secret, refuse, set};
use crate::connection::{EbdzSettings, ProwlarrSettings, Secrets, Settings, TorznabSettings};

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum SourceKind {
    /// A Prowlarr, with all its indexers.
    Prowlarr,
    /// One indexer that speaks Torznab, of Jackett or its own.
    Torznab,
    /// EBDZ, a forum of ed2k links that is read into a local index.
    Ebdz,
    /// What other programs push here as they would to Readarr; it is never asked.
    Push,
}

/// A source to be made. What its kind does not have must be left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSource {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Its address, with its URL base, for example `http://prowlarr:9696`. Torznab: as it is given to other programs, without `/api`. EBDZ: left
    /// out for `https://ebdz.net/forum/`.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// Prowlarr's API key; it stands there under Settings, General. Torznab: its key, where it wants one.
    #[oai(
        write_only,
        validator(min_length = 1, max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: Option<String>,
    /// Prowlarr, Torznab: Newznab categories; 7000 and 7030 when left out.
    #[oai(validator(max_items = 50))]
    categories: Option<Vec<i64>>,
    /// Torznab: what follows on the address; `/api` when left out.
    #[oai(validator(max_length = 200, pattern = "^[!\"$->@-~]*$"))]
    api_path: Option<String>,
    /// Torznab: a private tracker, with fewer queries a day, whose downloads are never removed. Left out: as its releases say, and until then a
    /// private one.
    private: Option<bool>,
    /// Torznab: its recent releases are looked at; on when left out.
    rss: Option<bool>,
    /// Torznab: searches that happen by themselves ask it; on when left out.
    automatic_search: Option<bool>,
    /// Torznab: searches that someone asks for ask it; on when left out.
    interactive_search: Option<bool>,
    /// Prowlarr: its numbers of its indexers; all when empty or left out.
    #[oai(validator(max_items = 500))]
    indexers: Option<Vec<i64>>,
    /// EBDZ: the account's name, with its password.
    #[oai(validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"))]
    username: Option<String>,
    /// Of that name.
    #[oai(write_only, validator(max_length = 500, pattern = "^[^\\x00]*$"))]
    password: Option<String>,
    /// EBDZ: the cookie `mybbuser` of a browser that is logged in, instead of name and password or tried before them.
    #[oai(write_only, validator(max_length = 4000, pattern = "^[^\\x00]*$"))]
    cookie: Option<String>,
    /// EBDZ: its numbers of the forums that are read; 29, Mangas, when left out.
    #[oai(validator(max_items = 50))]
    forums: Option<Vec<i64>>,
    /// EBDZ: seconds between two pages; 2 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    pace_seconds: Option<u32>,
    /// EBDZ: hours from the end of a crawl to the next; 24 when left out.
    #[oai(validator(minimum(value = "1"), maximum(value = "168")))]
    crawl_hours: Option<u32>,
    /// EBDZ: read all of the forums anew, a few pages each day; off when left out.
    full_sweep: Option<bool>,
    /// Seconds until an answer is given up; 90 when left out, 30 for EBDZ.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Ask it.
    #[oai(default = "yes")]
    pub enabled: bool,
}

/// What is to be changed of a source; what is left out stays as it is, and `null` clears. What its kind does not have must be left out.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceChange {
    /// Its name.
    #[oai(validator(
        max_length = 60,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
    ))]
    pub name: Option<String>,
    /// Its address, with its URL base.
    #[oai(validator(
        max_length = 2000,
        pattern = "^https?://[^/?#\\x00-\\x20][^?#\\x00-\\x20]*$"
    ))]
    url: Option<String>,
    /// A new API key of Prowlarr or Torznab; cleared where Torznab wants none.
    #[oai(
        nullable,
        write_only,
        validator(min_length = 1, max_length = 200, pattern = "^[^\\x00]*$")
    )]
    api_key: MaybeUndefined<String>,
    /// Prowlarr, Torznab: Newznab categories; empty for all.
    #[oai(validator(max_items = 50))]
    categories: Option<Vec<i64>>,
    /// Torznab: what follows on the address.
    #[oai(validator(max_length = 200, pattern = "^[!\"$->@-~]*$"))]
    api_path: Option<String>,
    /// Torznab: a private tracker; cleared for what its releases say.
    #[oai(nullable)]
    private: MaybeUndefined<bool>,
    /// Torznab: its recent releases are looked at.
    rss: Option<bool>,
    /// Torznab: searches that happen by themselves ask it.
    automatic_search: Option<bool>,
    /// Torznab: searches that someone asks for ask it.
    interactive_search: Option<bool>,
    /// Prowlarr: its numbers of its indexers; empty for all.
    #[oai(validator(max_items = 500))]
    indexers: Option<Vec<i64>>,
    /// EBDZ: the account's name; cleared, together with its password, where a cookie is used alone.
    #[oai(
        nullable,
        validator(max_length = 200, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")
    )]
    username: MaybeUndefined<String>,
    /// Of that name.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 500, pattern = "^[^\\x00]*$")
    )]
    password: MaybeUndefined<String>,
    /// EBDZ: the cookie of a browser.
    #[oai(
        nullable,
        write_only,
        validator(max_length = 4000, pattern = "^[^\\x00]*$")
    )]
    cookie: MaybeUndefined<String>,
    /// EBDZ: its numbers of the forums that are read.
    #[oai(validator(max_items = 50))]
    forums: Option<Vec<i64>>,
    /// EBDZ: seconds between two pages.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    pace_seconds: Option<u32>,
    /// EBDZ: hours from the end of a crawl to the next.
    #[oai(validator(minimum(value = "1"), maximum(value = "168")))]
    crawl_hours: Option<u32>,
    /// EBDZ: read all of the forums anew, a few pages each day.
    full_sweep: Option<bool>,
    /// Seconds until an answer is given up.
    #[oai(validator(minimum(value = "1"), maximum(value = "600")))]
    timeout_seconds: Option<u32>,
    /// Ask it.
    pub enabled: Option<bool>,
}

const PROWLARR_HAS_NONE: &str = "a Prowlarr has none; leave it out";
const TORZNAB_HAS_NONE: &str = "a Torznab has none; leave it out";
const EBDZ_HAS_NONE: &str = "an EBDZ has none; leave it out";
const PUSH_HAS_NONE: &str = "what is pushed has none; leave it out";

fn yes() -> bool {
    true
}

/// Fields with what is wrong with each.
impl NewSource {
    /// As settings and secrets.
    ///
    /// # Errors
    /// Fields that its kind does not have.
    pub fn read(self) -> Result<(Settings, Secrets), Mistakes> {
        let usual = match self.kind {
            SourceKind::Prowlarr => Settings::Prowlarr(ProwlarrSettings {
                url: String::new(),
                categories: vec![7000, 7030],
                indexers: Vec::new(),
                timeout_seconds: 90,
            }),
            SourceKind::Torznab => Settings::Torznab(TorznabSettings::default()),
            SourceKind::Ebdz => Settings::Ebdz(EbdzSettings::default()),
            SourceKind::Push => Settings::Push,
        };
        let change = SourceChange {
            name: None,
            enabled: None,
            url: self.url,
            api_key: MaybeUndefined::from_opt_undefined(self.api_key),
            categories: self.categories,
            api_path: self.api_path,
            private: MaybeUndefined::from_opt_undefined(self.private),
            rss: self.rss,
            automatic_search: self.automatic_search,
            interactive_search: self.interactive_search,
            indexers: self.indexers,
            username: MaybeUndefined::from_opt_undefined(self.username),
            password: MaybeUndefined::from_opt_undefined(self.password),
            cookie: MaybeUndefined::from_opt_undefined(self.cookie),
            forums: self.forums,
            pace_seconds: self.pace_seconds,
            crawl_hours: self.crawl_hours,
            full_sweep: self.full_sweep,
            timeout_seconds: self.timeout_seconds,
        };
        change.onto(usual, Secrets::default())
    }
}

impl SourceChange {
    /// The secrets that are given with it.
    pub fn given(&self) -> Vec<&'static str> {
        let given = [
            ("apiKey", self.api_key.is_value()),
            ("password", self.password.is_value()),
            ("cookie", self.cookie.is_value()),
        ];
        let given = given.into_iter().filter(|field| field.1);
        given.map(|field| field.0).collect()
    }

    /// These settings and secrets with what is changed of them.
    ///
    /// # Errors
    /// Fields that their kind does not have.
    pub fn onto(self, old: Settings, secrets: Secrets) -> Result<(Settings, Secrets), Mistakes> {
        match old {
            Settings::Prowlarr(mut prowlarr) => {
                refuse(self.of_torznab(), PROWLARR_HAS_NONE)?;
                refuse(self.of_ebdz(), PROWLARR_HAS_NONE)?;
                set(&mut prowlarr.url, self.url);
                set(&mut prowlarr.categories, self.categories);
                set(&mut prowlarr.indexers, self.indexers);
                set(&mut prowlarr.timeout_seconds, self.timeout_seconds);
                let secrets = Secrets {
                    api_key: changed_secret(self.api_key, secrets.api_key),
                    ..Secrets::default()
                };
                Ok((Settings::Prowlarr(prowlarr), secrets))
            }
            Settings::Torznab(mut torznab) => {
                refuse([("indexers", self.indexers.is_some())], TORZNAB_HAS_NONE)?;
                refuse(self.of_ebdz(), TORZNAB_HAS_NONE)?;
                set(&mut torznab.url, self.url);
                set(&mut torznab.api_path, self.api_path);
                set(&mut torznab.categories, self.categories);
                match self.private {
                    MaybeUndefined::Undefined => {}
                    MaybeUndefined::Null => torznab.private = None,
                    MaybeUndefined::Value(private) => torznab.private = Some(private),
                }
                set(&mut torznab.rss, self.rss);
                set(&mut torznab.automatic_search, self.automatic_search);
                set(&mut torznab.interactive_search, self.interactive_search);
                set(&mut torznab.timeout_seconds, self.timeout_seconds);
                let secrets = Secrets {
                    api_key: changed_secret(self.api_key, secrets.api_key),
                    ..Secrets::default()
                };
                Ok((Settings::Torznab(torznab), secrets))
            }
            Settings::Ebdz(mut ebdz) => {
                refuse(self.of_prowlarr(), EBDZ_HAS_NONE)?;
                refuse(self.of_torznab(), EBDZ_HAS_NONE)?;
                set(&mut ebdz.url, self.url);
                set(&mut ebdz.forums, self.forums);
                set(&mut ebdz.pace_seconds, self.pace_seconds);
                set(&mut ebdz.crawl_hours, self.crawl_hours);
                set(&mut ebdz.full_sweep, self.full_sweep);
                set(&mut ebdz.timeout_seconds, self.timeout_seconds);
                ebdz.username = changed(self.username, ebdz.username);
                let secrets = Secrets {
                    password: changed_secret(self.password, secrets.password),
                    cookie: changed_secret(self.cookie, secrets.cookie),
                    ..Secrets::default()
                };
                Ok((Settings::Ebdz(ebdz), secrets))
            }
            other => {
                let address = [
                    ("url", self.url.is_some()),
                    ("timeoutSeconds", self.timeout_seconds.is_some()),
                ];
                refuse(address, PUSH_HAS_NONE)?;
                refuse(self.of_prowlarr(), PUSH_HAS_NONE)?;
                refuse(self.of_torznab(), PUSH_HAS_NONE)?;
                refuse(self.of_ebdz(), PUSH_HAS_NONE)?;
                Ok((other, secrets))
            }
        }
    }

    fn of_prowlarr(&self) -> [(&'static str, bool); 3] {
        [
            ("apiKey", self.api_key.is_value()),
            ("categories", self.categories.is_some()),
            ("indexers", self.indexers.is_some()),
        ]
    }

    fn of_torznab(&self) -> [(&'static str, bool); 5] {
        [
            ("apiPath", self.api_path.is_some()),
            ("private", self.private.is_value()),
            ("rss", self.rss.is_some()),
            ("automaticSearch", self.automatic_search.is_some()),
            ("interactiveSearch", self.interactive_search.is_some()),
        ]
    }

    fn of_ebdz(&self) -> [(&'static str, bool); 7] {
        [
            ("username", self.username.is_value()),
            ("password", self.password.is_value()),
            ("cookie", self.cookie.is_value()),
            ("forums", self.forums.is_some()),
            ("paceSeconds", self.pace_seconds.is_some()),
            ("crawlHours", self.crawl_hours.is_some()),
            ("fullSweep", self.full_sweep.is_some()),
        ]
    }
}
