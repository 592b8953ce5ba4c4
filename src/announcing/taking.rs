//! Takes what a catalogue says of a series: what is sudden is held back, and told.

use super::{Reckoning, recount};
use crate::{
    app::App,
    domain::{
        catalogue::{
            Entry, Market, Planned, Statement,
            count::{Said, is_collected, is_counted, out},
            hold::{self, Before},
        },
        event::Event,
        gaps,
        identity::Catalogue,
        series::Status,
        units::DAY,
    },
    shelving,
    store::{
        self, StoreError, Tx,
        catalogue::said::{Held, StoredStatement},
        series::Stored,
    },
};

/// Until a series is asked about again.
const WEEK: i64 = 7 * DAY;
/// The same of one that is at its end everywhere.
const MONTH: i64 = 28 * DAY;

/// What is to be told of what was taken.
pub struct Taken {
    /// What it says.
    pub said: Vec<Event>,
    /// What is missing by it.
    pub counted: Vec<Event>,
}

/// Takes what a catalogue answers of a series, in one transaction with what follows of it.
///
/// # Errors
/// When the database fails.
pub async fn take(app: &App, series: i64, by: Catalogue, entry: &Entry) -> Result<(), StoreError> {
    let reckoning = Reckoning::now(app).await?;
    let mut tx = app.db.begin().await?;
    let taken = take_in(&mut tx, &reckoning, (series, by), entry).await?;
    told(app, tx, taken, reckoning.now).await
}

async fn told(app: &App, mut tx: Tx, taken: Option<Taken>, now: i64) -> Result<(), StoreError> {
    let Some(taken) = taken else {
        return Ok(());
    };
    let events = [taken.said, taken.counted].concat();
    store::event::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    Ok(())
}

/// Takes an answer: with the first one its names there become aliases. None of what is another series there by now. The caller appends the
/// events.
///
/// # Errors
/// When the database fails.
pub async fn take_in(
    tx: &mut Tx,
    by: &Reckoning,
    key: (i64, Catalogue),
    entry: &Entry,
) -> Result<Option<Taken>, StoreError> {
    // Who chooses another one there holds the series: whether it still is this one is asked when nobody can change it.
    if store::series::get_in(tx, key.0).await?.is_none() {
        return Ok(None);
    }
    let Some(answered) = store::catalogue::link::found(tx, key, &entry.id).await? else {
        return Ok(None);
    };
    if answered.is_none() {
        shelving::learn_names(tx, key.0, entry, by.now).await?;
    }
    let taken = heed(tx, by, key, &entry.statements).await?;
    let (id, due) = (Some(entry.id.as_str()), by.now + pause(entry));
    let times = (by.now, due + super::spread(key.0));
    store::catalogue::link::asked(tx, key, id, times, None).await?;
    Ok(taken)
}

fn pause(entry: &Entry) -> i64 {
    let over = |status: Option<Status>| matches!(status, Some(Status::Ended | Status::Abandoned));
    let mut statements = entry.statements.iter();
    match !entry.statements.is_empty() && statements.all(|said| over(said.status)) {
        true => MONTH,
        false => WEEK,
    }
}

async fn heed(
    tx: &mut Tx,
    by: &Reckoning,
    (series, catalogue): (i64, Catalogue),
    statements: &[Statement],
) -> Result<Option<Taken>, StoreError> {
    let Some(stored) = store::series::get_in(tx, series).await? else {
        return Ok(None);
    };
    let mut said = Vec::new();
    for statement in statements.iter().filter(|statement| !statement.is_empty()) {
        said.extend(take_one(tx, by, &stored, catalogue, statement).await?);
    }
    let counted = recount(tx, by, series).await?;
    let counted = counted.map_or_else(Vec::new, |(_, events)| events);
    Ok(Some(Taken { said, counted }))
}

async fn take_one(
    tx: &mut Tx,
    by: &Reckoning,
    stored: &Stored,
    catalogue: Catalogue,
    statement: &Statement,
) -> Result<Vec<Event>, StoreError> {
    let series = &stored.series;
    let all = store::catalogue::said::of_series_in(tx, series.id).await?;
    let known = all.into_iter().find(|known| {
        known.said.by == catalogue && known.said.statement.market == statement.market
    });
    let believed = known.as_ref().map(|known| &known.said.statement);
    let collected = is_collected(series, statement);
    let before = Before {
        count: believed.and_then(|said| out(said, by.today)),
        kind: series.kind,
        shelf: gaps::last_on_shelf(&stored.shelf)
            .filter(|_| collected && is_counted(series.edition)),
    };
    let mut events = Vec::new();
    let put = match hold::doubt(&before, out(statement, by.today)) {
        None => {
            if let Some(believed) = believed.filter(|_| collected && series.monitored) {
                events.extend(announced(stored, catalogue, believed, statement, by));
            }
            let said = Said {
                by: catalogue,
                statement: statement.clone(),
                read_at: by.now,
            };
            StoredStatement { said, held: None }
        }
        Some(why) => {
            let was_held = known.as_ref().and_then(|known| known.held.as_ref());
            if !was_held.is_some_and(|held| held.why.is_like(&why)) {
                events.push(Event::CatalogueConflict {
                    series: series.named(),
                    catalogue: catalogue.word().into(),
                    message: sentence(catalogue, statement.market, &why),
                });
            }
            held_back(catalogue, known, statement, why, by.now)
        }
    };
    store::catalogue::said::put(tx, series.id, &put).await?;
    Ok(events)
}

/// What was believed stays; of a first statement nothing is: it stands there empty.
fn held_back(
    by: Catalogue,
    known: Option<StoredStatement>,
    statement: &Statement,
    why: hold::Doubt,
    now: i64,
) -> StoredStatement {
    let known = known.unwrap_or_else(|| StoredStatement {
        said: Said {
            by,
            statement: Statement::of(statement.market, statement.language.as_deref()),
            read_at: now,
        },
        held: None,
    });
    let is_like = |held: &Held| held.why.is_like(&why);
    let since = known.held.filter(is_like).map_or(now, |held| held.since);
    StoredStatement {
        said: known.said,
        held: Some(Held {
            statement: statement.clone(),
            why,
            since,
        }),
    }
}

/// What is held back, in a sentence.
pub fn sentence(catalogue: Catalogue, market: Market, why: &hold::Doubt) -> String {
    let market = match market {
        Market::France => "VF",
        Market::Home => "VO",
    };
    format!("{} ({market}) {}", catalogue.word(), why.sentence())
}

/// Days to come that it did not give before. The first reading is where it starts: nothing of it is told.
fn announced<'a>(
    stored: &'a Stored,
    catalogue: Catalogue,
    before: &'a Statement,
    now: &'a Statement,
    by: &'a Reckoning,
) -> impl Iterator<Item = Event> + 'a {
    let to_come = now.releases.iter().filter_map(|release| {
        let day = release.day.filter(|day| !day.is_reached(by.today))?;
        let known = before
            .releases
            .iter()
            .any(|known| known.volume == release.volume && known.day == Some(day));
        (!known).then_some((release.volume, day))
    });
    to_come.map(move |(volume, day)| Event::VolumeAnnounced {
        series: stored.series.named(),
        volume,
        day,
        catalogue: catalogue.word().into(),
        market: now.market,
    })
}

/// The releases of a month's page that are of series which are followed become known; how many series they are.
///
/// # Errors
/// When the database fails.
pub async fn planned(app: &App, by: Catalogue, all: &[Planned]) -> Result<usize, StoreError> {
    let ids: Vec<String> = all.iter().map(|planned| planned.id.clone()).collect();
    let links = store::catalogue::link::by_ids(&app.db, by, &ids).await?;
    for link in &links {
        let Some(id) = link.external_id.as_deref() else {
            continue;
        };
        let reckoning = Reckoning::now(app).await?;
        let mut tx = app.db.begin().await?;
        let ours = all.iter().filter(|planned| planned.id == id);
        let key = (link.series_id, by);
        let Some(statement) = with_planned(&mut tx, key, id, ours).await? else {
            continue;
        };
        let taken = heed(&mut tx, &reckoning, key, &[statement]).await?;
        told(app, tx, taken, reckoning.now).await?;
    }
    Ok(links.len())
}

/// What is believed of a series in France, with these releases. None when nothing is, or it is another one there by now.
async fn with_planned(
    tx: &mut Tx,
    key: (i64, Catalogue),
    id: &str,
    planned: impl Iterator<Item = &Planned>,
) -> Result<Option<Statement>, StoreError> {
    // As in take_in.
    if store::series::get_in(tx, key.0).await?.is_none()
        || store::catalogue::link::found(tx, key, id).await?.is_none()
    {
        return Ok(None);
    }
    let known = store::catalogue::said::of_series_in(tx, key.0).await?;
    let of_france = known
        .into_iter()
        .find(|known| known.said.by == key.1 && known.said.statement.market == Market::France);
    // The page of the series itself says how many there are, and settles what is held back.
    let Some(known) = of_france.filter(|known| known.held.is_none()) else {
        return Ok(None);
    };
    let mut statement = known.said.statement;
    for Planned { release, .. } in planned {
        statement
            .releases
            .retain(|known| known.volume != release.volume);
        statement.releases.push(release.clone());
    }
    statement.releases.sort_by_key(|release| release.volume);
    Ok(Some(statement))
}

/// A person believes what is held back. False when nothing is.
///
/// # Errors
/// When the database fails.
pub async fn accept(
    app: &App,
    series: i64,
    by: Catalogue,
    market: Market,
) -> Result<bool, StoreError> {
    let reckoning = Reckoning::now(app).await?;
    let mut tx = app.db.begin().await?;
    if store::series::get_in(&mut tx, series).await?.is_none() {
        return Ok(false);
    }
    let all = store::catalogue::said::of_series_in(&mut tx, series).await?;
    let known = all
        .into_iter()
        .find(|known| known.said.by == by && known.said.statement.market == market);
    let Some(held) = known.and_then(|known| known.held) else {
        return Ok(false);
    };
    let taken = StoredStatement {
        said: Said {
            by,
            statement: held.statement,
            read_at: reckoning.now,
        },
        held: None,
    };
    store::catalogue::said::put(&mut tx, series, &taken).await?;
    if let Some((_, events)) = recount(&mut tx, &reckoning, series).await? {
        store::event::append(&mut tx, &events, reckoning.now).await?;
    }
    tx.commit().await?;
    app.check_wake.notify_one();
    Ok(true)
}
