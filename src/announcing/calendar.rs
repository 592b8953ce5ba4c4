//! When volumes of the followed series come out, where they are collected.

use std::collections::{HashMap, hash_map::Entry};

use chrono::NaiveDate;

use crate::{
    app::App,
    domain::{
        catalogue::{Day, Market, count::Who},
        event::SeriesRef,
        identity::Catalogue,
        volume::VolumeNumber,
    },
    store::{self, StoreError, series::Stored},
};

/// Volumes of one calendar; more are cut off.
const MOST: i64 = 5_000;

/// A volume of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Of which series.
    pub series: SeriesRef,
    /// Which.
    pub volume: VolumeNumber,
    /// When it comes out, or came.
    pub day: Day,
    /// Where.
    pub market: Market,
    /// Who says so.
    pub by: Catalogue,
    /// Thirteen digits.
    pub isbn: Option<String>,
    /// It is out today.
    pub is_out: bool,
    /// It is on the shelf.
    pub is_owned: bool,
    /// It is missing.
    pub is_missing: bool,
}

/// Between two days, both included; what is known by its month or year only is there when that begins in between. Where catalogues differ,
/// the first of the order is right.
///
/// # Errors
/// When the database fails.
pub async fn calendar(
    app: &App,
    (from, to): (NaiveDate, NaiveDate),
    series: Option<i64>,
) -> Result<Vec<Dated>, StoreError> {
    let by = super::Reckoning::now(app).await?;
    let between = (&*from.to_string(), &*to.to_string());
    let rows = store::catalogue::said::calendar(&app.db, between, series, MOST).await?;
    let place = |catalogue: Catalogue| {
        let found = by
            .order
            .iter()
            .position(|who| *who == Who::Catalogue(catalogue));
        found.unwrap_or(by.order.len())
    };
    let mut best: HashMap<(i64, VolumeNumber), store::catalogue::said::Dated> = HashMap::new();
    for row in rows {
        let key = (row.series_id, row.volume);
        let is_better = best
            .get(&key)
            .is_none_or(|known| place(row.catalogue) < place(known.catalogue));
        if is_better {
            best.insert(key, row);
        }
    }
    let mut known: HashMap<i64, Option<Stored>> = HashMap::new();
    let mut all = Vec::with_capacity(best.len());
    for row in best.into_values() {
        if row.day.first() < from || row.day.first() > to {
            continue;
        }
        if let Entry::Vacant(vacant) = known.entry(row.series_id) {
            vacant.insert(store::series::get(&app.db, row.series_id).await?);
        }
        let Some(Some(stored)) = known.get(&row.series_id) else {
            continue;
        };
        all.push(Dated {
            series: stored.series.named(),
            volume: row.volume,
            day: row.day,
            market: row.market,
            by: row.catalogue,
            isbn: row.isbn,
            is_out: row.day.is_reached(by.today),
            is_owned: stored.shelf.present.contains(row.volume),
            is_missing: stored.wants.contains_key(&row.volume),
        });
    }
    all.sort_by(|one, other| {
        let key = |dated: &Dated| (dated.day.first(), dated.series.title.clone(), dated.volume);
        key(one).cmp(&key(other))
    });
    Ok(all)
}
