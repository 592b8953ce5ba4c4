//! One decision for all series of a filter, in one transaction.

use super::{BATCH, due, hold_all, libraries};
use crate::{
    app::App,
    domain::{
        event::in_sum,
        series::Series,
        title::fold,
        volume::{VolumeNumber, VolumeSet},
    },
    shelving,
    store::{
        self, StoreError, Tx,
        series::{Filter, Stored},
    },
};

/// Titles that are named.
const MOST_NAMED: usize = 10;

/// What is to hold from now on; none leaves as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Missing volumes are looked for.
    pub monitored: Option<bool>,
    /// What is found may be sent without being asked.
    pub auto_send: Option<bool>,
    /// The name of the profile; some none for the library's.
    pub profile: Option<Option<String>>,
    /// Volumes below are not wanted.
    pub wanted_from: Option<Option<VolumeNumber>>,
    /// Volumes above are not wanted.
    pub wanted_to: Option<Option<VolumeNumber>>,
    /// What is missing and not on its way now is never wanted.
    pub ignore_missing: bool,
}

/// What came of it, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// Series of the filter.
    pub matched: u64,
    /// Of these, those for which it was not so already.
    pub changed: u64,
    /// Missing volumes of those that are monitored, before.
    pub missing_before: u64,
    /// And after.
    pub missing_after: u64,
    /// Series that are searched at once; of many others each waits for its turn in the nights.
    pub due: u64,
    /// The first titles of those that change.
    pub examples: Vec<String>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// It contradicts what is set for single series.
    #[error(
        "of {series} series, wantedFrom would be above wantedTo, so nothing would be wanted; the first is '{title}'. Give both, or leave these out"
    )]
    EmptyRange { series: u64, title: String },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Decision {
    /// As the series would be. `missing` are the volumes that are missing of it now and not on their way.
    fn of(&self, stored: &Stored) -> Series {
        let mut series = stored.series.clone();
        series.monitored = self.monitored.unwrap_or(series.monitored);
        series.auto_send = self.auto_send.unwrap_or(series.auto_send);
        if let Some(profile) = &self.profile {
            series.profile.clone_from(profile);
        }
        series.wanted_from = self.wanted_from.unwrap_or(series.wanted_from);
        series.wanted_to = self.wanted_to.unwrap_or(series.wanted_to);
        if self.ignore_missing {
            let in_range = |volume: &VolumeNumber| series.asks_for(*volume);
            let missing: VolumeSet = stored.free_volumes().iter().filter(in_range).collect();
            series.ignored.extend_with(&missing);
        }
        series
    }
}

/// Decides for all series of a filter, or says what that would do.
///
/// # Errors
/// When it would contradict what is set for some of them, or the database fails; then nothing is changed.
pub async fn decide(
    app: &App,
    filter: &Filter,
    decision: &Decision,
    dry_run: bool,
) -> Result<Decided, BulkError> {
    let (now, most) = (app.clock.now(), due::most(app).await?);
    let mut tx = match dry_run {
        true => app.db.begin_reading().await?,
        false => app.db.begin().await?,
    };
    if !dry_run {
        let libraries = libraries(&mut tx).await?;
        hold_all(&mut tx, &libraries).await?;
    }
    let ids = store::series::matching(&mut tx, filter).await?;
    let mut run = Run::default();
    run.decided.matched = ids.len() as u64;
    for batch in ids.chunks(BATCH) {
        let changed = run.look(&mut tx, batch, decision).await?;
        if !dry_run && run.empty.is_none() {
            run.write(&mut tx, changed, now).await?;
        }
    }
    if let Some((series, title)) = run.empty {
        return Err(BulkError::EmptyRange { series, title });
    }
    run.titles.sort_by_cached_key(|title| fold(title));
    run.titles.truncate(MOST_NAMED);
    let mut decided = Decided {
        examples: run.titles,
        ..run.decided
    };
    if dry_run {
        return Ok(decided);
    }
    decided.due = due::mark(&mut tx, &run.newly_wanted, most, now).await?;
    store::event::append(&mut tx, &in_sum(run.events), now).await?;
    tx.commit().await?;
    app.check_wake.notify_one();
    Ok(decided)
}

/// What was found so far.
#[derive(Default)]
struct Run {
    decided: Decided,
    titles: Vec<String>,
    events: Vec<crate::domain::event::Event>,
    newly_wanted: Vec<i64>,
    /// Series of which nothing would be wanted any more, and the first one's title.
    empty: Option<(u64, String)>,
}

impl Run {
    /// Counts, and answers the series that change, as they will be.
    async fn look(
        &mut self,
        tx: &mut Tx,
        ids: &[i64],
        decision: &Decision,
    ) -> Result<Vec<Stored>, StoreError> {
        let mut changed = Vec::new();
        for mut stored in store::series::of_ids(tx, ids).await? {
            let series = decision.of(&stored);
            self.decided.missing_before += wanted(&stored);
            if series == stored.series {
                self.decided.missing_after += wanted(&stored);
                continue;
            }
            let range = (series.wanted_from, series.wanted_to);
            if matches!(range, (Some(from), Some(to)) if from > to) {
                let empty = self.empty.get_or_insert((0, series.title.clone()));
                empty.0 += 1;
            }
            self.titles.push(series.title.clone());
            stored.series = series;
            self.decided.missing_after += wanted(&stored);
            changed.push(stored);
        }
        self.decided.changed += changed.len() as u64;
        Ok(changed)
    }

    async fn write(
        &mut self,
        tx: &mut Tx,
        changed: Vec<Stored>,
        now: i64,
    ) -> Result<(), StoreError> {
        let series: Vec<Series> = changed.iter().map(|stored| stored.series.clone()).collect();
        store::series::decided(tx, &series, now).await?;
        for mut stored in changed {
            let (_, events) = shelving::count(tx, &mut stored, now).await?;
            if !events.is_empty() {
                self.newly_wanted.push(stored.series.id);
            }
            self.events.extend(events);
        }
        Ok(())
    }
}

/// How many of its missing volumes are looked for.
fn wanted(stored: &Stored) -> u64 {
    match stored.series.monitored {
        true => stored.gaps().len() as u64,
        false => 0,
    }
}
