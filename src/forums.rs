//! Forums whose links are read into an index: which one is meant, and its links as a person looks for them.

use crate::{
    app::App,
    clock,
    connection::{EBDZ, Role},
    connections,
    domain::{
        release::{Hints, Lexicon, parse},
        title::fold,
        volume::VolumeNumber,
    },
    store::{
        self, Page, StoreError, Window,
        connection::Connection,
        forum::{Found, Wanted},
    },
};

/// Links whose names are read at most, to see which hold a volume.
pub const MOST_READ: i64 = 20_000;

/// Why it is not clear which forum is meant.
#[derive(Debug, thiserror::Error)]
pub enum ForumError {
    /// There is none.
    #[error(
        "there is no EBDZ here; add one with POST /api/v1/sources, or as [sources.ebdz] in lacunarr.toml"
    )]
    None,
    /// None is called so.
    #[error("there is no EBDZ called '{0}'; GET /api/v1/sources lists the sources")]
    Unknown(String),
    /// There are several.
    #[error("there is more than one EBDZ; say which with --source NAME: {0}")]
    Several(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why links were not looked for.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// Too many for each to be read.
    #[error(
        "{0} links fit the rest, and at most {MOST_READ} are read to see which hold a volume; say more words, or a thread"
    )]
    TooMany(i64),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a crawl does not begin.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The source is off.
    #[error("the source is switched off; enable it first")]
    Off,
    /// It failed, and the forum is left alone.
    #[error(
        "the forum is left alone until {until}: {why}. Once that is mended, test the source; if it works, the crawl goes on at once"
    )]
    Rests {
        /// For people.
        until: String,
        /// What it failed of.
        why: String,
    },
    /// What it refused is not sent again for a while; why.
    #[error("{0}")]
    Held(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a person looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that all stand in the name or in the title of the thread; empty for all links.
    pub text: String,
    /// Just those of this thread.
    pub thread: Option<i64>,
    /// Just those whose names hold this volume.
    pub volume: Option<VolumeNumber>,
    /// Those that left their threads, instead of those that are there.
    pub gone: bool,
}

/// The forum of this name, or the only one.
///
/// # Errors
/// When there is none, or several.
pub async fn called(app: &App, name: Option<&str>) -> Result<Connection, ForumError> {
    let rows = store::connection::list(&app.db, Role::Source.word()).await?;
    let is_it = |row: &Connection| {
        row.kind == EBDZ && name.is_none_or(|name| row.name.eq_ignore_ascii_case(name))
    };
    let mut found: Vec<Connection> = rows.into_iter().filter(is_it).collect();
    match (found.pop(), name) {
        (Some(row), _) if found.is_empty() => Ok(row),
        (Some(row), _) => {
            found.push(row);
            let names: Vec<&str> = found.iter().map(|row| row.name.as_str()).collect();
            Err(ForumError::Several(names.join(", ")))
        }
        (None, Some(name)) => Err(ForumError::Unknown(name.to_owned())),
        (None, None) => Err(ForumError::None),
    }
}

/// A person wants the forum to be read now. It is due then, whoever reads it.
///
/// # Errors
/// When it is off, or left alone, or the database fails.
pub async fn ask(app: &App, row: &Connection) -> Result<(), AskError> {
    if !row.enabled {
        return Err(AskError::Off);
    }
    let crawl = store::crawl::get(&app.db, row.id).await?;
    if let Some(until) = crawl.rests_until.filter(|until| *until > app.clock.now()) {
        let zone = app.settings().await?.time_zone;
        return Err(AskError::Rests {
            until: clock::moment(until, zone),
            why: row.error.clone().unwrap_or_else(|| "it failed".into()),
        });
    }
    if let Some(why) = connections::held(app, row).await? {
        return Err(AskError::Held(why));
    }
    Ok(store::crawl::ask(&app.db, row.id).await?)
}

/// Links in the index of a source; those that were seen first last come first.
///
/// # Errors
/// When a volume is asked for and too many names would have to be read, or the database fails.
pub async fn find(
    app: &App,
    source: i64,
    search: &Search,
    window: Window,
) -> Result<Page<Found>, FindError> {
    let folded = fold(&search.text);
    let wanted = Wanted {
        words: folded.split_whitespace().map(str::to_owned).collect(),
        thread: search.thread,
        gone: search.gone,
        until: None,
    };
    let Some(volume) = search.volume else {
        return Ok(store::forum::find(&app.db, source, &wanted, window).await?);
    };
    let all = Window {
        limit: MOST_READ,
        offset: 0,
    };
    let mut found = store::forum::find(&app.db, source, &wanted, all).await?;
    if found.total > MOST_READ {
        return Err(FindError::TooMany(found.total));
    }
    found
        .records
        .retain(|link| holds(&link.name, volume, app.lexicon));
    Ok(window.cut(found.records))
}

fn holds(name: &str, volume: VolumeNumber, lexicon: &Lexicon) -> bool {
    let hints = Hints {
        lexicon,
        ..Hints::default()
    };
    parse(name, hints).volumes.contains(volume)
}
