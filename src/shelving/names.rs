//! What a library calls a series: other titles that it is recognised by.

use sha2::{Digest, Sha256};

use crate::{
    domain::{catalogue::Entry, series::Series, title::fold},
    ports::ScannedSeries,
    store::{self, StoreError, Tx, identity::Sought},
};

/// Aliases of one series that libraries may teach; more would recognise anything.
const MOST_ALIASES: usize = 20;

/// The longest title that is one; characters.
const LONGEST: usize = 200;

/// A mark of all that a library says of a series besides its files: what it said before is not learnt again, so that what the user took
/// out stays out.
pub fn said(scanned: &ScannedSeries) -> String {
    let all = format!(
        "{:?} {:?} {:?} {:?}",
        scanned.title, scanned.aliases, scanned.identities, scanned.total
    );
    hex::encode(&Sha256::digest(all)[..8])
}

/// An alias that is the title of another series of the same language and edition, with that series' number: what it names is not its own.
///
/// # Errors
/// When the database fails.
pub async fn foreign(
    tx: &mut Tx,
    series: &Series,
    aliases: &[String],
) -> Result<Option<(String, i64)>, StoreError> {
    for alias in aliases.iter().filter(|alias| !fold(alias).is_empty()) {
        let sought = Sought {
            title: alias,
            language: &series.language,
            edition: series.edition,
            kind: series.kind,
            identities: &[],
        };
        let called = store::identity::called(tx, &sought).await?;
        if let Some(id) = called.filter(|id| *id != series.id) {
            return Ok(Some((alias.clone(), id)));
        }
    }
    Ok(None)
}

/// Its names there become aliases, but for those that mean another series, or that the user said are none.
///
/// # Errors
/// When the database fails.
pub async fn learn(
    tx: &mut Tx,
    id: i64,
    scanned: &ScannedSeries,
    now: i64,
) -> Result<(), StoreError> {
    let names = std::iter::once(&scanned.title).chain(&scanned.aliases);
    learn_all(tx, id, names, now).await
}

/// The same of a catalogue's names.
///
/// # Errors
/// When the database fails.
pub async fn learn_names(tx: &mut Tx, id: i64, entry: &Entry, now: i64) -> Result<(), StoreError> {
    let names = std::iter::once(&entry.title).chain(&entry.titles);
    learn_all(tx, id, names, now).await
}

async fn learn_all(
    tx: &mut Tx,
    id: i64,
    names: impl Iterator<Item = &String>,
    now: i64,
) -> Result<(), StoreError> {
    let names = names.filter(|name| name.chars().count() <= LONGEST);
    // Sources are asked for the first ones: those in our own script come before others.
    let (ours, others): (Vec<&String>, Vec<&String>) = names.partition(|name| is_latin(name));
    let Some(stored) = store::series::get_in(tx, id).await? else {
        return Ok(());
    };
    let mut series = stored.series;
    let before = series.aliases.len();
    for name in ours.into_iter().chain(others) {
        let folded = fold(name);
        let refused = series.not_aliases.iter().any(|not| fold(not) == folded);
        if folded.is_empty()
            || refused
            || series.is_named(name)
            || series.aliases.len() >= MOST_ALIASES
        {
            continue;
        }
        let others = store::series::known_as(tx, &folded, &series.language).await?;
        if others.iter().all(|other| *other == id) {
            series.aliases.push(name.clone());
        }
    }
    match series.aliases.len() > before {
        true => store::series::update(tx, &series, now).await,
        false => Ok(()),
    }
}

fn is_latin(name: &str) -> bool {
    let letters = || name.chars().filter(|letter| letter.is_alphabetic());
    letters().filter(|letter| *letter < '\u{250}').count() * 2 > letters().count()
}
