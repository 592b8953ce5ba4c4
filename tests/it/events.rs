//! One example of each event in `openapi/events/`, kept true: `LACUNARR_WRITE=1 cargo test --test it events` writes them anew.

use std::{collections::BTreeSet, fs, path::Path};

use lacunarr::domain::{
    event::{Event, SeriesRef},
    gaps::Cause,
};
use serde_json::{Value, json};

fn examples() -> Vec<Event> {
    let series = || SeriesRef {
        id: 12,
        title: "Naruto".into(),
    };
    let set = |text: &str| text.parse().expect("a set");
    let release = || "Naruto T03 [CBZ] FR".to_owned();
    vec![
        Event::LibraryImported { library: "manga".into(), series: 812, volumes: 9640, missing: 431 },
        Event::SeriesAdded { series: series(), library: "manga".into(), volumes: set("1-2,4") },
        Event::VolumeMissing { series: series(), volume: "3".parse().expect("a volume"), cause: Cause::Hole },
        Event::VolumeFound {
            series: series(),
            volumes: set("3"),
            release: release(),
            source: "prowlarr".into(),
            indexer: "Nyaa".into(),
            relevance: 95,
            refused: 4,
        },
        Event::GrabSent {
            series: series(),
            grab: 7,
            volumes: set("3"),
            release: release(),
            client: "qbittorrent".into(),
            infohash: "c12fe1c06bba254a9dc9f519b335aa7c1367a88a".into(),
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
        Event::ReviewNeeded {
            series: series(),
            volumes: set("3"),
            release: "Naruto T01 à T72 [CBZ] FR".into(),
            reasons: vec!["only 1 of its 72 volumes are wanted (1 %); under 60 % (packShare) a pack goes by itself only where the others can be left out".into()],
        },
        Event::CheckFinished { check: 3, trigger: "schedule".into(), series: 150, missing: 431, sent: 12, failed: 0, errors: Vec::new() },
        Event::Digest { of: "review.needed".into(), count: 17 },
        Event::HealthDegraded {
            subject: "source:prowlarr".into(),
            message: "http://prowlarr:9696 refuses the credentials: the API key is missing or wrong; in Prowlarr it is under Settings, General".into(),
        },
        Event::HealthRestored { subject: "source:prowlarr".into() },
    ]
}

/// A new variant does not compile here until it has an example above.
fn has_an_example(event: &Event) {
    match event {
        Event::LibraryImported { .. }
        | Event::SeriesAdded { .. }
        | Event::VolumeMissing { .. }
        | Event::VolumeFound { .. }
        | Event::GrabSent { .. }
        | Event::GrabCompleted { .. }
        | Event::GrabStalled { .. }
        | Event::GrabFailed { .. }
        | Event::GrabPlaced { .. }
        | Event::GrabRejected { .. }
        | Event::VolumeOnShelf { .. }
        | Event::VolumeVanished { .. }
        | Event::ReviewNeeded { .. }
        | Event::CheckFinished { .. }
        | Event::Digest { .. }
        | Event::HealthDegraded { .. }
        | Event::HealthRestored { .. } => {}
    }
}

#[test]
fn each_event_has_a_true_example() {
    let folder = Path::new("openapi/events");
    let mut names = BTreeSet::new();
    for event in examples() {
        has_an_example(&event);
        let (kind, data) = event.parts();
        let example = json!({"type": kind, "timestamp": "2026-11-22T15:29:30Z", "data": data});
        let path = folder.join(format!("{kind}.json"));
        if std::env::var_os("LACUNARR_WRITE").is_some() {
            fs::create_dir_all(folder).expect("a folder");
            let text = serde_json::to_string_pretty(&example).expect("JSON") + "\n";
            fs::write(&path, text).expect("a file");
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|_| {
            panic!(
                "{} is missing; LACUNARR_WRITE=1 cargo test --test it events writes it",
                path.display()
            )
        });
        let written: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(written, example, "{} is out of date", path.display());
        assert_eq!(
            serde_json::from_value::<Event>(written).expect("an event"),
            event
        );
        names.insert(format!("{kind}.json"));
    }
    let files: BTreeSet<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| {
            file.expect("a file")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    assert_eq!(files, names);
}
