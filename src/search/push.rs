//! Stage 3: what other programs push, as autobrr does. No one offers it again, so it is remembered, in memory only: its links carry passkeys.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use url::Url;

use super::resolve::{self, Guard};
use crate::{
    clock::Clock,
    domain::{
        link::Payload,
        report::{OfferLine, Outcome, PickLine, SeriesReport},
        units::{DAY, HOUR, MINUTE},
    },
    http::Http,
    ports::{
        Indexer, PortError, RawOffer, ReleaseLink, SearchPage, SearchRequest, Source, TestReport,
    },
};

/// For the download of a torrent file.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Releases that are remembered; more push out the oldest.
const MOST: usize = 2_000;
/// How long one is remembered.
const LIFETIME: i64 = 7 * DAY;
/// How long one is fetched again that could not be fetched: trackers announce some before they have them.
const PATIENCE: i64 = DAY;
/// After so long what waits is looked at first; then every hour.
const RETRY: i64 = 10 * MINUTE;
/// Of those that could not be fetched, so many are tried again in one look.
const MOST_AGAIN: usize = 5;

/// A release that was pushed.
#[derive(Clone, Debug)]
pub struct Push {
    /// Series that it may still be sent for.
    pub open: Vec<i64>,
    /// Series for which that is decided.
    pub done: Vec<i64>,
    /// Number and name of its source.
    pub source: (i64, String),
    /// What it is.
    pub release: RawOffer,
    /// Of its offer.
    pub fingerprint: String,
    /// When it came; milliseconds since the epoch.
    pub at: i64,
    /// When it is looked at next, if nothing else brings that about.
    pub again: i64,
    /// It could not be fetched, and is left alone until then.
    pub held: bool,
}

impl Push {
    /// One that came just now.
    pub fn new(
        series: impl IntoIterator<Item = i64>,
        source: (i64, String),
        (release, fingerprint): (RawOffer, String),
        now: i64,
    ) -> Self {
        Self {
            open: series.into_iter().collect(),
            done: Vec::new(),
            source,
            release,
            fingerprint,
            at: now,
            again: now + RETRY,
            held: false,
        }
    }

    fn settle(&mut self, series: i64, line: &OfferLine, report: &SeriesReport, now: i64) {
        let of_it = |outcome: Outcome| {
            let mut picks = report.picks.iter();
            let is_it =
                |pick: &&PickLine| (&pick.title, &pick.indexer) == (&line.title, &line.indexer);
            picks.any(|pick| is_it(&pick) && pick.outcome == outcome)
        };
        let failed = of_it(Outcome::Failed) && line.decision == "refused";
        let age = now - self.at;
        let is_over = !line.for_now
            || of_it(Outcome::Sent)
            // Its client does not take it.
            || failed && line.not_sent
            || failed && age > PATIENCE;
        if is_over {
            self.close(series);
            return;
        }
        self.held = failed;
        self.again = now + if failed && age < RETRY { RETRY } else { HOUR };
    }

    fn close(&mut self, series: i64) {
        if self.open.contains(&series) {
            self.open.retain(|open| *open != series);
            self.done.push(series);
        }
    }
}

/// All of them, the oldest first.
#[derive(Default)]
pub struct Pushes(Mutex<VecDeque<Push>>);

impl Pushes {
    fn all(&self) -> MutexGuard<'_, VecDeque<Push>> {
        self.0.lock().expect("no one panics while holding it")
    }

    /// Remembers one. That it came before is forgotten.
    pub fn keep(&self, push: Push) {
        let mut all = self.all();
        all.retain(|known| known.fingerprint != push.fingerprint && known.at + LIFETIME > push.at);
        while all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(push);
    }

    /// Those that may be sent for a series now.
    pub fn waiting(&self, series: i64, now: i64) -> Vec<Push> {
        let all = self.all();
        let open = all.iter().filter(|push| {
            push.open.contains(&series)
                && push.at + LIFETIME > now
                && (!push.held || push.again <= now)
        });
        let mut tried_again = 0;
        let some = open.filter(|push| {
            tried_again += usize::from(push.held);
            !push.held || tried_again <= MOST_AGAIN
        });
        some.cloned().collect()
    }

    /// All that were pushed for a series, decided or not.
    fn of(&self, series: i64, now: i64) -> Vec<RawOffer> {
        let all = self.all();
        let of_series = all.iter().filter(|push| {
            push.at + LIFETIME > now && push.open.iter().chain(&push.done).any(|of| *of == series)
        });
        of_series.map(|push| push.release.clone()).collect()
    }

    /// Series of which some are to be looked at again.
    pub fn due(&self, now: i64) -> Vec<i64> {
        let all = self.all();
        let due = all
            .iter()
            .filter(|push| push.again <= now && push.at + LIFETIME > now);
        let series: BTreeSet<i64> = due.flat_map(|push| push.open.iter().copied()).collect();
        series.into_iter().collect()
    }

    /// They were judged for a series: what is decided for good is not sent any more.
    pub fn settle(&self, series: i64, report: &SeriesReport, now: i64) {
        for push in self
            .all()
            .iter_mut()
            .filter(|push| push.open.contains(&series))
        {
            let mut lines = report.offers.iter();
            if let Some(line) = lines.find(|line| line.fingerprint == push.fingerprint) {
                push.settle(series, line, report, now);
            }
        }
    }

    /// What is due of a series was looked at, or could not be: not before then again.
    pub fn put_off(&self, series: i64, now: i64, until: i64) {
        let is_due = |push: &&mut Push| push.open.contains(&series) && push.again <= now;
        for push in self.all().iter_mut().filter(is_due) {
            push.again = until;
        }
    }

    /// Someone works on the series: it is looked at soon after that.
    pub fn hurry(&self, series: i64, at: i64) {
        let is_free = |push: &&mut Push| push.open.contains(&series) && !push.held;
        for push in self.all().iter_mut().filter(is_free) {
            push.again = push.again.min(at);
        }
    }

    /// Nothing of a series is missing.
    pub fn close(&self, series: i64) {
        for push in self.all().iter_mut() {
            push.close(series);
        }
    }

    /// A series is another one now.
    pub fn merged(&self, from: i64, into: i64) {
        for push in self.all().iter_mut() {
            for series in push.open.iter_mut().chain(&mut push.done) {
                if *series == from {
                    *series = into;
                }
            }
        }
    }
}

/// Them as a source, which is asked for nothing but what left the memory of links.
pub struct Pushed {
    pushes: Arc<Pushes>,
    clock: Clock,
    http: Http,
}

impl Pushed {
    /// Out of this memory.
    pub fn new(pushes: Arc<Pushes>, clock: Clock) -> Self {
        Self {
            pushes,
            clock,
            http: Http::new(TIMEOUT),
        }
    }
}

#[async_trait]
impl Source for Pushed {
    fn is_local(&self) -> bool {
        true
    }

    async fn indexers(&self) -> Result<Vec<Indexer>, PortError> {
        Ok(Vec::new())
    }

    async fn search(&self, request: &SearchRequest) -> Result<SearchPage, PortError> {
        let of = |series| self.pushes.of(series, self.clock.now());
        Ok(SearchPage {
            offers: request.series.map(of).unwrap_or_default(),
            next: None,
        })
    }

    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError> {
        let home = Url::parse(link.expose()).map_err(|_| PortError::BadAnswer {
            origin: "what was pushed".into(),
            detail: "its link leads nowhere".into(),
        })?;
        let guard = Guard {
            home: &home,
            key: None,
        };
        resolve::resolve(&self.http, link, &guard).await
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        Ok(TestReport {
            program: "what other programs push; it is not asked".into(),
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(name: &str, series: &[i64], at: i64) -> Push {
        let release = RawOffer {
            guid: name.into(),
            title: name.into(),
            indexer_id: 1,
            indexer: "ygg".into(),
            categories: Vec::new(),
            size: None,
            seeders: None,
            published_at: None,
            content: None,
            network: None,
            link: None,
        };
        let series = series.iter().copied();
        Push::new(series, (1, "pushed".into()), (release, name.into()), at)
    }

    fn names(pushes: &Pushes, series: i64, now: i64) -> Vec<String> {
        let waiting = pushes.waiting(series, now).into_iter();
        waiting.map(|push| push.fingerprint).collect()
    }

    fn line(name: &str, decision: &str, for_now: bool) -> OfferLine {
        OfferLine {
            title: name.into(),
            indexer: "ygg".into(),
            fingerprint: name.into(),
            decision: decision.into(),
            for_now,
            ..OfferLine::default()
        }
    }

    fn report(lines: Vec<OfferLine>, picks: &[(&str, Outcome)]) -> SeriesReport {
        let pick = |(name, outcome): &(&str, Outcome)| PickLine {
            title: (*name).into(),
            indexer: "ygg".into(),
            volumes: <_>::default(),
            outcome: *outcome,
            message: None,
        };
        SeriesReport {
            offers: lines,
            picks: picks.iter().map(pick).collect(),
            ..SeriesReport::default()
        }
    }

    #[test]
    fn they_are_bounded_in_number_and_time_and_each_is_there_once() {
        let pushes = Pushes::default();
        for at in 0..MOST as i64 + 5 {
            pushes.keep(push(&at.to_string(), &[1], at));
        }
        assert_eq!(names(&pushes, 1, 0).len(), MOST);
        assert_eq!(names(&pushes, 1, 0)[0], "5");
        pushes.keep(push("5", &[1], 9_000));
        assert_eq!(names(&pushes, 1, 0)[0], "6");
        assert_eq!(names(&pushes, 1, LIFETIME + 8_999), ["5"]);
        assert_eq!(names(&pushes, 2, 0), Vec::<String>::new());
    }

    #[test]
    fn what_is_decided_for_good_is_not_sent_any_more() {
        let pushes = Pushes::default();
        for name in [
            "refused",
            "waits",
            "sent",
            "in doubt",
            "declined",
            "client away",
            "unjudged",
        ] {
            pushes.keep(push(name, &[1, 2], 0));
        }
        let declined = OfferLine {
            not_sent: true,
            ..line("declined", "refused", true)
        };
        let lines = vec![
            line("refused", "refused", false),
            line("waits", "accepted", true),
            line("sent", "accepted", true),
            line("in doubt", "accepted", true),
            declined,
            line("client away", "accepted", true),
        ];
        let picks = [
            ("waits", Outcome::Waits),
            ("sent", Outcome::Sent),
            ("in doubt", Outcome::InDoubt),
            ("declined", Outcome::Failed),
            ("client away", Outcome::Failed),
        ];
        pushes.settle(1, &report(lines, &picks), 2 * DAY);
        let left = ["waits", "in doubt", "client away", "unjudged"];
        assert_eq!(names(&pushes, 1, 2 * DAY), left);
        assert_eq!(
            names(&pushes, 2, 2 * DAY).len(),
            7,
            "of the other series nothing is known"
        );
        assert_eq!(
            pushes.of(1, 2 * DAY).len(),
            7,
            "their links are known all the same"
        );
        pushes.merged(2, 3);
        assert_eq!(names(&pushes, 3, 2 * DAY).len(), 7);
        pushes.close(1);
        assert_eq!(names(&pushes, 1, 2 * DAY), Vec::<String>::new());
    }

    #[test]
    fn what_could_not_be_fetched_is_left_alone_for_a_while_and_tried_for_a_day() {
        let pushes = Pushes::default();
        let settled = |now| {
            let failed = vec![line("x", "refused", true)];
            pushes.settle(1, &report(failed, &[("x", Outcome::Failed)]), now);
        };
        pushes.keep(push("x", &[1], 0));
        assert_eq!(pushes.due(0), Vec::<i64>::new(), "it is judged as it comes");
        settled(1);
        assert_eq!(
            names(&pushes, 1, RETRY),
            Vec::<String>::new(),
            "the tracker is spared"
        );
        assert_eq!(names(&pushes, 1, RETRY + 1), ["x"]);
        assert_eq!(pushes.due(RETRY + 1), [1]);
        settled(RETRY + 1);
        assert_eq!(names(&pushes, 1, HOUR), Vec::<String>::new());
        assert_eq!(names(&pushes, 1, HOUR + RETRY + 1), ["x"]);
        settled(DAY + 1);
        assert_eq!(names(&pushes, 1, 2 * DAY), Vec::<String>::new());
    }

    #[test]
    fn of_many_that_could_not_be_fetched_a_few_are_tried_at_once() {
        let pushes = Pushes::default();
        for number in 0..20 {
            pushes.keep(push(&number.to_string(), &[1], 0));
        }
        for number in 0..20 {
            let name = number.to_string();
            let failed = vec![line(&name, "refused", true)];
            pushes.settle(1, &report(failed, &[(&name, Outcome::Failed)]), 1);
        }
        pushes.keep(push("new", &[1], HOUR));
        assert_eq!(names(&pushes, 1, HOUR).len(), MOST_AGAIN + 1);
        pushes.put_off(1, HOUR + RETRY, 2 * HOUR);
        assert_eq!(pushes.due(HOUR + RETRY), Vec::<i64>::new());
        pushes.hurry(1, HOUR + 1);
        assert_eq!(pushes.due(HOUR + 1), [1]);
    }
}
