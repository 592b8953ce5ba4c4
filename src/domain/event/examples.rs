//! An example of each event. Pure.

use super::{Event, SeriesRef};
use crate::domain::{catalogue::Market, gaps::Cause, link::Network, release::Kind};

/// One of each, as they may happen. They are documented, and templates are tried on them.
pub fn examples() -> Vec<Event> {
    let series = || SeriesRef {
        id: 12,
        title: "Naruto".into(),
        language: "fr".into(),
        kind: Kind::Manga,
    };
    let set = |text: &str| text.parse().expect("a set");
    let release = || "Naruto T03 [CBZ] FR".to_owned();
    vec![
        Event::LibraryImported { library: "manga".into(), series: 812, volumes: 9640, missing: 431 },
        Event::SeriesAdded { series: series(), library: "manga".into(), volumes: set("1-2,4"), missing: set("3") },
        Event::VolumeMissing { series: series(), volume: "3".parse().expect("a volume"), cause: Cause::Hole },
        Event::VolumeFound {
            series: series(),
            volumes: set("3"),
            release: release(),
            source: "prowlarr".into(),
            indexer: "Nyaa".into(),
            relevance: 95,
            refused: 4,
            grab: Some(7),
            bytes: Some(87_031_808),
        },
        Event::GrabSent {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            client: "qbittorrent".into(),
            network: Network::Torrent,
            hash: "c12fe1c06bba254a9dc9f519b335aa7c1367a88a".into(),
        },
        Event::GrabCompleted {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            client: "qbittorrent".into(),
        },
        Event::GrabStalled {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            client: "qbittorrent".into(),
            reason: "nothing of it came in 48 h".into(),
        },
        Event::GrabFailed {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            client: "qbittorrent".into(),
            reason: "http://qbittorrent:8080 declined: it is not a valid torrent file".into(),
        },
        Event::GrabPlaced { series: series(), grab: 7, volumes: set("3"), release: release() },
        Event::GrabRejected {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            reason: "Naruto T03.cbz: it needs a password".into(),
        },
        Event::VolumeOnShelf { series: series(), volumes: set("3"), library: "manga".into() },
        Event::VolumeVanished { series: series(), volumes: set("2"), library: "manga".into() },
        Event::VolumeAnnounced {
            series: series(),
            volume: "73".parse().expect("a volume"),
            day: "2026-07-08".parse().expect("a day"),
            catalogue: "nautiljon".into(),
            market: Market::France,
        },
        Event::VolumeReleased {
            series: series(),
            volume: "73".parse().expect("a volume"),
            day: "2026-07-08".parse().expect("a day"),
            catalogue: "nautiljon".into(),
            market: Market::France,
        },
        Event::VolumeOverdue { series: series(), volume: "3".parse().expect("a volume"), days: 30 },
        Event::CatalogueConflict {
            series: series(),
            catalogue: "nautiljon".into(),
            message: "nautiljon (VF) says 12 now, and said 72 before".into(),
        },
        Event::ReviewNeeded {
            series: series(),
            volumes: set("3"),
            release: "Naruto T01 à T72 [CBZ] FR".into(),
            reasons: vec!["all of it would be fetched: a magnet link does not say which files it has".into()],
            grab: None,
            review: Some(5),
            source: "prowlarr".into(),
            indexer: "Nyaa".into(),
            bytes: Some(6_100_000_000),
        },
        Event::CheckFinished { check: 3, trigger: "schedule".into(), series: 150, missing: 431, sent: 12, failed: 0, errors: Vec::new() },
        Event::Digest { of: "review.needed".into(), count: 17 },
        Event::HealthDegraded {
            subject: "source:prowlarr".into(),
            message: "http://prowlarr:9696 refuses the credentials: the API key is missing or wrong; in Prowlarr it is under Settings, General".into(),
        },
        Event::HealthRestored { subject: "source:prowlarr".into() },
        Event::Test { message: "Asked for through the API".into() },
    ]
}
