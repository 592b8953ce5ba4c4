//! Looks at each source's recent releases, without a query, and matches them against everything that is missing at once.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use crate::{
    app::App,
    asking,
    domain::{
        offer::Offer,
        release::{Hints, Kind, Lexicon, parse},
        report::{Outcome, SeriesReport},
        title::fold,
    },
    lease::Lease,
    pipeline::{self, CheckError},
    ports::Purpose,
    store::{self, StoreError},
};

/// Between two looks at the setting.
const POLL: Duration = Duration::from_secs(60);
/// Fingerprints that are remembered, so that a release is judged once and not at every look.
const MOST_SEEN: usize = 20_000;

/// The row that says when some replica last looked.
const LOOKED_AT: &str = "fresh.lookedAt";

/// What a step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Releases that were not seen before.
    pub new: usize,
    /// Series for which some of them may be.
    pub series: usize,
    /// Releases that were sent.
    pub sent: usize,
    /// Sources that could not be asked, each with a sentence.
    pub errors: Vec<String>,
}

/// What was seen already; it is this process's own and costs nothing but a second judging when it is lost.
#[derive(Debug, Default)]
pub struct Seen(HashSet<String>);

impl Seen {
    fn is_new(&mut self, offer: &Offer) -> bool {
        if self.0.len() >= MOST_SEEN {
            self.0.clear();
        }
        self.0.insert(offer.fingerprint.clone())
    }
}

/// Works until the program stops. Of several replicas one looks.
pub async fn run(app: Arc<App>) {
    let mut seen = Seen::default();
    while !app.stop.is_cancelled() {
        match look(&app, &mut seen).await {
            Ok(None) => {}
            Ok(Some(Looked {
                new,
                series,
                sent,
                errors,
            })) => tracing::info!(
                new,
                series,
                sent,
                errors = errors.len(),
                "recent releases were looked at"
            ),
            Err(error) => tracing::error!(%error, "recent releases were not looked at to the end"),
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Looks when it is time, whichever replica looked last; none when it is not, or another one looks.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &Arc<App>, seen: &mut Seen) -> Result<Option<Looked>, StoreError> {
    if !is_time(app).await? {
        return Ok(None);
    }
    let Some(lease) = Lease::try_take(app, "fresh").await? else {
        return Ok(None);
    };
    let looked = look_alone(app, seen).await;
    lease.release().await;
    looked
}

async fn look_alone(app: &Arc<App>, seen: &mut Seen) -> Result<Option<Looked>, StoreError> {
    // Another replica may have looked between the first question and the lease.
    if !is_time(app).await? {
        return Ok(None);
    }
    // Before the look: one that fails has its turn again when the next one would have.
    let now = app.clock.now();
    let mut tx = app.db.begin_unsynced().await?;
    store::setting::put(&mut tx, LOOKED_AT, &now.to_string(), now).await?;
    tx.commit().await?;
    step(app, seen).await.map(Some)
}

async fn is_time(app: &App) -> Result<bool, StoreError> {
    let settings = app.settings().await?;
    let every = settings.fresh_minutes * 60_000;
    if !settings.enabled || !settings.search_enabled || every == 0 {
        return Ok(false);
    }
    let looked_at = store::setting::get(&app.db, LOOKED_AT).await?;
    let looked_at = looked_at.and_then(|text| text.parse::<i64>().ok());
    let now = app.clock.now();
    // A clock that was put back does not make it wait for the old time.
    Ok(looked_at.is_none_or(|at| at + every <= now || at > now + every))
}

/// One look at every source.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>, seen: &mut Seen) -> Result<Looked, StoreError> {
    let (mut looked, mut offers) = (Looked::default(), Vec::new());
    let wants = Wants::read(app).await?;
    if wants.0.is_empty() {
        return Ok(looked);
    }
    let settings = app.settings().await?;
    for row in store::connection::list(&app.db, "source").await? {
        if !asking::serves(&row, Purpose::Fresh) {
            continue;
        }
        let answer = asking::recent(app, &settings, &row).await?;
        looked.errors.extend(answer.asked.error);
        offers.extend(answer.offers.into_iter().filter(|offer| seen.is_new(offer)));
    }
    looked.new = offers.len();
    let by_series = wants.matched(app.lexicon, offers);
    looked.series = by_series.len();
    // A series that is being checked just now is left alone; the next check finds what is still there.
    let reports = considered(app, by_series, Duration::ZERO).await?;
    let picks = reports.iter().flat_map(|report| &report.picks);
    looked.sent = picks.filter(|pick| pick.outcome == Outcome::Sent).count();
    Ok(looked)
}

/// Judges offers that came by themselves, each for its series, and tells what came of all of them. Whoever works on them is waited for up
/// to `patience` in all; those on which someone still works are not among the reports.
///
/// # Errors
/// When the database fails.
pub async fn considered(
    app: &Arc<App>,
    by_series: BTreeMap<i64, Vec<Offer>>,
    patience: Duration,
) -> Result<Vec<SeriesReport>, StoreError> {
    let (began, mut reports) = (app.clock.now(), Vec::new());
    let until = tokio::time::Instant::now() + patience;
    for (series, offers) in by_series {
        let patience = until.saturating_duration_since(tokio::time::Instant::now());
        match pipeline::consider(app, series, &offers, began, patience).await {
            Ok(report) => reports.push(report),
            Err(CheckError::Busy | CheckError::Unknown) => {}
            Err(CheckError::Store(error)) => return Err(error),
        }
    }
    let mut tx = app.db.begin().await?;
    if let Some(digest) = pipeline::digest(&mut tx, began).await? {
        store::event::append(&mut tx, &[digest], app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(reports)
}

/// Series with missing volumes, by each of their folded names.
pub struct Wants(HashMap<String, Vec<i64>>);

impl Wants {
    /// Of this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(app: &App) -> Result<Self, StoreError> {
        let mut wants: HashMap<String, Vec<i64>> = HashMap::new();
        for (series, name, _) in store::series::names_with_gaps(&app.db).await? {
            wants.entry(name).or_default().push(series);
        }
        Ok(Self(wants))
    }

    /// Series that a release may be for, by the title that its name reads.
    pub fn named(&self, lexicon: &Lexicon, name: &str) -> BTreeSet<i64> {
        let hints = Hints {
            lexicon,
            ..Hints::from(Kind::Auto)
        };
        let release = parse(name, hints);
        let titles = [release.series.as_deref(), release.other_title.as_deref()];
        let folded = titles.into_iter().flatten().map(fold);
        let series = folded.filter_map(|name| self.0.get(&name)).flatten();
        series.copied().collect()
    }

    /// The offers that may be for each series, by the title that their name reads.
    pub fn matched(&self, lexicon: &Lexicon, offers: Vec<Offer>) -> BTreeMap<i64, Vec<Offer>> {
        let mut matched: BTreeMap<i64, Vec<Offer>> = BTreeMap::new();
        for offer in offers {
            for series in self.named(lexicon, &offer.title) {
                matched.entry(series).or_default().push(offer.clone());
            }
        }
        matched
    }
}
