//! Stage 1: Komga 1.19 and later as a library. What it says comes from its lists; what changes it tells by itself.
//!
//! [`asking`] speaks to it, [`reading`] makes series of its lists ([`series`], [`numbers`], [`media`], [`paths`] are pure), [`listening`]
//! hears its events. Komga notes when files of a series change, not when somebody edits what it says of one: edits are heard at once and
//! read by the next scan, but [`Library::changed`] does not know them.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::value::RawValue;
use tokio::sync::watch;

use self::{
    answers::{BookEntry, Record, SeriesEntry, is_id, moment},
    asking::{Asking, List, PAGE},
    listening::Events,
    paths::Paths,
    reading::Reading,
    series::Known,
};
use super::files::in_order;
use crate::{
    domain::release::Hints,
    ports::{
        KnownFiles, Library, Listener, PortError, Scan, ScanProgress, ScannedSeries, ServerPlace,
        TestReport,
    },
};

mod answers;
mod asking;
mod choosing;
mod listening;
mod media;
mod numbers;
mod paths;
mod reading;
mod report;
mod series;

/// Series that are looked at one by one; above that a whole scan asks less.
const MOST_LOOKED_AT: usize = 300;

/// Pages of recent changes that are read; above that it is to be scanned.
const MOST_PAGES: usize = 20;

const NO_ADMIN: &str = "only an administrator may have it scan: enter an API key of one, or let Komga scan its libraries by itself";

/// A library that Komga shows.
pub struct Komga {
    asking: Asking,
    hints: Hints<'static>,
}

impl Komga {
    /// One library of Komga, or all that it lets us see, with files named as in a library of this kind. Nothing is asked yet.
    pub fn new(place: ServerPlace, hints: Hints<'static>) -> Self {
        Self {
            asking: Asking::new(place),
            hints,
        }
    }

    /// A series by its id; none when it is not there, in the trash, or of another library.
    async fn one(&self, key: &str, paths: &Paths) -> Result<Option<Known>, PortError> {
        let Some(entry) = self.entry(key).await? else {
            return Ok(None);
        };
        Ok((entry.id == key && entry.is_there(paths)).then(|| Known::of(entry, self.hints)))
    }

    async fn entry(&self, key: &str) -> Result<Option<SeriesEntry>, PortError> {
        if !is_id(key) {
            return Ok(None);
        }
        let Some(answer) = self.asking.look(&format!("api/v1/series/{key}")).await? else {
            return Ok(None);
        };
        let raw: &RawValue = answer.json()?;
        let unreadable = |_| answer.bad("what it says of a series cannot be read");
        SeriesEntry::read(raw).map(Some).map_err(unreadable)
    }

    /// Adds the series of a list, latest first, that changed since. False when there are too many, or it changes meanwhile.
    async fn add_changed(
        &self,
        list: &List<'_>,
        since: i64,
        read: impl Fn(&RawValue) -> Option<Change>,
        paths: &Paths,
        keys: &mut BTreeSet<String>,
    ) -> Result<bool, PortError> {
        // Its times are whole seconds.
        let since = since - since.rem_euclid(1000);
        let mut total = 0;
        for number in 0..MOST_PAGES {
            let page = self.asking.page(list, number, PAGE, &read).await?;
            if page.total < total {
                return Ok(false);
            }
            total = page.total;
            for change in page.found {
                match change {
                    None => return Ok(false),
                    Some(change) if change.at < since => return Ok(true),
                    Some(change) if paths.has(&change.library) => {
                        keys.insert(change.series);
                    }
                    Some(_) => {}
                }
            }
            if page.last {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The libraries that these series are in; all when one is not known, and when there are many.
    async fn libraries_of(&self, keys: &[String]) -> Result<BTreeSet<String>, PortError> {
        let libraries = self.asking.libraries().await?;
        let all = || libraries.iter().map(|library| library.id.clone()).collect();
        if libraries.len() < 2 || keys.is_empty() || keys.len() > MOST_LOOKED_AT {
            return Ok(all());
        }
        let paths = Paths::new(&libraries, false);
        let mut found = BTreeSet::new();
        for key in keys {
            match self.entry(key).await? {
                Some(entry) if paths.has(&entry.library_id) => found.insert(entry.library_id),
                _ => return Ok(all()),
            };
        }
        Ok(found)
    }
}

/// That something of a series changed.
struct Change {
    series: String,
    library: String,
    at: i64,
}

impl Change {
    fn of_series(raw: &RawValue) -> Option<Self> {
        let entry = SeriesEntry::read(raw).ok()?;
        Some(Self {
            at: moment(&entry.last_modified),
            series: entry.id,
            library: entry.library_id,
        })
    }

    fn of_book(raw: &RawValue) -> Option<Self> {
        let entry = BookEntry::read(raw).ok()?;
        Some(Self {
            at: moment(&entry.last_modified),
            series: entry.series_id,
            library: entry.library_id,
        })
    }
}

#[async_trait]
impl Library for Komga {
    fn uses_known(&self) -> bool {
        false
    }

    async fn scan(
        &self,
        _known: Arc<KnownFiles>,
        progress: watch::Sender<ScanProgress>,
    ) -> Result<Scan, PortError> {
        let libraries = self.asking.libraries().await?;
        let mut reading = Reading::new(&self.asking, &libraries, self.hints);
        let mut waiting = reading.series(self.asking.chosen_of(&libraries)).await?;
        let (mut found, mut so_far) = (Vec::new(), ScanProgress::default());
        while !waiting.is_empty() {
            let (series, books) = reading.next(&mut waiting).await?;
            so_far.files += books;
            so_far.series += series.len() as u64;
            so_far.volumes += series.iter().map(ScannedSeries::volumes).sum::<u64>();
            found.extend(series);
            progress.send_replace(so_far);
        }
        let mut scan = reading.scan;
        scan.series = found;
        Ok(in_order(scan))
    }

    async fn look(
        &self,
        keys: &[String],
        _known: Arc<KnownFiles>,
    ) -> Result<Option<Vec<ScannedSeries>>, PortError> {
        if keys.len() > MOST_LOOKED_AT {
            return Ok(None);
        }
        let libraries = self.asking.libraries().await?;
        let mut reading = Reading::new(&self.asking, &libraries, self.hints);
        let mut waiting = Vec::new();
        for key in keys.iter().collect::<BTreeSet<_>>() {
            waiting.extend(self.one(key, &reading.paths).await?);
        }
        let mut found = Vec::new();
        while !waiting.is_empty() {
            found.extend(reading.next(&mut waiting).await?.0);
        }
        if !reading.scan.unreadable.is_empty() {
            return Err(PortError::BadAnswer {
                origin: self.asking.origin(),
                detail: "what it says of a book cannot be read".into(),
            });
        }
        found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(Some(found))
    }

    async fn changed(&self, since: i64) -> Result<Option<Vec<String>>, PortError> {
        let libraries = self.asking.libraries().await?;
        let paths = Paths::new(&libraries, false);
        // `latest` has new series and changed ones, `updated` the latter only.
        let mut query = Vec::new();
        query.extend(
            self.asking
                .chosen_of(&libraries)
                .map(|id| ("library_id", id)),
        );
        let series = List {
            path: "api/v1/series/latest",
            query: &query,
            conditions: None,
        };
        let books = List {
            path: "api/v1/books/latest",
            query: &[],
            conditions: None,
        };
        let mut keys = BTreeSet::new();
        let complete = self
            .add_changed(&series, since, Change::of_series, &paths, &mut keys)
            .await?
            && self
                .add_changed(&books, since, Change::of_book, &paths, &mut keys)
                .await?;
        Ok(complete.then(|| keys.into_iter().collect()))
    }

    async fn listen(&self) -> Result<Option<Box<dyn Listener>>, PortError> {
        let libraries = self.asking.libraries().await?;
        let library = self.asking.chosen_of(&libraries).map(ToOwned::to_owned);
        Ok(Some(Box::new(Events::of(&self.asking, library).await?)))
    }

    async fn rescan(&self, keys: &[String]) -> Result<(), PortError> {
        for library in self.libraries_of(keys).await? {
            let path = format!("api/v1/libraries/{library}/scan");
            let request = self.asking.request(Method::POST, &path);
            let answer = self.asking.http.send(request, asking::LIMIT).await?;
            if answer.status == StatusCode::FORBIDDEN {
                return Err(PortError::Declined {
                    origin: answer.origin,
                    message: NO_ADMIN.into(),
                });
            }
            self.asking.check(answer)?;
        }
        Ok(())
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        report::report(&self.asking).await
    }
}
