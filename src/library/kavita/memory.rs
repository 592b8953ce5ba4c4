//! What Kavita said last of each series, so that one of which nothing changed costs one small question instead of two.
//!
//! Only hashes are kept: the files themselves come from what the last scan wrote down, and count only when they are to the letter what
//! was read here. After a restart, or when anything differs, a series is read again.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Mutex,
};

use super::{
    records::{Metadata, Series},
    roots::Roots,
    times,
};
use crate::ports::{KnownFiles, ScannedFile};

/// By the series' id.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<i64, Remembered>>);

struct Remembered {
    stamp: u64,
    files: Box<[u64]>,
}

/// What is known from the last scan, by the hash of a file.
pub struct Known<'a>(HashMap<u64, &'a ScannedFile>);

impl<'a> Known<'a> {
    pub fn of(files: &'a KnownFiles) -> Self {
        Self(files.values().map(|file| (digest(file), file)).collect())
    }
}

/// All on which the files of a series rest. None when Kavita does not say when it last changed.
pub fn stamp(series: &Series, metadata: &Metadata, roots: &Roots) -> Option<u64> {
    times::local(series.last_folder_scanned.as_deref())?;
    let mut hasher = DefaultHasher::new();
    (series, metadata.total_count, roots).hash(&mut hasher);
    Some(hasher.finish())
}

impl Memory {
    /// The files of a series with this stamp, when they are known.
    pub fn files(
        &self,
        series: i64,
        stamp: Option<u64>,
        known: &Known<'_>,
    ) -> Option<Vec<ScannedFile>> {
        let memory = self.0.lock().expect("no one panics while holding it");
        let remembered = memory
            .get(&series)
            .filter(|known| Some(known.stamp) == stamp)?;
        let files = remembered.files.iter();
        files
            .map(|digest| known.0.get(digest).map(|file| (*file).clone()))
            .collect()
    }

    /// These are the files of a series with this stamp.
    pub fn keep(&self, series: i64, stamp: Option<u64>, files: &[ScannedFile]) {
        let mut memory = self.0.lock().expect("no one panics while holding it");
        let files = files.iter().map(digest).collect();
        match stamp {
            Some(stamp) => drop(memory.insert(series, Remembered { stamp, files })),
            None => drop(memory.remove(&series)),
        }
    }

    /// Forgets all other series.
    pub fn only(&self, series: &HashSet<i64>) {
        let mut memory = self.0.lock().expect("no one panics while holding it");
        memory.retain(|id, _| series.contains(id));
    }
}

fn digest(file: &ScannedFile) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{file:?}").hash(&mut hasher);
    hasher.finish()
}
