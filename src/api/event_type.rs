//! The types of events, to choose by one.

use poem_openapi::{Enum, types::ToJSON};

/// What happened, or was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EventType {
    /// The first scan of a library.
    #[oai(rename = "library.imported")]
    LibraryImported,
    /// A series appeared later.
    #[oai(rename = "series.added")]
    SeriesAdded,
    /// A monitored volume is missing.
    #[oai(rename = "volume.missing")]
    VolumeMissing,
    /// It has been missing for long, and nothing is on its way.
    #[oai(rename = "volume.overdue")]
    VolumeOverdue,
    /// A release was picked for it.
    #[oai(rename = "volume.found")]
    VolumeFound,
    /// The client has it.
    #[oai(rename = "grab.sent")]
    GrabSent,
    /// All of it came.
    #[oai(rename = "grab.completed")]
    GrabCompleted,
    /// Nothing of it came for too long.
    #[oai(rename = "grab.stalled")]
    GrabStalled,
    /// It will bring nothing.
    #[oai(rename = "grab.failed")]
    GrabFailed,
    /// What is right of it was put into the library.
    #[oai(rename = "grab.placed")]
    GrabPlaced,
    /// It was not what it promised, or nobody wanted it.
    #[oai(rename = "grab.rejected")]
    GrabRejected,
    /// A volume is there that was not.
    #[oai(rename = "volume.on_shelf")]
    VolumeOnShelf,
    /// A volume is gone that was there.
    #[oai(rename = "volume.vanished")]
    VolumeVanished,
    /// A catalogue says when a volume will come out.
    #[oai(rename = "volume.announced")]
    VolumeAnnounced,
    /// Its day has come.
    #[oai(rename = "volume.released")]
    VolumeReleased,
    /// A catalogue says something of a series that is not believed.
    #[oai(rename = "catalogue.conflict")]
    CatalogueConflict,
    /// Something was found and waits for a person.
    #[oai(rename = "review.needed")]
    ReviewNeeded,
    /// A check ended.
    #[oai(rename = "check.finished")]
    CheckFinished,
    /// So many more of a kind than were told one by one.
    #[oai(rename = "digest")]
    Digest,
    /// Something does not work.
    #[oai(rename = "health.degraded")]
    HealthDegraded,
    /// It works again.
    #[oai(rename = "health.restored")]
    HealthRestored,
    /// Several events at once, as a target with a digest is told of them; no history.
    #[oai(rename = "summary")]
    Summary,
}

impl EventType {
    /// As it is stored; empty for any.
    pub fn word(chosen: Option<Self>) -> String {
        let word = chosen.and_then(|chosen| chosen.to_json());
        let word = word.as_ref().and_then(serde_json::Value::as_str);
        word.unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use poem_openapi::{registry::Registry, types::Type};

    use super::*;
    use crate::{domain::event, store::delivery::SUMMARY};

    #[test]
    fn every_event_that_is_written_down_can_be_chosen() {
        let mut registry = Registry::new();
        EventType::register(&mut registry);
        let schema = &registry.schemas["EventType"];
        let known = schema.enum_items.iter().filter_map(|item| item.as_str());
        let known: BTreeSet<String> = known.map(str::to_owned).collect();
        let events = event::examples().into_iter().map(|event| event.parts().0);
        // Who is tried is told at once, and nothing is written down.
        let mut written: BTreeSet<String> = events.filter(|kind| kind != "test").collect();
        written.insert(SUMMARY.to_owned());
        assert_eq!(known, written);
        assert_eq!(EventType::word(Some(EventType::GrabSent)), "grab.sent");
        assert_eq!(EventType::word(None), "");
    }
}
