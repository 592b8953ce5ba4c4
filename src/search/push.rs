//! Stage 3: what other programs push, as autobrr does. No one offers it again, so it is remembered, in memory only: its links carry passkeys.

use std::{
    collections::VecDeque,
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
        report::{OfferLine, Outcome, SeriesReport},
        units::DAY,
    },
    http::Http,
    ports::{
        Indexer, PortError, RawOffer, ReleaseLink, SearchPage, SearchRequest, Source, TestReport,
    },
};

/// For the download of a torrent file.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Releases that are remembered; more push out the oldest.
const MOST: usize = 2_000;
/// How long one is remembered that may still be sent.
const LIFETIME: i64 = 7 * DAY;
/// How long one is fetched again that could not be fetched: trackers announce some before they have them.
const PATIENCE: i64 = DAY;

/// A release that was pushed, for as long as it may still be sent.
#[derive(Clone, Debug)]
pub struct Push {
    /// Series that it may be for.
    pub series: Vec<i64>,
    /// Number and name of its source.
    pub source: (i64, String),
    /// What it is.
    pub release: RawOffer,
    /// Of its offer.
    pub fingerprint: String,
    /// When it came; milliseconds since the epoch.
    pub at: i64,
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
        all.retain(|known| known.fingerprint != push.fingerprint);
        while all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(push);
    }

    /// Those of a series that are young enough.
    pub fn of(&self, series: i64, now: i64) -> Vec<Push> {
        let mut all = self.all();
        all.retain(|push| push.at + LIFETIME > now);
        let of_series = all.iter().filter(|push| push.series.contains(&series));
        of_series.cloned().collect()
    }

    /// Whether there is any for a series.
    pub fn has(&self, series: i64) -> bool {
        self.all().iter().any(|push| push.series.contains(&series))
    }

    /// Forgets what is decided for good.
    pub fn settle(&self, series: i64, report: &SeriesReport, now: i64) {
        let mut all = self.all();
        for push in all.iter_mut() {
            let mut lines = report.offers.iter();
            let line = lines.find(|line| line.fingerprint == push.fingerprint);
            if line.is_some_and(|line| is_over(line, report, now - push.at)) {
                push.series.retain(|of| *of != series);
            }
        }
        all.retain(|push| !push.series.is_empty() && push.at + LIFETIME > now);
    }
}

/// Whether one is sent, or will never be.
fn is_over(line: &OfferLine, report: &SeriesReport, age: i64) -> bool {
    let of_it = |outcome: &Outcome| {
        let mut picks = report.picks.iter();
        picks.any(|pick| {
            pick.outcome == *outcome && (&pick.title, &pick.indexer) == (&line.title, &line.indexer)
        })
    };
    !line.for_now
        || of_it(&Outcome::Sent)
        || of_it(&Outcome::InDoubt)
        || (of_it(&Outcome::Failed) && age > PATIENCE)
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
        let pushes = match request.series {
            Some(series) => self.pushes.of(series, self.clock.now()),
            None => Vec::new(),
        };
        Ok(SearchPage {
            offers: pushes.into_iter().map(|push| push.release).collect(),
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
    use crate::domain::report::PickLine;

    fn push(name: &str, series: &[i64], at: i64) -> Push {
        Push {
            series: series.into(),
            source: (1, "pushed".into()),
            release: RawOffer {
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
            },
            fingerprint: name.into(),
            at,
        }
    }

    fn names(pushes: &Pushes, series: i64, now: i64) -> Vec<String> {
        let of = pushes.of(series, now).into_iter();
        of.map(|push| push.fingerprint).collect()
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
        assert!(!pushes.has(2));
    }

    #[test]
    fn what_is_decided_for_good_is_forgotten() {
        let line = |name: &str, for_now| OfferLine {
            title: name.into(),
            indexer: "ygg".into(),
            fingerprint: name.into(),
            for_now,
            ..OfferLine::default()
        };
        let pick = |name: &str, outcome| PickLine {
            title: name.into(),
            indexer: "ygg".into(),
            volumes: <_>::default(),
            outcome,
            message: None,
        };
        let report = SeriesReport {
            offers: vec![
                line("refused", false),
                line("waits", true),
                line("sent", true),
                line("away", true),
                line("long away", true),
            ],
            picks: vec![
                pick("waits", Outcome::Waits),
                pick("sent", Outcome::Sent),
                pick("away", Outcome::Failed),
                pick("long away", Outcome::Failed),
            ],
            ..SeriesReport::default()
        };
        let pushes = Pushes::default();
        pushes.keep(push("long away", &[1], 0));
        for name in ["refused", "waits", "sent", "away", "not judged"] {
            pushes.keep(push(name, &[1, 2], 2 * DAY));
        }
        pushes.settle(1, &report, 2 * DAY + 1);
        assert_eq!(names(&pushes, 1, 2 * DAY), ["waits", "away", "not judged"]);
        assert_eq!(
            names(&pushes, 2, 2 * DAY).len(),
            5,
            "of the other series nothing is known"
        );
    }
}
