//! One example of each event in `openapi/events/`, kept true: `LACUNARR_WRITE=1 cargo test --test it events` writes them anew.

use std::{collections::BTreeSet, fs, path::Path};

use lacunarr::domain::event::{Event, examples};
use serde_json::{Value, json};

/// A new variant does not compile here until it has an example above.
fn has_an_example(event: &Event) {
    match event {
        Event::LibraryImported { .. }
        | Event::SeriesAdded { .. }
        | Event::VolumeMissing { .. }
        | Event::VolumeOverdue { .. }
        | Event::VolumeFound { .. }
        | Event::GrabSent { .. }
        | Event::GrabCompleted { .. }
        | Event::GrabStalled { .. }
        | Event::GrabFailed { .. }
        | Event::GrabPlaced { .. }
        | Event::GrabRejected { .. }
        | Event::VolumeOnShelf { .. }
        | Event::VolumeVanished { .. }
        | Event::VolumeAnnounced { .. }
        | Event::VolumeReleased { .. }
        | Event::CatalogueConflict { .. }
        | Event::ReviewNeeded { .. }
        | Event::CheckFinished { .. }
        | Event::Digest { .. }
        | Event::HealthDegraded { .. }
        | Event::HealthRestored { .. }
        | Event::Test { .. } => {}
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
