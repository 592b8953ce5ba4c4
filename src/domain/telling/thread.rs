//! Which messages are about the same. Pure.

use crate::domain::event::Event;

/// What a message is about where later ones change it: the events of one grab, from its release that was found to the end.
///
/// Everything else stands for itself. A changed message makes no sound: a question that is asked again, and trouble that comes back,
/// would go unnoticed in the place of an old one. An arrival is the news that everything before was about; it is not told by a change either.
pub fn thread(event: &Event) -> Option<String> {
    let grab = match event {
        Event::VolumeFound { grab, .. } => *grab,
        Event::GrabSent { grab, .. }
        | Event::GrabCompleted { grab, .. }
        | Event::GrabStalled { grab, .. }
        | Event::GrabFailed { grab, .. }
        | Event::GrabPlaced { grab, .. }
        | Event::GrabRejected { grab, .. } => Some(*grab),
        Event::LibraryImported { .. }
        | Event::SeriesAdded { .. }
        | Event::VolumeMissing { .. }
        | Event::VolumeOverdue { .. }
        | Event::VolumeAnnounced { .. }
        | Event::VolumeReleased { .. }
        | Event::CatalogueConflict { .. }
        | Event::VolumeOnShelf { .. }
        | Event::VolumeVanished { .. }
        | Event::ReviewNeeded { .. }
        | Event::CheckFinished { .. }
        | Event::Digest { .. }
        | Event::HealthDegraded { .. }
        | Event::HealthRestored { .. }
        | Event::Test { .. } => None,
    };
    grab.map(|grab| format!("grab:{grab}"))
}
