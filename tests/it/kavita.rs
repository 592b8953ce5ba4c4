//! Kavita as a library: both ways of being let in, what is read of it, what it costs, and what goes wrong.

use std::{sync::Arc, time::Duration};

use lacunarr::{
    domain::release::Kind,
    library::kavita::Kavita as Adapter,
    ports::{KnownFiles, Library, PortError, Scan, ScanProgress, ScannedSeries, ServerPlace},
    secret::Secret,
};
use tokio::sync::watch;

use crate::stand_in::{
    install_tls,
    kavita::{Era, KEY, Kavita},
};

mod changes;
mod document;
mod doors;
mod faults;
mod shelves;
mod story;

const BOTH: [Era; 2] = [Era::Tokens, Era::AuthKeys];

fn place(kavita: &Kavita) -> ServerPlace {
    install_tls();
    ServerPlace {
        url: kavita.url(),
        api_key: Some(Secret::new(KEY)),
        username: None,
        password: None,
        library: None,
        timeout: Duration::from_secs(5),
    }
}

fn adapter(kavita: &Kavita) -> Adapter {
    Adapter::new(place(kavita), Kind::Manga.into())
}

async fn scanned(adapter: &Adapter, known: &Scan) -> Result<(Scan, ScanProgress), PortError> {
    let (progress, seen) = watch::channel(ScanProgress::default());
    let scan = adapter.scan(known_of(known), progress).await?;
    let seen = *seen.borrow();
    Ok((scan, seen))
}

async fn scan(adapter: &Adapter) -> Scan {
    let scan = scanned(adapter, &Scan::default()).await;
    scan.expect("it can be read").0
}

fn known_of(scan: &Scan) -> Arc<KnownFiles> {
    let files = scan.series.iter().flat_map(|series| &series.files);
    Arc::new(
        files
            .map(|file| (file.path.clone(), file.clone()))
            .collect(),
    )
}

/// `path=volumes`, with a `?` where it is in doubt.
fn files(series: &ScannedSeries) -> Vec<String> {
    let files = series.files.iter().map(|file| {
        let doubt = if file.doubtful { "?" } else { "" };
        format!("{}={}{doubt}", file.path, file.volumes)
    });
    files.collect()
}

fn titles(series: &[ScannedSeries]) -> Vec<&str> {
    series.iter().map(|series| series.title.as_str()).collect()
}

/// How often each request was made, by its method and path.
fn count(kavita: &Kavita, line: &str) -> usize {
    kavita
        .asked()
        .iter()
        .filter(|asked| asked.line() == line)
        .count()
}
