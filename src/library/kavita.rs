//! Kavita as a library (v0.8 and later): its series, their books and what it knows of them.
//!
//! [`server`] asks, let in by [`session`]; [`reading`] makes series of the answers, with [`numbers`] for what a file holds, [`roots`] for
//! where it lies and [`times`] for Kavita's clocks. [`memory`] spares what did not change, [`recent`] says what did. Kavita tells nothing by itself that names what
//! was added, so it is asked ([`Library::changed`]).

mod memory;
mod numbers;
mod reading;
mod recent;
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
    server::Server,
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
/// Series that are scanned one by one; for more of them the whole library is.
const FEW: usize = 20;
/// Single series that may fail before it is the server that fails.
const MOST_FAILED: usize = 50;
/// Single series that are told to be read in part; of more of them nothing counts as gone anywhere.
const MOST_BROKEN: usize = 50;

/// A library of Kavita. It remembers what it read, so it is kept while its connection does not change.
pub struct Kavita {
    server: Server,
    hints: Hints<'static>,
    memory: Memory,
    told: recent::Told,
}

/// One series, as far as it could be read.
struct Read {
    series: ScannedSeries,
    fault: Option<Fault>,
    /// Where files may be that are not seen for it.
    places: Option<Vec<String>>,
}

/// Why not all of a series is seen.
enum Fault {
    /// So many of its records are broken.
    Broken(usize),
    /// Kavita does not say what is in it.
    Failed(PortError),
}

impl Kavita {
    /// The library in this place, whose names are read in this light. Nothing is asked yet.
    pub fn new(place: ServerPlace, hints: Hints<'static>) -> Self {
        Self {
            server: Server::new(&place),
            hints,
            memory: Memory::default(),
            told: recent::Told::default(),
        }
    }

    /// None for a series without a book, and for one that is gone since it was listed.
    async fn read(
        &self,
        reader: &Reader<'_>,
        series: &Series,
        known: &Known<'_>,
        counted: &Counted,
    ) -> Result<Option<Read>, PortError> {
        let mut metadata = Metadata::default();
        let files = async {
            metadata = self.server.metadata(series.id).await?.unwrap_or_default();
            self.files(reader, series, &metadata, known, counted).await
        };
        let (files, fault) = match files.await {
            Ok((files, 0)) if files.is_empty() => return Ok(None),
            Ok((files, 0)) => (files, None),
            Ok((files, broken)) => (files, Some(Fault::Broken(broken))),
            Err(error) if is_of_one_series(&error) => (Vec::new(), Some(Fault::Failed(error))),
            Err(error) => return Err(error),
        };
        Ok(Some(Read {
            places: fault.as_ref().map(|_| reader.places(series)),
            series: reader.series(series, &metadata, files),
            fault,
        }))
    }

    /// The files of a series, and how many records of them are broken.
    async fn files(
        &self,
        reader: &Reader<'_>,
        series: &Series,
        metadata: &Metadata,
        known: &Known<'_>,
        counted: &Counted,
    ) -> Result<(Vec<ScannedFile>, usize), PortError> {
        let stamp = stamp(series, metadata, reader.roots);
        if let Some(files) = self.memory.files(series.id, stamp, known) {
            counted.add(&files, 0);
            return Ok((files, 0));
        }
        let volumes = self.server.volumes(series.id).await?.unwrap_or_default();
        let (files, broken) = reader.files(series, metadata, &volumes);
        counted.add(&files, files.len());
        self.memory
            .keep(series.id, stamp.filter(|_| broken == 0), &files);
        Ok((files, broken))
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
        let whole = |read: Read| read.fault.is_none().then_some(read.series);
        Ok(read.into_iter().flatten().map(whole).collect())
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
            .map(|series| async move { self.read(reading, &series, known, count).await })
            .buffered(AT_ONCE);
        let (mut failed, mut broken) = (0, 0);
        while let Some(read) = reads.try_next().await? {
            let Some(read) = read else { continue };
            let title = &read.series.title;
            let message = match read.fault {
                None => None,
                Some(Fault::Failed(error)) if failed == MOST_FAILED => return Err(error),
                Some(Fault::Failed(error)) => {
                    failed += 1;
                    Some(format!("'{title}' is as it was known before: {error}"))
                }
                Some(Fault::Broken(_)) if broken >= MOST_BROKEN => {
                    broken += 1;
                    None
                }
                Some(Fault::Broken(many)) => {
                    broken += 1;
                    Some(format!(
                        "{many} books or files of '{title}' cannot be read; scan the series again in Kavita"
                    ))
                }
            };
            if let (Some(message), Some(places)) = (message, read.places) {
                unknown(&mut scan, places, message);
            }
            scan.series.push(read.series);
        }
        if broken > MOST_BROKEN {
            let message = format!(
                "books or files of {} more series cannot be read, so nothing counts as gone until they can; scan the libraries again in Kavita",
                broken - MOST_BROKEN
            );
            scan.unreadable.clear();
            unknown(&mut scan, vec![String::new()], message);
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
        recent::changed(&self.server, since, &self.told).await
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
