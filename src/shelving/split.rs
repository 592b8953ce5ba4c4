//! A series becomes two because the user says so: some keys of a library are another one.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    edit::{lock_libraries, recount},
    merge::{MergeError, hold, release},
    refresh,
};
use crate::{
    app::App,
    domain::{
        edition::Edition,
        event::Event,
        release::{Hints, Lexicon, Place, parse},
        series::Series,
        title::fold,
        volume::VolumeSet,
    },
    ports::ScannedFile,
    store::{self, StoreError, Tx, identity::Sought, link::Link, series::Stored},
};

/// What is to become a series of its own.
#[derive(Clone, Debug)]
pub struct Splitting {
    /// The library.
    pub library: i64,
    /// Its keys.
    pub keys: Vec<String>,
    /// Names of the old series that are names of the new one instead.
    pub aliases: Vec<String>,
    /// None for what most of its files say, or the key.
    pub title: Option<String>,
    /// ISO 639-1; none for the old one's.
    pub language: Option<String>,
    /// None for the old one's.
    pub edition: Option<Edition>,
}

/// Why a series is not made two.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// There is no such series, or someone works on it.
    #[error(transparent)]
    Series(#[from] MergeError),
    /// A key means something else, or nothing.
    #[error(
        "'{0}' is no key of this series in that library; GET /api/v1/series/{1}/links lists them"
    )]
    NotItsKey(String, i64),
    /// Nothing would be left.
    #[error("these are all the keys of the series; change its title, language or edition instead")]
    AllOfIt,
    /// It would be the same one.
    #[error(
        "the new series would be called '{title}' in the same language and edition as series {same}; say another title, language or edition"
    )]
    Same { title: String, same: i64 },
    /// The title cannot be one.
    #[error("{0}")]
    Title(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Two series.
#[derive(Debug)]
pub struct Split {
    /// The old one, as it is now.
    pub left: Stored,
    /// The new one.
    pub made: Stored,
}

/// Some keys of a library become a series of their own. That is remembered: no scan makes them one again, and nobody is asked whether they
/// are. Merging them undoes it.
///
/// # Errors
/// When it cannot be; then nothing is changed.
pub async fn split(app: &Arc<App>, id: i64, splitting: Splitting) -> Result<Split, SplitError> {
    let leases = hold(app, &[id]).await?;
    let split = split_alone(app, id, splitting).await;
    release(leases).await;
    app.check_wake.notify_one();
    split
}

async fn split_alone(app: &App, id: i64, splitting: Splitting) -> Result<Split, SplitError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::library::lock_imports(&mut tx).await?;
    lock_libraries(&mut tx, &[id]).await?;
    let mut old = get_in(&mut tx, id).await?.series;
    let links = chosen(&mut tx, id, &splitting).await?;
    let mut files: Vec<ScannedFile> = Vec::new();
    for link in &links {
        let of_key = store::file::of_key(&mut tx, link.library_id, &link.key).await?;
        files.extend(of_key.into_iter().map(|(_, file)| file));
    }
    let new = new_series(&old, splitting, &files, &links[0].key, app.lexicon);
    if let Some((_, problem)) = new.mistakes().into_iter().next() {
        return Err(SplitError::Title(problem));
    }
    let sought = Sought {
        title: &new.title,
        language: &new.language,
        edition: new.edition,
        kind: new.kind,
        identities: &[],
    };
    if let Some(same) = store::identity::called(&mut tx, &sought).await? {
        let title = new.title;
        return Err(SplitError::Same { title, same });
    }
    let made = store::series::insert(&mut tx, &new, now).await?;
    for link in &links {
        store::link::take_apart(&mut tx, link.library_id, &link.key, made).await?;
    }
    store::merge::moved::follow_links(&mut tx, id, made).await?;
    store::suggestion::put_apart(&mut tx, id, made, now).await?;
    old.aliases.retain(|alias| !new.is_named(alias));
    store::series::update(&mut tx, &old, now).await?;
    for series in [id, made] {
        recount(&mut tx, app.lexicon, series, now).await?;
    }
    tell(&mut tx, (id, made), &links[0], now).await?;
    let (left, made) = (get_in(&mut tx, id).await?, get_in(&mut tx, made).await?);
    tx.commit().await?;
    tracing::info!(series = id, made = made.series.id, "series split");
    Ok(Split { left, made })
}

async fn get_in(tx: &mut Tx, id: i64) -> Result<Stored, SplitError> {
    let stored = store::series::get_in(tx, id).await?;
    stored.ok_or(SplitError::Series(MergeError::UnknownSeries(id)))
}

/// What the keys show: at least one, and not all that the series has.
async fn chosen(tx: &mut Tx, id: i64, splitting: &Splitting) -> Result<Vec<Link>, SplitError> {
    let mut all = store::link::of_series(tx, id).await?;
    all.retain(|link| !link.is_wanted());
    let is_of =
        |link: &&Link, key: &String| link.library_id == splitting.library && link.key == *key;
    let unknown = splitting
        .keys
        .iter()
        .find(|key| !all.iter().any(|link| is_of(&link, key)));
    if let Some(key) = unknown {
        return Err(SplitError::NotItsKey(key.clone(), id));
    }
    let is_chosen = |link: &Link| splitting.keys.iter().any(|key| is_of(&link, key));
    let (chosen, left): (Vec<Link>, Vec<Link>) = all.into_iter().partition(is_chosen);
    if left.is_empty() {
        return Err(SplitError::AllOfIt);
    }
    Ok(chosen)
}

fn new_series(
    old: &Series,
    splitting: Splitting,
    files: &[ScannedFile],
    key: &str,
    lexicon: &'static Lexicon,
) -> Series {
    let edition = splitting.edition.unwrap_or(old.edition);
    let title = splitting.title.or_else(|| stated_title(files));
    let title = title.unwrap_or_else(|| title_of(key, old, lexicon));
    let mut aliases = splitting.aliases;
    aliases.retain(|alias| fold(alias) != fold(&title));
    Series {
        id: 0,
        title,
        aliases,
        language: splitting.language.unwrap_or_else(|| old.language.clone()),
        kind: old.kind,
        monitored: old.monitored,
        auto_send: old.auto_send,
        sources: old.sources.clone(),
        edition,
        editions: match edition == old.edition {
            true => old.editions.clone(),
            false => <_>::default(),
        },
        profile: old.profile.clone(),
        ..Series::default()
    }
}

/// On which more than half of the files agree.
fn stated_title(files: &[ScannedFile]) -> Option<String> {
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for title in files.iter().filter_map(|file| file.title.as_deref()) {
        *said.entry(title).or_default() += 1;
    }
    let most = said.into_iter().max_by_key(|(_, files)| *files);
    most.filter(|(_, times)| 2 * times > files.len())
        .map(|(title, _)| title.to_owned())
}

/// Of the folder that a key names; what a server calls it says nothing.
fn title_of(key: &str, old: &Series, lexicon: &Lexicon) -> String {
    let hints = Hints {
        kind: old.kind,
        titles: &[],
        place: Place::Folder,
        lexicon,
    };
    let folder = key.rsplit('/').next().unwrap_or(key);
    let release = parse(folder, hints);
    let title = release.series.as_deref().map(str::to_owned);
    title.unwrap_or_else(|| old.title.clone())
}

/// Counts both. The new one is told as one that appeared.
async fn tell(
    tx: &mut Tx,
    (old, new): (i64, i64),
    link: &Link,
    now: i64,
) -> Result<(), SplitError> {
    let library = store::connection::get_in(tx, link.library_id).await?;
    let mut events = Vec::new();
    if let Some(made) = refresh(tx, new, now).await? {
        events.push(Event::SeriesAdded {
            series: made.stored.series.named(),
            library: library.map(|row| row.name).unwrap_or_default(),
            volumes: made.stored.shelf.present.clone(),
            missing: match made.stored.series.monitored {
                true => made.stored.missing_volumes(),
                false => VolumeSet::default(),
            },
        });
        mark_due(tx, &made.stored, now).await?;
    }
    if let Some(left) = refresh(tx, old, now).await? {
        mark_due(tx, &left.stored, now).await?;
        events.extend(left.events);
    }
    Ok(store::event::append(tx, &events, now).await?)
}

async fn mark_due(tx: &mut Tx, stored: &Stored, now: i64) -> Result<(), StoreError> {
    match stored.series.monitored && !stored.gaps().is_empty() {
        true => store::series::mark_due(tx, stored.series.id, now).await,
        false => Ok(()),
    }
}
