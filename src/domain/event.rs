//! Something that became true. Written to the outbox in the transaction that made it true. Pure.

mod examples;

use serde::{Deserialize, Serialize};

use super::{
    catalogue::{Day, Market},
    gaps::Cause,
    link::Network,
    release::Kind,
    volume::{VolumeNumber, VolumeSet},
};

pub use examples::examples;

/// The series of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesRef {
    /// Our own number for it.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// ISO 639-1 of the copies that are collected: two series may have one title.
    #[serde(default)]
    pub language: String,
    /// Whether its numbers are volumes, issues or chapters.
    #[serde(default)]
    pub kind: Kind,
}

impl SeriesRef {
    /// One of which no more is known.
    pub fn new(id: i64, title: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            language: String::new(),
            kind: Kind::Auto,
        }
    }
}

/// So many events of a kind are told one by one in a run; the others become a digest.
pub const MOST_TOLD: usize = 10;

/// Of many volumes that become missing at once, as when a long series is monitored, the first are told one by one.
pub fn in_short(events: Vec<Event>) -> Vec<Event> {
    let is_missing = |event: &Event| matches!(event, Event::VolumeMissing { .. });
    let all = events.iter().filter(|event| is_missing(event)).count();
    let mut told = 0;
    let first = |event: &Event| {
        told += usize::from(is_missing(event));
        !is_missing(event) || told <= MOST_TOLD
    };
    let mut short: Vec<Event> = events.into_iter().filter(first).collect();
    if all > MOST_TOLD {
        short.push(Event::Digest {
            of: "volume.missing".into(),
            count: (all - MOST_TOLD) as u64,
        });
    }
    short
}

/// What one act of a user over many series makes true, told in few words: of a kind of which there is too much, just how much.
pub fn in_sum(events: Vec<Event>) -> Vec<Event> {
    let mut kinds: Vec<(String, u64)> = Vec::new();
    for event in &events {
        let kind = event.parts().0;
        match kinds.iter_mut().find(|known| known.0 == kind) {
            Some(known) => known.1 += 1,
            None => kinds.push((kind, 1)),
        }
    }
    kinds.retain(|(_, count)| *count > MOST_TOLD as u64);
    let is_few = |event: &Event| !kinds.iter().any(|(kind, _)| *kind == event.parts().0);
    let mut sum: Vec<Event> = events.into_iter().filter(is_few).collect();
    let digest = |(of, count)| Event::Digest { of, count };
    sum.extend(kinds.into_iter().map(digest));
    sum
}

/// What happened. Serialised as `{"type": …, "data": …}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
pub enum Event {
    /// The first scan of a library: one summary instead of thousands of events.
    #[serde(rename = "library.imported")]
    LibraryImported {
        library: String,
        series: u64,
        volumes: u64,
        missing: u64,
    },
    /// A series appeared in a library after its first scan.
    #[serde(rename = "series.added")]
    SeriesAdded {
        series: SeriesRef,
        library: String,
        volumes: VolumeSet,
        /// Of a monitored one; so many at once are told as one.
        #[serde(default)]
        missing: VolumeSet,
    },
    /// A monitored volume is missing.
    #[serde(rename = "volume.missing")]
    VolumeMissing {
        series: SeriesRef,
        volume: VolumeNumber,
        cause: Cause,
    },
    /// It has been missing for long, and nothing is on its way.
    #[serde(rename = "volume.overdue")]
    VolumeOverdue {
        series: SeriesRef,
        volume: VolumeNumber,
        days: u32,
    },
    /// An accepted offer for missing volumes was picked.
    #[serde(rename = "volume.found")]
    VolumeFound {
        series: SeriesRef,
        volumes: VolumeSet,
        release: String,
        source: String,
        indexer: String,
        relevance: u8,
        refused: u64,
        /// What it became: the events that follow are about that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grab: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
    },
    /// The client has it.
    #[serde(rename = "grab.sent")]
    GrabSent {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
        client: String,
        network: Network,
        hash: String,
    },
    /// All of it came.
    #[serde(rename = "grab.completed")]
    GrabCompleted {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
        client: String,
    },
    /// Nothing of it came for too long; its volumes are free again.
    #[serde(rename = "grab.stalled")]
    GrabStalled {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
        client: String,
        reason: String,
    },
    /// It will bring nothing; its volumes are free again.
    #[serde(rename = "grab.failed")]
    GrabFailed {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
        client: String,
        reason: String,
    },
    /// What is right of it was put into the library.
    #[serde(rename = "grab.placed")]
    GrabPlaced {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
    },
    /// What came is not what it promised, or a person does not want it. What was placed of it is taken back.
    #[serde(rename = "grab.rejected")]
    GrabRejected {
        series: SeriesRef,
        grab: i64,
        volumes: VolumeSet,
        release: String,
        reason: String,
    },
    /// A volume is on the shelf that was not there before.
    #[serde(rename = "volume.on_shelf")]
    VolumeOnShelf {
        series: SeriesRef,
        volumes: VolumeSet,
        library: String,
    },
    /// Volumes that were on the shelf are gone.
    #[serde(rename = "volume.vanished")]
    VolumeVanished {
        series: SeriesRef,
        volumes: VolumeSet,
        library: String,
    },
    /// A catalogue says when a volume will come out.
    #[serde(rename = "volume.announced")]
    VolumeAnnounced {
        series: SeriesRef,
        volume: VolumeNumber,
        day: Day,
        catalogue: String,
        market: Market,
    },
    /// Its day has come.
    #[serde(rename = "volume.released")]
    VolumeReleased {
        series: SeriesRef,
        volume: VolumeNumber,
        day: Day,
        catalogue: String,
        market: Market,
    },
    /// A catalogue says something of a series that is not believed.
    #[serde(rename = "catalogue.conflict")]
    CatalogueConflict {
        series: SeriesRef,
        catalogue: String,
        message: String,
    },
    /// A human has to look at offers for a volume, or at what came of a grab.
    #[serde(rename = "review.needed")]
    ReviewNeeded {
        series: SeriesRef,
        volumes: VolumeSet,
        release: String,
        reasons: Vec<String>,
        /// What came of it is in doubt; none for an offer that was not sent yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grab: Option<i64>,
        /// The question in which it is a candidate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review: Option<i64>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        source: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        indexer: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
    },
    /// A check ended.
    #[serde(rename = "check.finished")]
    CheckFinished {
        check: i64,
        trigger: String,
        series: u64,
        missing: u64,
        sent: u64,
        failed: u64,
        errors: Vec<String>,
    },
    /// In one run there were more of a kind than are told one by one: so many more.
    #[serde(rename = "digest")]
    Digest { of: String, count: u64 },
    /// Something does not work.
    #[serde(rename = "health.degraded")]
    HealthDegraded { subject: String, message: String },
    /// It works again.
    #[serde(rename = "health.restored")]
    HealthRestored { subject: String },
    /// Nothing happened: someone tries a target.
    #[serde(rename = "test")]
    Test { message: String },
}

impl Event {
    /// Its type, for example `grab.sent`, and its data.
    pub fn parts(&self) -> (String, serde_json::Value) {
        let value = serde_json::to_value(self).expect("events are plain data");
        (
            value["type"].as_str().unwrap_or_default().to_owned(),
            value["data"].clone(),
        )
    }

    /// The series that it is about.
    pub fn series(&self) -> Option<&SeriesRef> {
        match self {
            Self::SeriesAdded { series, .. }
            | Self::VolumeMissing { series, .. }
            | Self::VolumeOverdue { series, .. }
            | Self::VolumeFound { series, .. }
            | Self::GrabSent { series, .. }
            | Self::GrabCompleted { series, .. }
            | Self::GrabStalled { series, .. }
            | Self::GrabFailed { series, .. }
            | Self::GrabPlaced { series, .. }
            | Self::GrabRejected { series, .. }
            | Self::VolumeOnShelf { series, .. }
            | Self::VolumeVanished { series, .. }
            | Self::VolumeAnnounced { series, .. }
            | Self::VolumeReleased { series, .. }
            | Self::CatalogueConflict { series, .. }
            | Self::ReviewNeeded { series, .. } => Some(series),
            Self::LibraryImported { .. }
            | Self::CheckFinished { .. }
            | Self::Digest { .. }
            | Self::HealthDegraded { .. }
            | Self::HealthRestored { .. }
            | Self::Test { .. } => None,
        }
    }

    /// The volumes that it is about.
    pub fn volumes(&self) -> Option<VolumeSet> {
        match self {
            Self::VolumeMissing { volume, .. }
            | Self::VolumeOverdue { volume, .. }
            | Self::VolumeAnnounced { volume, .. }
            | Self::VolumeReleased { volume, .. } => Some([*volume].into_iter().collect()),
            Self::SeriesAdded { volumes, .. }
            | Self::VolumeFound { volumes, .. }
            | Self::GrabSent { volumes, .. }
            | Self::GrabCompleted { volumes, .. }
            | Self::GrabStalled { volumes, .. }
            | Self::GrabFailed { volumes, .. }
            | Self::GrabPlaced { volumes, .. }
            | Self::GrabRejected { volumes, .. }
            | Self::VolumeOnShelf { volumes, .. }
            | Self::VolumeVanished { volumes, .. }
            | Self::ReviewNeeded { volumes, .. } => Some(volumes.clone()),
            Self::LibraryImported { .. }
            | Self::CatalogueConflict { .. }
            | Self::CheckFinished { .. }
            | Self::Digest { .. }
            | Self::HealthDegraded { .. }
            | Self::HealthRestored { .. }
            | Self::Test { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_act_makes_true_of_many_series_is_told_as_a_number() {
        let missing = |volume| Event::VolumeMissing {
            series: SeriesRef::new(i64::from(volume), "Naruto"),
            volume: VolumeNumber::whole(volume).expect("a volume"),
            cause: Cause::Hole,
        };
        let restored = Event::HealthRestored {
            subject: "source:prowlarr".into(),
        };
        let few: Vec<Event> = (1..=10).map(missing).chain([restored.clone()]).collect();
        assert_eq!(in_sum(few.clone()), few);
        let many: Vec<Event> = (1..=72).map(missing).chain([restored.clone()]).collect();
        let digest = Event::Digest {
            of: "volume.missing".into(),
            count: 72,
        };
        assert_eq!(in_sum(many), [restored, digest]);
    }

    #[test]
    fn of_many_missing_volumes_the_first_are_told_and_the_others_counted() {
        let missing = |volume| Event::VolumeMissing {
            series: SeriesRef::new(1, "Naruto"),
            volume: VolumeNumber::whole(volume).expect("a volume"),
            cause: Cause::Tail,
        };
        let restored = Event::HealthRestored {
            subject: "source:prowlarr".into(),
        };
        let ten: Vec<Event> = (1..=10).map(missing).chain([restored]).collect();
        assert_eq!(in_short(ten.clone()), ten);
        let many: Vec<Event> = ten.iter().cloned().chain((11..=72).map(missing)).collect();
        let digest = Event::Digest {
            of: "volume.missing".into(),
            count: 62,
        };
        let expected: Vec<Event> = ten.into_iter().chain([digest]).collect();
        assert_eq!(in_short(many), expected);
    }
}
