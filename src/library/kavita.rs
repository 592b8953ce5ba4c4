//! Kavita as a library (v0.8 and later): its series, their books and what it knows of them.
//!
//! [`server`] asks, let in by [`session`]; [`reading`] makes series of the answers, with [`numbers`] for what a file holds, [`roots`] for
//! where it lies and [`times`] for Kavita's clocks. [`memory`] spares what did not change. Kavita tells nothing by itself that names what
//! was added, so it is asked ([`Library::changed`]).

mod memory;
mod numbers;
mod reading;
mod records;
mod report;
mod roots;
mod server;
mod session;
mod times;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;

use self::{
    memory::{Known, Memory, stamp},
    reading::Reader,
    records::{Metadata, Series},
    roots::Roots,
    server::{Order, Server},
};

use super::files::in_order;
use crate::{
    domain::release::Hints,
    ports::{
        KnownFiles, Library, PortError, Scan, ScanProblem, ScanProgress, ScannedFile,
        ScannedSeries, ServerPlace, TestReport,
    },
};

/// Series that are asked about at the same time.
const AT_ONCE: usize = 4;
/// Series of one page of those that changed.
const CHANGED_PAGE: usize = 100;
/// Pages of those; when more changed, all of it is read.
const MOST_PAGES: usize = 20;
/// Series that are scanned one by one; for more of them the whole library is.
const FEW: usize = 20;
/// Single series that may fail before it is the server that fails.
const MOST_FAILED: usize = 50;
/// The farthest that a clock stands behind UTC, in milliseconds.
const FARTHEST_WEST: i64 = 12 * HOUR;
const HOUR: i64 = 3_600_000;

/// A library of Kavita. It remembers what it read, so it is kept while its connection does not change.
pub struct Kavita {
    server: Server,
    hints: Hints<'static>,
    memory: Memory,
}

/// One series, as far as it could be read.
enum Read {
    /// What was seen, and how many records of it are broken.
    Seen(ScannedSeries, usize),
    /// It has no book, or is gone since it was listed.
    Gone,
    /// Kavita did not say what is in it.
    Failed(ScannedSeries, PortError),
}

impl Kavita {
    /// The library in this place, whose names are read in this light. Nothing is asked yet.
    pub fn new(place: ServerPlace, hints: Hints<'static>) -> Self {
        Self {
            server: Server::new(&place),
            hints,
            memory: Memory::default(),
        }
    }

    async fn read(
        &self,
        reader: &Reader<'_>,
        series: &Series,
        known: &Known<'_>,
        counted: &Counted,
    ) -> Result<Option<(ScannedSeries, usize)>, PortError> {
        let metadata = self.server.metadata(series.id).await?;
        let metadata = metadata.unwrap_or_default();
        let stamp = stamp(series, &metadata, reader.roots);
        if let Some(files) = self.memory.files(series.id, stamp, known) {
            counted.add(&files, 0);
            return Ok(Some((reader.series(series, &metadata, files), 0)));
        }
        let Some(volumes) = self.server.volumes(series.id).await? else {
            return Ok(None);
        };
        let (files, broken) = reader.files(series, &metadata, &volumes);
        counted.add(&files, files.len());
        self.memory
            .keep(series.id, stamp.filter(|_| broken == 0), &files);
        if files.is_empty() && broken == 0 {
            return Ok(None);
        }
        Ok(Some((reader.series(series, &metadata, files), broken)))
    }

    /// The same, where the fault of one series is not that of the library.
    async fn try_read(
        &self,
        reader: &Reader<'_>,
        series: &Series,
        known: &Known<'_>,
        counted: &Counted,
    ) -> Result<Read, PortError> {
        match self.read(reader, series, known, counted).await {
            Ok(Some((seen, broken))) => Ok(Read::Seen(seen, broken)),
            Ok(None) => Ok(Read::Gone),
            Err(error) if is_of_one_series(&error) => {
                let shown = reader.series(series, &Metadata::default(), Vec::new());
                Ok(Read::Failed(shown, error))
            }
            Err(error) => Err(error),
        }
    }

    /// None when one of these series cannot be read as a whole.
    async fn look_at(
        &self,
        keys: &[String],
        known: &KnownFiles,
    ) -> Result<Option<Vec<ScannedSeries>>, PortError> {
        let libraries = self.server.libraries().await?;
        let within: HashSet<i64> = libraries.iter().map(|library| library.id).collect();
        let mut listed = self.server.series(&ids(keys)).await?;
        listed.retain(|series| within.contains(&series.library_id));
        let (roots, known) = (Roots::of(&libraries), Known::of(known));
        let reader = Reader {
            roots: &roots,
            hints: self.hints,
        };
        let (reading, known, count) = (&reader, &known, &Counted::default());
        let reads = stream::iter(listed)
            .map(|series| async move { self.read(reading, &series, known, count).await });
        let read: Vec<_> = reads.buffered(AT_ONCE).try_collect().await?;
        let read = read.into_iter().flatten();
        Ok(read
            .map(|(series, broken)| (broken == 0).then_some(series))
            .collect())
    }

    /// When a chapter was added to a series last, in milliseconds since the epoch, or up to an hour later; at least as late as it was
    /// where that is before `since`. `zone` is asked for when it matters.
    async fn changed_at(
        &self,
        series: &Series,
        since: i64,
        zone: &mut Option<i64>,
    ) -> Result<Option<i64>, PortError> {
        if let Some(utc) = times::utc(series.last_chapter_added_utc.as_deref()) {
            return Ok(Some(utc));
        }
        let Some(local) = times::local(series.last_chapter_added.as_deref()) else {
            return Ok(None);
        };
        if local + FARTHEST_WEST < since {
            return Ok(Some(local + FARTHEST_WEST));
        }
        if zone.is_none() {
            *zone = self.zone(series.id).await?;
        }
        // The clock may have been changed for summer between two additions.
        Ok(Some(local + zone.map_or(FARTHEST_WEST, |zone| HOUR - zone)))
    }

    /// How far the server's clock is ahead of UTC, in milliseconds, when a chapter was added to this series last: Kavita writes the time
    /// of that in its own zone only, but when a chapter was made in both.
    async fn zone(&self, series: i64) -> Result<Option<i64>, PortError> {
        let volumes = self.server.volumes(series).await?.unwrap_or_default();
        let chapters = volumes.good.iter().flat_map(|volume| &volume.chapters.good);
        let zones = chapters.filter_map(|chapter| {
            let utc = times::utc(chapter.created_utc.as_deref())?;
            Some((utc, times::local(chapter.created.as_deref())? - utc))
        });
        Ok(zones.max().map(|(_, zone)| zone))
    }
}

#[async_trait]
impl Library for Kavita {
    async fn scan(
        &self,
        known: Arc<KnownFiles>,
        progress: watch::Sender<ScanProgress>,
    ) -> Result<Scan, PortError> {
        let libraries = self.server.libraries().await?;
        let listed = self.server.all_series(&libraries).await?;
        let (roots, known) = (Roots::of(&libraries), Known::of(&known));
        let reader = Reader {
            roots: &roots,
            hints: self.hints,
        };
        let counted = Counted::new(progress);
        let mut scan = Scan::default();
        if listed.broken > 0 {
            // Whose files they are cannot be told, so none counts as gone.
            let message = format!(
                "{} series of Kavita's list cannot be read, so nothing counts as gone until they can; scan them again in Kavita",
                listed.broken
            );
            unknown(&mut scan, vec![String::new()], message);
        }
        self.memory
            .only(&listed.good.iter().map(|series| series.id).collect());
        let (reading, known, count) = (&reader, &known, &counted);
        let mut reads = stream::iter(listed.good)
            .map(|series| async move {
                let read = self.try_read(reading, &series, known, count).await;
                read.map(|read| (series, read))
            })
            .buffered(AT_ONCE);
        let mut failed = 0;
        while let Some((series, read)) = reads.try_next().await? {
            match read {
                Read::Gone => {}
                Read::Seen(seen, 0) => scan.series.push(seen),
                Read::Seen(seen, broken) => {
                    let message = format!(
                        "{broken} books or files of '{}' cannot be read; scan the series again in Kavita",
                        seen.title
                    );
                    unknown(&mut scan, reader.places(&series), message);
                    scan.series.push(seen);
                }
                Read::Failed(_, error) if failed == MOST_FAILED => return Err(error),
                Read::Failed(shown, error) => {
                    failed += 1;
                    let message = format!("'{}' is as it was known before: {error}", shown.title);
                    unknown(&mut scan, reader.places(&series), message);
                    scan.series.push(shown);
                }
            }
        }
        Ok(in_order(scan))
    }

    async fn look(
        &self,
        keys: &[String],
        known: Arc<KnownFiles>,
    ) -> Result<Option<Vec<ScannedSeries>>, PortError> {
        match self.look_at(keys, &known).await {
            // What can be told of the others is told by a scan, which says too what is wrong with this one.
            Err(error) if is_of_one_series(&error) => Ok(None),
            seen => seen,
        }
    }

    async fn changed(&self, since: i64) -> Result<Option<Vec<String>>, PortError> {
        let libraries = self.server.libraries().await?;
        let (mut changed, mut zone) = (Vec::new(), None);
        for number in 1..=MOST_PAGES {
            let page = self
                .server
                .page(&libraries, Order::ChapterAdded, number, CHANGED_PAGE)
                .await?;
            for series in &page.series.good {
                match self.changed_at(series, since, &mut zone).await? {
                    Some(at) if at >= since => changed.push(series.id.to_string()),
                    // The others are older still.
                    _ => return Ok(Some(changed)),
                }
            }
            if page.series.good.len() + page.series.broken < CHANGED_PAGE {
                return Ok(Some(changed));
            }
        }
        Ok(None)
    }

    async fn rescan(&self, keys: &[String]) -> Result<(), PortError> {
        if (1..=FEW).contains(&keys.len()) {
            let series = self.server.series(&ids(keys)).await?;
            if series.len() == keys.len() {
                for series in &series {
                    self.server.scan_series(series).await?;
                }
                return Ok(());
            }
        }
        for library in &self.server.libraries().await? {
            self.server.scan_library(library).await?;
        }
        Ok(())
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        report::report(&self.server).await
    }
}

/// Tells how far a scan is.
#[derive(Default)]
struct Counted {
    so_far: Mutex<ScanProgress>,
    progress: Option<watch::Sender<ScanProgress>>,
}

impl Counted {
    fn new(progress: watch::Sender<ScanProgress>) -> Self {
        Self {
            progress: Some(progress),
            ..Self::default()
        }
    }

    /// One more series, of whose files so many were asked for.
    fn add(&self, files: &[ScannedFile], opened: usize) {
        let mut so_far = self.so_far.lock().expect("no one panics while holding it");
        let volumes = files.iter().map(|file| file.volumes.len() as u64);
        so_far.files += files.len() as u64;
        so_far.opened += opened as u64;
        so_far.series += 1;
        so_far.volumes += volumes.sum::<u64>();
        if let Some(progress) = &self.progress {
            progress.send_replace(*so_far);
        }
    }
}

/// A key that is no number is no series of Kavita.
fn ids(keys: &[String]) -> Vec<i64> {
    keys.iter().filter_map(|key| key.parse().ok()).collect()
}

/// The server works and lets us in, but does not answer for one series.
fn is_of_one_series(error: &PortError) -> bool {
    matches!(
        error,
        PortError::Status { .. }
            | PortError::BadAnswer { .. }
            | PortError::TooLarge { .. }
            | PortError::Timeout { .. }
    )
}

/// Files in these places are unknown, not gone.
fn unknown(scan: &mut Scan, places: Vec<String>, message: String) {
    let path = places.first().cloned().unwrap_or_default();
    scan.problems.push(ScanProblem { path, message });
    scan.unreadable.extend(places);
}
