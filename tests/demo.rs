//! The demo: a made-up library, stand-ins of Prowlarr and qBittorrent, and the program's own parts between them.
//!
//! `cargo run --release --example demo` runs the whole line once and stays up to be looked at; `-- --once` ends after the printing.

#[path = "demo/scene.rs"]
mod scene;

#[expect(dead_code, reason = "the stories use more of it")]
#[path = "it/stand_in"]
mod stand_in {
    pub mod prowlarr;
    pub mod qbittorrent;
    mod reply;
    mod server;
    pub mod torrent;
}

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use lacunarr::{
    app::App,
    cli::print,
    clock::Clock,
    config,
    domain::report::{OfferLine, Outcome, SeriesReport},
    serve,
    store::{self, Window},
    worker::{check, scan},
};
use stand_in::{
    prowlarr::{self, Prowlarr},
    qbittorrent::{PASSWORD, QBittorrent5, USER},
};
use tokio::{net::TcpListener, signal::unix};

/// Longer than any check here takes.
const PATIENCE: Duration = Duration::from_secs(120);
/// Rows that are more than there are.
const ALL: Window = Window {
    limit: 1000,
    offset: 0,
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let once = match &arguments[..] {
        [] => false,
        [only] if only == "--once" => true,
        _ => bail!("the demo takes no argument but --once"),
    };
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let folder = tempfile::Builder::new()
        .prefix("lacunarr-demo-")
        .tempdir()?;
    scene::shelve(folder.path())?;
    let prowlarr = Prowlarr::start(scene::indexers(), scene::releases());
    let client = QBittorrent5::start();
    let data = folder.path().join("data");
    let config = config::load(&data, None, environment(folder.path(), &prowlarr, &client))?;
    let app = App::open(config, Clock::System).await?;
    let listener = listener().await?;
    let port = listener.local_addr()?.port();
    let served = tokio::spawn(serve::run(app.clone(), listener));
    let ended = tokio::select! {
        shown = show(&app, &client, port, once) => shown,
        signal = end_signal() => signal,
    };
    app.stop.cancel();
    served.await??;
    folder.close().context("the demo's folder is still there")?;
    ended
}

/// What a user would write into lacunarr.toml.
fn environment(
    root: &Path,
    prowlarr: &Prowlarr,
    client: &QBittorrent5,
) -> BTreeMap<String, String> {
    let below = |name: &str| root.join(name).display().to_string();
    [
        ("SERVER__HOST", "127.0.0.1".to_owned()),
        ("LIBRARIES__MANGA__KIND", "folder".into()),
        ("LIBRARIES__MANGA__PATH", below("manga")),
        ("LIBRARIES__BD__KIND", "folder".into()),
        ("LIBRARIES__BD__PATH", below("bd")),
        ("LIBRARIES__BD__CONTENT", "bd".into()),
        ("SOURCES__PROWLARR__KIND", "prowlarr".into()),
        ("SOURCES__PROWLARR__URL", prowlarr.url().to_string()),
        ("SOURCES__PROWLARR__API_KEY", prowlarr::KEY.into()),
        ("CLIENTS__QBITTORRENT__KIND", "qbittorrent".into()),
        ("CLIENTS__QBITTORRENT__URL", client.url().to_string()),
        ("CLIENTS__QBITTORRENT__USERNAME", USER.into()),
        ("CLIENTS__QBITTORRENT__PASSWORD", PASSWORD.into()),
        // These indexers are nobody's, and nobody wants to wait.
        ("SETTINGS__SECONDS_BETWEEN_QUERIES", "0".into()),
        // Nobody outside is asked.
        ("CATALOGUES__BNF__ENABLED", "false".into()),
        ("CATALOGUES__MANGAUPDATES__ENABLED", "false".into()),
        ("CATALOGUES__ANILIST__ENABLED", "false".into()),
        // Recent releases would be looked at while the dry run is shown.
        ("SETTINGS__FRESH_MINUTES", "0".into()),
    ]
    .into_iter()
    .map(|(name, value)| (format!("LACUNARR__{name}"), value))
    .collect()
}

/// The usual port when it is free.
async fn listener() -> std::io::Result<TcpListener> {
    match TcpListener::bind(("127.0.0.1", 9797)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await,
    }
}

async fn end_signal() -> anyhow::Result<()> {
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => {}
    }
    println!("\nEnding; everything is removed.");
    Ok(())
}

/// The whole line, then where to look; does not end by itself unless it is shown just once.
async fn show(app: &Arc<App>, client: &QBittorrent5, port: u16, once: bool) -> anyhow::Result<()> {
    println!(
        "Lacunarr {} with a made-up library, a stand-in Prowlarr and a stand-in qBittorrent.",
        env!("CARGO_PKG_VERSION")
    );
    show_missing(app).await?;
    println!("\nDry run: this would be sent.");
    let tried = checked(app, true).await?;
    show_picks(&tried, Outcome::WouldSend);
    ensure!(client.adds().is_empty(), "the dry run sent something");
    arm(app).await?;
    println!("\nArmed and checked: this was sent.");
    let reports = checked(app, false).await?;
    show_picks(&reports, Outcome::Sent);
    println!("\nThis waits for you, and why:");
    show_reviews(app, &reports).await?;
    println!("\nThis was refused, and why:");
    show_refused(&reports);
    println!("\nNothing was offered:");
    for report in reports.iter().filter(|report| is_empty_handed(report)) {
        println!("  {} {}", report.title, report.missing);
    }
    println!("\nqBittorrent has {} torrents.", client.torrents().len());
    show_where(app, &reports, port).await?;
    if !once {
        println!("\nCtrl-C ends it and removes everything.");
        std::future::pending::<()>().await;
    }
    Ok(())
}

async fn show_missing(app: &Arc<App>) -> anyhow::Result<()> {
    scan::step(app).await?;
    let filter = store::series::Filter {
        missing: Some(true),
        ..Default::default()
    };
    let page = store::series::list(&app.db, &filter, ALL).await?;
    let (series, _, missing) = store::series::counts(&app.db).await?;
    ensure!(series == scene::SERIES as i64, "{series} series were found");
    println!(
        "\nScanned: {series} series, {} of them with missing volumes, {missing} volumes missing.",
        page.total
    );
    for line in page.records.iter().filter_map(print::missing) {
        println!("{line}");
    }
    Ok(())
}

async fn arm(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    for library in store::connection::list(&app.db, "library").await? {
        store::library::arm(&mut tx, library.id, Some(app.clock.now())).await?;
    }
    Ok(tx.commit().await?)
}

/// Checks every series, as `POST /api/v1/checks` does, and waits for the end.
async fn checked(app: &App, dry_run: bool) -> anyhow::Result<Vec<SeriesReport>> {
    let id = check::request(
        app,
        "api",
        dry_run,
        &store::series::ids(&app.db, true).await?,
    )
    .await?;
    let run = check::wait(app, id, PATIENCE).await?;
    ensure!(
        run.is_some_and(|run| run.state == "finished"),
        "check {id} did not end"
    );
    let page = store::check::reports(&app.db, id, ALL).await?;
    Ok(page.records)
}

fn show_picks(reports: &[SeriesReport], outcome: Outcome) {
    let picks = reports.iter().flat_map(|report| &report.picks);
    for pick in picks.filter(|pick| pick.outcome == outcome) {
        println!("  {} for {} ({})", pick.title, pick.volumes, pick.indexer);
    }
}

async fn show_reviews(app: &App, reports: &[SeriesReport]) -> anyhow::Result<()> {
    let open = store::review::list(&app.db, "open", None, ALL).await?;
    for review in &open.records {
        let asked = |offer: &&OfferLine| offer.offer_id == review.candidates.first().copied();
        let best = offers(reports).find(asked);
        show_reason(best.context("a review without an offer")?, &review.message);
    }
    Ok(())
}

fn show_refused(reports: &[SeriesReport]) {
    for offer in offers(reports).filter(|offer| offer.decision == "refused") {
        let reason = offer.reasons.first().map_or("no reason", String::as_str);
        show_reason(offer, reason);
    }
}

fn offers(reports: &[SeriesReport]) -> impl Iterator<Item = &OfferLine> {
    reports.iter().flat_map(|report| &report.offers)
}

fn show_reason(offer: &OfferLine, reason: &str) {
    println!("  {} ({})\n    – {reason}", offer.title, offer.indexer);
}

fn is_empty_handed(report: &SeriesReport) -> bool {
    !report.missing.is_empty() && report.offers.is_empty()
}

async fn show_where(app: &App, reports: &[SeriesReport], port: u16) -> anyhow::Result<()> {
    let number = |title: &str| {
        let found = reports.iter().find(|report| report.title == title);
        found.map_or(1, |report| report.series_id)
    };
    let key = tokio::fs::read_to_string(app.config.data.join("api_key")).await?;
    println!("\nLook around: http://localhost:{port}/docs (Authorize with the key below)\n");
    println!("  KEY={}", key.trim());
    println!("  API=http://localhost:{port}/api/v1");
    println!("  curl -s -H \"X-Api-Key: $KEY\" \"$API/reviews?state=open\"");
    println!(
        "  curl -s -H \"X-Api-Key: $KEY\" \"$API/offers?seriesId={}\"",
        number("Berserk")
    );
    println!(
        "  curl -s -H \"X-Api-Key: $KEY\" -H 'Content-Type: application/json' $API/judge \\\n    -d '{{\"seriesId\":{},\"name\":\"Oshi no Ko T03 [CBZ] FR\"}}'",
        number("Oshi no Ko")
    );
    Ok(())
}
