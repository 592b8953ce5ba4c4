//! The Komga adapter against its stand-in: what it asks, what it reads, what it hears, and what it says when something is wrong.

use std::{sync::Arc, time::Duration};

use lacunarr::{
    domain::release::{Hints, Kind},
    library::komga::Komga,
    ports::{KnownFiles, Library, PortError, Scan, ScanProgress, ScannedSeries, ServerPlace},
    secret::Secret,
};
use tokio::sync::watch;

use crate::stand_in::{
    install_tls,
    komga::{self as stand_in, ADMIN_KEY, READER_KEY},
};

mod changes;
mod faults;
mod judged;
mod listening;
mod pages;
mod scan;

fn place(stand_in: &stand_in::Komga, key: &str) -> ServerPlace {
    install_tls();
    ServerPlace {
        url: stand_in.url(),
        api_key: Some(Secret::new(key)),
        username: None,
        password: None,
        library: Some("Manga".into()),
        timeout: Duration::from_secs(20),
    }
}

fn library(place: ServerPlace) -> Komga {
    Komga::new(place, Hints::from(Kind::Manga))
}

fn admin(stand_in: &stand_in::Komga) -> Komga {
    library(place(stand_in, ADMIN_KEY))
}

fn reader(stand_in: &stand_in::Komga) -> Komga {
    library(place(stand_in, READER_KEY))
}

/// A stand-in with the library "Manga" in `/data/manga`, and the library's id.
fn started() -> (stand_in::Komga, String) {
    let stand_in = stand_in::Komga::start();
    let manga = stand_in.add_library("Manga", "/data/manga");
    (stand_in, manga)
}

async fn try_scan(library: &Komga) -> Result<Scan, PortError> {
    let (progress, _) = watch::channel(ScanProgress::default());
    library.scan(Arc::new(KnownFiles::new()), progress).await
}

async fn scanned(library: &Komga) -> Scan {
    try_scan(library).await.expect("a scan")
}

async fn looked(library: &Komga, keys: &[&str]) -> Option<Vec<ScannedSeries>> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let looked = library.look(&keys, Arc::new(KnownFiles::new())).await;
    looked.expect("an answer")
}

/// `title: path=volumes …`.
fn outline(series: &[ScannedSeries]) -> Vec<String> {
    let files = |series: &ScannedSeries| {
        let files = series.files.iter();
        let files = files.map(|file| format!(" {}={}", file.path, file.volumes));
        files.collect::<String>()
    };
    let series = series.iter();
    series
        .map(|series| format!("{}:{}", series.title, files(series)))
        .collect()
}

/// The sentence for the user, with the server's address left out.
fn sentence(error: &PortError, stand_in: &stand_in::Komga) -> String {
    let url = stand_in.url();
    error
        .to_string()
        .replace(url.as_str().trim_end_matches('/'), "KOMGA")
}
