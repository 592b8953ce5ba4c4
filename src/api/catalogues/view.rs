//! How catalogues, and what they say of series, are shown.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    announcing,
    api::{
        connection::{ConnectionHealth, Managed},
        error::ApiError,
        series::Status,
    },
    clock::utc,
    connection::Settings,
    domain::{
        catalogue::{self, Statement, count::Line},
        identity::{self, Identity},
    },
    store::{
        catalogue::{
            link::{self, CatalogueLink, StoredCandidate},
            said::StoredStatement,
        },
        connection::Connection,
    },
};

/// A catalogue.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Catalogue {
    /// Its name.
    pub name: String,
    /// It is asked.
    enabled: bool,
    /// Its address.
    url: String,
    /// Seconds between two requests.
    pace_seconds: u32,
    /// Seconds until an answer is given up.
    timeout_seconds: u32,
    /// It has a key. Keys are never shown.
    has_api_key: bool,
    /// Who may change it.
    managed: Managed,
    /// How it is.
    health: ConnectionHealth,
    /// Series that it is asked about.
    series: i64,
    /// Of these, those of which it is not known which of its series they are: [their candidates](#operation/get_series_catalogues) wait for you.
    unknown: i64,
}

impl Catalogue {
    /// Of its row.
    pub fn of(row: &Connection, (series, unknown): (i64, i64)) -> Result<Self, ApiError> {
        let Settings::Catalogue(_, settings) = crate::api::connection::settings(row)? else {
            return Err(ApiError::not_found("there is no such catalogue"));
        };
        Ok(Self {
            name: row.name.clone(),
            enabled: row.enabled,
            url: settings.url,
            pace_seconds: settings.pace_seconds,
            timeout_seconds: settings.timeout_seconds,
            has_api_key: row.sealed.is_some(),
            managed: Managed::of(&row.managed),
            health: row.into(),
            series,
            unknown,
        })
    }
}

/// Whose volumes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Market {
    /// As they come out in France: VF.
    France,
    /// As they come out where the work is from: VO.
    Home,
}

impl From<catalogue::Market> for Market {
    fn from(market: catalogue::Market) -> Self {
        match market {
            catalogue::Market::France => Self::France,
            catalogue::Market::Home => Self::Home,
        }
    }
}

impl From<Market> for catalogue::Market {
    fn from(market: Market) -> Self {
        match market {
            Market::France => Self::France,
            Market::Home => Self::Home,
        }
    }
}

/// Who said which series of a catalogue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ChosenBy {
    /// A library, by a link or metadata.
    Library,
    /// Its name was the only one of its kind.
    Certain,
    /// It stands on an [import list](#tag/Lists).
    List,
    /// You.
    User,
    /// You say that the catalogue does not have it.
    Nobody,
}

impl From<link::ChosenBy> for ChosenBy {
    fn from(by: link::ChosenBy) -> Self {
        match by {
            link::ChosenBy::Library => Self::Library,
            link::ChosenBy::Certain => Self::Certain,
            link::ChosenBy::List => Self::List,
            link::ChosenBy::User => Self::User,
            link::ChosenBy::Nobody => Self::Nobody,
        }
    }
}

/// A volume that came out, or will.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Release {
    /// Which.
    volume: String,
    /// When: `2026-07-08`, `2026-07` or `2026`.
    day: Option<String>,
    /// Thirteen digits.
    isbn: Option<String>,
}

/// What a catalogue says of a series in one market.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Says {
    /// Where.
    market: Market,
    /// ISO 639-1 of what comes out there.
    language: Option<String>,
    /// How many are out; left out when it does not say.
    total: Option<u32>,
    /// Whether more are to be expected.
    status: Status,
    /// It is of the market in which the series is collected, and in the setting `countOrder`.
    counts: bool,
    /// It would count, and is another number than the one that does.
    differs: bool,
    /// When it was read.
    read_at: DateTime<Utc>,
    /// The volumes that it lists one by one, the last 300 of them.
    releases: Vec<Release>,
    /// What it says now and is not believed; accept it if it is right.
    held: Option<Held>,
}

/// What is not believed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Held {
    /// How many volumes it says.
    total: Option<u32>,
    /// Why it is not believed.
    why: String,
    /// Since when it says so.
    since: DateTime<Utc>,
}

/// A series of a catalogue that may be meant.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Candidate {
    /// Its id there.
    id: String,
    /// Its title there.
    title: String,
    /// When it began.
    year: Option<i32>,
    /// Its page there.
    url: String,
    /// 0 to 100.
    score: u32,
    /// What speaks for and against it.
    reasons: Vec<String>,
}

/// A series in one catalogue.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct InCatalogue {
    /// The catalogue's name.
    catalogue: String,
    /// Its id there; left out while that is not known.
    id: Option<String>,
    /// Its page there.
    url: Option<String>,
    /// Who said so; left out while nobody did.
    chosen_by: Option<ChosenBy>,
    /// When it was last asked.
    asked_at: Option<DateTime<Utc>>,
    /// When it is asked next, while it is in use and the series is monitored; left out when that is as soon as it can be.
    next_at: Option<DateTime<Utc>>,
    /// Why there is no answer.
    problem: Option<String>,
    /// What it says, of each market.
    says: Vec<Says>,
    /// The series that may be meant, the best first.
    candidates: Vec<Candidate>,
}

/// How many volumes of a series there are, and who says so.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Counted {
    /// How many count; left out when nobody says it.
    pub total: Option<u32>,
    /// Who says so: `you`, `libraries` or a catalogue.
    pub by: Option<String>,
    /// Whether more are to be expected where it is collected, as catalogues say.
    pub status: Status,
    /// What its libraries say.
    pub libraries: Option<u32>,
    /// What you say; it counts more than any other.
    pub pinned: Option<u32>,
    /// It in each catalogue.
    pub catalogues: Vec<InCatalogue>,
}

fn url(catalogue: identity::Catalogue, id: &str) -> String {
    let identity = Identity {
        catalogue,
        id: id.to_owned(),
    };
    identity.url()
}

impl Candidate {
    /// Of a catalogue.
    pub fn of(catalogue: identity::Catalogue, one: StoredCandidate) -> Self {
        Self {
            url: url(catalogue, &one.external_id),
            id: one.external_id,
            title: one.title,
            year: one.year,
            score: one.score,
            reasons: one.reasons,
        }
    }
}

impl InCatalogue {
    /// With what counts of it.
    pub fn of(
        link: CatalogueLink,
        said: &[StoredStatement],
        lines: &[Line],
        candidates: Vec<StoredCandidate>,
    ) -> Self {
        let says = said
            .iter()
            .filter(|stored| stored.said.by == link.catalogue)
            .map(|stored| says(stored, lines));
        let of = link.catalogue;
        let candidates = candidates.into_iter().map(|one| Candidate::of(of, one));
        Self {
            catalogue: of.word().to_owned(),
            url: link.external_id.as_deref().map(|id| url(of, id)),
            says: says.collect(),
            candidates: candidates.collect(),
            id: link.external_id,
            chosen_by: link.chosen_by.map(Into::into),
            asked_at: link.asked_at.map(utc),
            next_at: (link.due_at > 0).then(|| utc(link.due_at)),
            problem: link.problem,
        }
    }
}

fn says(stored: &StoredStatement, lines: &[Line]) -> Says {
    let Statement {
        market,
        language,
        status,
        releases,
        ..
    } = &stored.said.statement;
    let line = lines
        .iter()
        .find(|line| line.by == stored.said.by && line.market == *market);
    let last = releases.iter().skip(releases.len().saturating_sub(300));
    Says {
        market: (*market).into(),
        language: language.clone(),
        total: line.and_then(|line| line.count),
        status: Status::from(*status),
        counts: line.is_some_and(|line| line.counts),
        differs: line.is_some_and(|line| line.differs),
        read_at: utc(stored.said.read_at),
        releases: last
            .map(|release| Release {
                volume: release.volume.to_string(),
                day: release.day.map(|day| day.to_string()),
                isbn: release.isbn.clone(),
            })
            .collect(),
        held: stored.held.as_ref().map(|held| Held {
            total: held.statement.count,
            why: announcing::sentence(stored.said.by, *market, &held.why),
            since: utc(held.since),
        }),
    }
}

/// A series that a catalogue found.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Found {
    /// Its id there.
    id: String,
    /// The title that it shows first.
    title: String,
    /// Its other titles.
    titles: Vec<String>,
    /// Who made it.
    authors: Vec<String>,
    /// When it began.
    year: Option<i32>,
    /// How many volumes there are, where the answer says it, of each market.
    totals: Vec<FoundTotal>,
}

/// How many volumes a catalogue says that there are.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FoundTotal {
    /// Where.
    market: Market,
    /// How many.
    total: u32,
}

impl From<catalogue::Entry> for Found {
    fn from(entry: catalogue::Entry) -> Self {
        let totals = entry.statements.iter().filter_map(|said| {
            Some(FoundTotal {
                market: said.market.into(),
                total: said.count?,
            })
        });
        Self {
            totals: totals.collect(),
            id: entry.id,
            title: entry.title,
            titles: entry.titles,
            authors: entry.authors,
            year: entry.year,
        }
    }
}
