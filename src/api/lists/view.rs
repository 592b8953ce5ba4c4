//! How lists of readers, and what came of their series, are shown.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    api::error::ApiError,
    app::App,
    clock::utc,
    collection::lists::Taken,
    domain::{
        identity::{self, Identity},
        import_list as domain,
    },
    store::{self, import_list},
};

/// Where a list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ListCatalogue {
    /// anilist.co.
    AniList,
    /// myanimelist.net; that catalogue needs a client id.
    MyAnimeList,
}

impl From<ListCatalogue> for identity::Catalogue {
    fn from(catalogue: ListCatalogue) -> Self {
        match catalogue {
            ListCatalogue::AniList => Self::AniList,
            ListCatalogue::MyAnimeList => Self::MyAnimeList,
        }
    }
}

/// How far the owner of a list is with a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum ListState {
    /// It is read, or read again.
    Reading,
    /// It is read to its end.
    Completed,
    /// It is laid aside.
    Paused,
    /// It is given up.
    Dropped,
    /// It is to be read.
    Planning,
}

impl From<ListState> for domain::State {
    fn from(state: ListState) -> Self {
        match state {
            ListState::Reading => Self::Reading,
            ListState::Completed => Self::Completed,
            ListState::Paused => Self::Paused,
            ListState::Dropped => Self::Dropped,
            ListState::Planning => Self::Planning,
        }
    }
}

impl From<domain::State> for ListState {
    fn from(state: domain::State) -> Self {
        match state {
            domain::State::Reading => Self::Reading,
            domain::State::Completed => Self::Completed,
            domain::State::Paused => Self::Paused,
            domain::State::Dropped => Self::Dropped,
            domain::State::Planning => Self::Planning,
        }
    }
}

/// What came of a series of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case", rename = "ListedAs")]
pub enum Outcome {
    /// It was not known, and was added.
    Added,
    /// It was known already.
    Known,
    /// It is none for the library, or it is not clear which one it is.
    LeftOut,
    /// You removed it: it does not come back.
    Removed,
}

impl From<Outcome> for domain::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Added => Self::Added,
            Outcome::Known => Self::Known,
            Outcome::LeftOut => Self::LeftOut,
            Outcome::Removed => Self::Removed,
        }
    }
}

impl From<domain::Outcome> for Outcome {
    fn from(outcome: domain::Outcome) -> Self {
        match outcome {
            domain::Outcome::Added => Self::Added,
            domain::Outcome::Known => Self::Known,
            domain::Outcome::LeftOut => Self::LeftOut,
            domain::Outcome::Removed => Self::Removed,
        }
    }
}

/// A list of a reader whose series a library is to hold.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ImportList {
    /// Its number.
    id: i64,
    /// Where it is kept, by the name of the catalogue.
    catalogue: String,
    /// Whose it is there.
    user: String,
    /// Which of its series are taken.
    states: Vec<ListState>,
    /// The library that is to hold them.
    library_id: i64,
    /// ISO 639-1 of the copies that are collected; left out for the library's.
    language: Option<String>,
    /// What is missing of what is added is looked for.
    monitored: bool,
    /// It is read, once a day.
    enabled: bool,
    /// When it was last read.
    read_at: Option<DateTime<Utc>>,
    /// Not before then it is read again; left out when it is not enabled.
    next_read_at: Option<DateTime<Utc>>,
    /// Why it could not be read, and what to do; left out when it was.
    problem: Option<String>,
    /// Since when.
    problem_since: Option<DateTime<Utc>>,
    /// `false`: it has more series than are read (10,000, or 20 pages).
    whole: bool,
    /// Series of it that were added.
    added: i64,
    /// Series of it that were known already.
    known: i64,
    /// Series of it of which nothing is done; [its entries](#operation/list_entries) say why.
    left_out: i64,
    /// Series of it that you removed.
    removed: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When you last changed it.
    updated_at: DateTime<Utc>,
}

/// With what is counted of it.
pub async fn shown(app: &App, list: import_list::ImportList) -> Result<ImportList, ApiError> {
    let counts = store::import_list::counts(&app.db, list.id).await?;
    let count = |of: domain::Outcome| {
        let known = counts.iter().find(|(outcome, _)| *outcome == of);
        known.map_or(0, |(_, count)| *count)
    };
    let problem = list.problem;
    Ok(ImportList {
        id: list.id,
        catalogue: list.catalogue.word().into(),
        user: list.user,
        states: list.states.iter().map(Into::into).collect(),
        library_id: list.library_id,
        language: list.language,
        monitored: list.monitored,
        enabled: list.enabled,
        read_at: list.read_at.map(utc),
        next_read_at: list.enabled.then(|| utc(list.due_at.max(list.updated_at))),
        problem_since: problem.as_ref().map(|problem| utc(problem.since)),
        problem: problem.map(|problem| problem.message),
        whole: list.is_whole,
        added: count(domain::Outcome::Added),
        known: count(domain::Outcome::Known),
        left_out: count(domain::Outcome::LeftOut),
        removed: count(domain::Outcome::Removed),
        created_at: utc(list.created_at),
        updated_at: utc(list.updated_at),
    })
}

/// What came of a list, or would.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ListOutcome {
    /// It was not done: it was only asked what it would do.
    dry_run: bool,
    /// Series that stand on it.
    matched: u64,
    /// Of these, those that are added.
    added: u64,
    /// Those that are known already.
    known: u64,
    /// Those of which nothing is done.
    left_out: u64,
    /// `false`: it has more series than are read (10,000, or 20 pages).
    whole: bool,
    /// The first 10 titles that are added.
    examples: Vec<String>,
    /// The first 20 of which nothing is done, and why.
    left_out_examples: Vec<LeftOutSeries>,
}

/// A series of a list of which nothing is done.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct LeftOutSeries {
    /// Its title there.
    title: String,
    /// Why, and what to do.
    reason: String,
}

impl ListOutcome {
    /// Of what came of it.
    pub fn of(taken: Taken, dry_run: bool) -> Self {
        let left_out = taken.first_left_out.into_iter().map(|one| LeftOutSeries {
            title: one.title,
            reason: one.why,
        });
        Self {
            dry_run,
            matched: taken.matched,
            added: taken.added,
            known: taken.known,
            left_out: taken.left_out,
            whole: taken.is_whole,
            examples: taken.first_added,
            left_out_examples: left_out.collect(),
        }
    }
}

/// A series that stands on a list, or stood there.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ListEntry {
    /// Its title there.
    title: String,
    /// The address of its page.
    url: String,
    /// How far the owner of the list is.
    state: ListState,
    /// What came of it.
    outcome: Outcome,
    /// Why nothing is done of it, and what to do.
    reason: Option<String>,
    /// The series that it is here.
    series_id: Option<i64>,
    /// When it last stood on the list.
    seen_at: DateTime<Utc>,
}

impl ListEntry {
    /// Of its row.
    pub fn of(entry: import_list::Entry, list: &import_list::ImportList) -> Self {
        let identity = Identity {
            catalogue: list.catalogue,
            id: entry.external_id,
        };
        Self {
            title: entry.title,
            url: identity.url(),
            state: entry.state.into(),
            outcome: entry.outcome.into(),
            reason: entry.why,
            series_id: entry.series_id,
            seen_at: utc(entry.seen_at),
        }
    }
}
