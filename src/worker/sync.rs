//! Asks catalogues: which of their series ours are, and what they say of them. Each is asked at its own pace, about a series once a week, and about
//! one that is at its end once in four.

mod listed;

use std::{sync::Arc, time::Duration};

use chrono::{Datelike, NaiveDate};
use futures_util::future::join_all;
use tokio::{sync::watch, time::Instant};

use crate::{
    announcing::{self, Reckoning},
    app::App,
    collection::lists,
    connection::{
        Role,
        catalogue::{OFFERED, Offered},
    },
    domain::{
        catalogue::{Entry, Sought, score},
        gaps,
        identity::Catalogue as Which,
        release::Kind,
        units::DAY,
    },
    health,
    lease::Lease,
    pace::{self, Pass},
    ports::{Catalogue, PortError},
    shelving,
    store::{
        self, StoreError,
        catalogue::link::{CatalogueLink, ChosenBy, StoredCandidate},
        connection::Connection,
        series::Stored,
    },
};

/// Between two looks at what is due.
const POLL: Duration = Duration::from_secs(60);
/// Until a series is asked about again of which there was no answer.
const WEEK: i64 = 7 * DAY;
/// The same of what is not found, or waits for the user.
const MONTH: i64 = 28 * DAY;
/// Questions of one turn at most: then settings that were changed count, months are read, and another replica gets its chance.
const MOST: usize = 60;
/// How long one turn takes at most.
const LONGEST: Duration = Duration::from_secs(120);
/// Months of a planning page that are read: this one, and the next ones.
const MONTHS: u32 = 3;

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Questions that were asked.
    pub asked: usize,
    /// Series of which an answer came.
    pub answered: usize,
    /// Catalogues that failed.
    pub failed: usize,
    /// There may be more that is due: a turn was over.
    pub more: bool,
}

/// Works until the program stops.
pub async fn run(app: Arc<App>) {
    let woken = watch::Sender::new(());
    // Each goes its own way: one that is asked once an hour keeps no other one waiting.
    let all = OFFERED
        .iter()
        .map(|offered| asks(&app, offered, woken.subscribe()));
    tokio::join!(join_all(all), days(&app), wakes(&app, &woken));
}

/// One wakes all: also those that are in their turn, so that they look again after it.
async fn wakes(app: &App, woken: &watch::Sender<()>) {
    loop {
        tokio::select! {
            () = app.sync_wake.notified() => woken.send_replace(()),
            () = app.stop.cancelled() => return,
        }
    }
}

/// What a new day brings comes with its beginning, however long the catalogues take.
async fn days(app: &Arc<App>) {
    while !app.stop.is_cancelled() {
        if let Err(error) = announcing::count_reached(app).await {
            tracing::error!(%error, "what came out today was not counted; it is tried again");
        }
        if let Err(error) = shelving::overdue(app).await {
            tracing::error!(%error, "what is missing for long was not told; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

async fn asks(app: &Arc<App>, offered: &'static Offered, mut woken: watch::Receiver<()>) {
    while !app.stop.is_cancelled() {
        match turn(app, offered).await {
            Ok(synced) if synced.more => continue,
            Ok(_) => {}
            Err(error) => {
                let catalogue = offered.which.word();
                tracing::error!(%error, catalogue, "the catalogue was not asked to the end");
            }
        }
        tokio::select! {
            _ = woken.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Asks every catalogue what is due there, for a turn each.
///
/// # Errors
/// When the database fails.
pub async fn step(app: &Arc<App>) -> Result<Synced, StoreError> {
    let mut synced = Synced::default();
    let turns = OFFERED.iter().map(|offered| turn(app, offered));
    for one in join_all(turns).await {
        let one = one?;
        synced.asked += one.asked;
        synced.answered += one.answered;
        synced.failed += one.failed;
        synced.more |= one.more;
    }
    Ok(synced)
}

/// Asks one, unless it is off or is left alone.
async fn turn(app: &Arc<App>, offered: &'static Offered) -> Result<Synced, StoreError> {
    if !app.settings().await?.enabled {
        return Ok(Synced::default());
    }
    let role = Role::Catalogue.word();
    let row = store::connection::named(&app.db, role, offered.which.word()).await?;
    let Some(row) = row else {
        return Ok(Synced::default());
    };
    if row.enabled && !health::is_resting(&row, app.clock.now()) {
        return turn_alone(app, &row, offered).await;
    }
    lists::not_asked(app, &row).await?;
    Ok(Synced::default())
}

/// Of several replicas one asks.
async fn turn_alone(
    app: &Arc<App>,
    row: &Connection,
    offered: &'static Offered,
) -> Result<Synced, StoreError> {
    let Some(lease) = Lease::try_take(app, &format!("catalogue:{}", row.id)).await? else {
        return Ok(Synced::default());
    };
    let synced = match app.catalogue(row) {
        Ok(catalogue) => {
            let mut turn = Turn {
                app,
                row,
                offered,
                catalogue,
                since: Instant::now(),
                synced: Synced::default(),
            };
            let done = turn.all().await;
            turn.rest().await;
            done.map(|()| turn.synced)
        }
        // Health says why.
        Err(_) => lists::not_asked(app, row).await.map(|()| Synced::default()),
    };
    lease.release().await;
    synced
}

/// What is due at one catalogue, as much as one turn takes.
struct Turn<'a> {
    app: &'a Arc<App>,
    row: &'a Connection,
    offered: &'static Offered,
    since: Instant,
    catalogue: Arc<dyn Catalogue>,
    synced: Synced,
}

impl Turn<'_> {
    fn which(&self) -> Which {
        self.offered.which
    }

    async fn all(&mut self) -> Result<(), StoreError> {
        self.know().await?;
        if !self.months().await? {
            return Ok(());
        }
        while !self.app.stop.is_cancelled() {
            if self.synced.asked >= MOST || self.since.elapsed() >= LONGEST {
                self.synced.more = true;
                return Ok(());
            }
            if !self.lists().await? {
                return Ok(());
            }
            let now = self.app.clock.now();
            let most = self.catalogue.batch() as i64;
            let due = store::catalogue::link::due(&self.app.db, self.which(), now, most).await?;
            let Some(first) = due.first() else {
                return Ok(());
            };
            let goes_on = match first.external_id {
                None => self.search(first).await?,
                Some(_) => {
                    let known = due.iter().filter(|link| link.external_id.is_some());
                    self.ask(&known.collect::<Vec<_>>()).await?
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Series that are followed since the last step.
    async fn know(&self) -> Result<(), StoreError> {
        let of = (self.offered.language, self.offered.kinds);
        let mut tx = self.app.db.begin_unsynced().await?;
        let new =
            store::catalogue::link::know(&mut tx, self.which(), of, self.app.clock.now()).await?;
        match new > 0 {
            true => tx.commit().await,
            false => Ok(()),
        }
    }

    /// Nobody has switched it off or changed it meanwhile, and it has not failed a person.
    async fn is_on(&self) -> Result<bool, StoreError> {
        let now = store::connection::get(&self.app.db, self.row.id).await?;
        let same = now.is_some_and(|now| {
            // A page of a month that failed us does not stop the series.
            let failed_a_person =
                self.synced.failed == 0 && health::is_resting(&now, self.app.clock.now());
            now.enabled && now.updated_at == self.row.updated_at && !failed_a_person
        });
        Ok(same && self.app.settings().await?.enabled)
    }

    /// The right to ask one question, when it may be asked; none when the turn ends instead.
    async fn pass(&self) -> Result<Option<Pass>, StoreError> {
        let pass = tokio::select! {
            pass = self.app.paces.pass(self.row) => pass,
            () = self.app.stop.cancelled() => return Ok(None),
        };
        if self.is_on().await? {
            return Ok(Some(pass));
        }
        pass.unused();
        Ok(None)
    }

    /// It was asked.
    fn asked(&mut self, pass: Pass) {
        self.synced.asked += 1;
        drop(pass);
    }

    /// Another replica asks no earlier either.
    async fn rest(&self) {
        if self.synced.asked == 0 {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pace::pause(self.row)) => {}
            () = self.app.stop.cancelled() => {}
        }
    }

    /// What comes out in this month and the next ones, each once a day. False when the catalogue failed.
    async fn months(&mut self) -> Result<bool, StoreError> {
        if !self.offered.has_months {
            return Ok(true);
        }
        let today = Reckoning::now(self.app).await?.today;
        for ahead in 0..MONTHS {
            let Some(month) = today.checked_add_months(chrono::Months::new(ahead)) else {
                break;
            };
            let key = format!("catalogues.planning.{}.{ahead}", self.which().word());
            let read = format!("{} {}", month.format("%Y-%m"), today);
            if store::setting::get(&self.app.db, &key).await?.as_deref() == Some(&read) {
                continue;
            }
            if !self.month(month).await? {
                return Ok(false);
            }
            let mut tx = self.app.db.begin_unsynced().await?;
            store::setting::put(&mut tx, &key, &read, self.app.clock.now()).await?;
            tx.commit().await?;
            if self.app.stop.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn month(&mut self, month: NaiveDate) -> Result<bool, StoreError> {
        let Some(pass) = self.pass().await? else {
            return Ok(false);
        };
        let page = self.catalogue.month(month.year(), month.month()).await;
        self.asked(pass);
        match page {
            Ok(planned) => {
                health::worked_if_failed(self.app, self.row).await?;
                let planned = planned.unwrap_or_default();
                self.synced.answered +=
                    announcing::planned(self.app, self.which(), &planned).await?;
            }
            // The fault of that page: the series have pages of their own.
            Err(error) if is_of_page(&error) => {
                self.synced.failed += 1;
                health::failed(self.app, self.row.id, &error).await?;
            }
            Err(error) => return self.failed(&error).await.map(|()| false),
        }
        Ok(true)
    }

    async fn failed(&mut self, error: &PortError) -> Result<(), StoreError> {
        self.synced.failed += 1;
        announcing::failed(self.app, self.row.id, error).await?;
        Ok(())
    }

    /// Looks for a series there. False when the catalogue failed.
    async fn search(&mut self, link: &CatalogueLink) -> Result<bool, StoreError> {
        let Some(stored) = store::series::get(&self.app.db, link.series_id).await? else {
            return Ok(true);
        };
        let known = store::identity::of_series(&self.app.db, link.series_id).await?;
        let mut said = known
            .iter()
            .filter(|known| known.identity.catalogue == self.which());
        if let Some(known) = said.next() {
            let (id, by) = (Some(known.identity.id.as_str()), ChosenBy::Library);
            self.chosen(link.series_id, id, by).await?;
            return Ok(true);
        }
        let sought = sought(&stored);
        let Some(pass) = self.pass().await? else {
            return Ok(false);
        };
        let found = tokio::select! {
            found = self.catalogue.search(&sought) => found,
            // By several names it takes several times the pace.
            () = self.app.stop.cancelled() => return Ok(false),
        };
        self.asked(pass);
        let found = match found {
            Ok(found) => found,
            Err(error) if error.is_of_one() => {
                self.note(link, &error.to_string(), MONTH).await?;
                return Ok(true);
            }
            Err(error) => return self.failed(&error).await.map(|()| false),
        };
        health::worked_if_failed(self.app, self.row).await?;
        let on_shelf = gaps::last_on_shelf(&stored.shelf);
        let candidates = score::candidates(&sought, on_shelf, &found);
        match candidates.iter().find(|candidate| candidate.certain) {
            Some(certain) => {
                let entry = &found[certain.entry];
                let (id, by) = (Some(entry.id.as_str()), ChosenBy::Certain);
                let is_so = self.chosen(link.series_id, id, by).await?;
                if is_so && !entry.statements.is_empty() {
                    self.take(link.series_id, entry).await?;
                }
            }
            None => self.wait_for_user(link, &found, &candidates).await?,
        }
        Ok(true)
    }

    async fn chosen(
        &self,
        series: i64,
        id: Option<&str>,
        by: ChosenBy,
    ) -> Result<bool, StoreError> {
        match announcing::chosen(self.app, series, self.which(), id, by).await {
            Ok(is_so) => Ok(is_so),
            Err(announcing::ChoiceError::Store(error)) => Err(error),
            // It was removed meanwhile.
            Err(_) => Ok(false),
        }
    }

    async fn wait_for_user(
        &self,
        link: &CatalogueLink,
        found: &[Entry],
        candidates: &[score::Candidate],
    ) -> Result<(), StoreError> {
        let stored: Vec<StoredCandidate> = candidates
            .iter()
            .map(|candidate| {
                let entry = &found[candidate.entry];
                StoredCandidate {
                    external_id: entry.id.clone(),
                    title: entry.title.clone(),
                    year: entry.year,
                    score: candidate.score,
                    reasons: candidate
                        .reasons
                        .iter()
                        .map(|why| (*why).to_owned())
                        .collect(),
                }
            })
            .collect();
        let problem = match stored.len() {
            0 => "it was not found there by any of its names".to_owned(),
            1 => "one series may be meant: choose it, or say that it is none".to_owned(),
            several => format!("{several} series may be meant: choose one, or say that it is none"),
        };
        let (now, key) = (self.app.clock.now(), (link.series_id, self.which()));
        let due = now + MONTH + announcing::spread(link.series_id);
        let mut tx = self.app.db.begin_unsynced().await?;
        // Unless a person has chosen meanwhile.
        let times = (now, due);
        if store::catalogue::link::asked(&mut tx, key, None, times, Some(&problem)).await? {
            store::catalogue::link::put_candidates(&mut tx, key.0, key.1, &stored).await?;
        }
        tx.commit().await
    }

    /// Asks about series whose ids are known, with one request. False when the catalogue failed.
    async fn ask(&mut self, links: &[&CatalogueLink]) -> Result<bool, StoreError> {
        let ids: Vec<String> = links
            .iter()
            .filter_map(|link| link.external_id.clone())
            .collect();
        let Some(pass) = self.pass().await? else {
            return Ok(false);
        };
        let answered = self.catalogue.series(&ids).await;
        self.asked(pass);
        let entries = match answered {
            Ok(entries) => entries,
            Err(error) if error.is_of_one() && links.len() == 1 => {
                self.note(links[0], &error.to_string(), WEEK).await?;
                return Ok(true);
            }
            Err(error) => return self.failed(&error).await.map(|()| false),
        };
        health::worked_if_failed(self.app, self.row).await?;
        for link in links {
            let entry = entries
                .iter()
                .find(|entry| Some(&entry.id) == link.external_id.as_ref());
            match entry {
                Some(entry) => self.take(link.series_id, entry).await?,
                None => {
                    let problem = "it does not have this series: choose another one";
                    self.note(link, problem, MONTH).await?;
                }
            }
        }
        Ok(true)
    }

    async fn take(&mut self, series: i64, entry: &Entry) -> Result<(), StoreError> {
        announcing::take(self.app, series, self.which(), entry).await?;
        self.synced.answered += 1;
        Ok(())
    }

    /// There is no answer of it; why.
    async fn note(
        &self,
        link: &CatalogueLink,
        problem: &str,
        pause: i64,
    ) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let key = (link.series_id, link.catalogue);
        let mut tx = self.app.db.begin_unsynced().await?;
        let due = now + pause + announcing::spread(link.series_id);
        let id = link.external_id.as_deref();
        store::catalogue::link::asked(&mut tx, key, id, (now, due), Some(problem)).await?;
        tx.commit().await
    }
}

/// The fault lies with a page, not with all of the catalogue.
fn is_of_page(error: &PortError) -> bool {
    matches!(error, PortError::BadAnswer { .. }) || error.is_of_one()
}

fn sought(stored: &Stored) -> Sought {
    let series = &stored.series;
    Sought {
        title: series.title.clone(),
        aliases: series.aliases.clone(),
        language: series.language.clone(),
        kind: match series.kind {
            Kind::Auto => Kind::Manga,
            kind => kind,
        },
        isbn: None,
    }
}
