//! Many events in one message: how many of what, and the most important of them by name. Pure.

use std::collections::HashMap;

use super::{
    Importance, LONGEST_TITLE, Text, Tone, Tongue,
    phrase::{self, Noun},
    text, thread,
};
use crate::domain::event::Event;

/// So many are named; the others are counted.
pub const MOST_LINES: usize = 20;

/// What the headline counts, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heap {
    Arrived,
    ToApprove,
    Failed,
    Trouble,
    Vanished,
    OnItsWay,
    Released,
    Announced,
    Missing,
    Other,
}

const HEAPS: [(Heap, Noun, Noun); 10] = [
    (Heap::Arrived, ("arrivé", "arrivés"), ("arrived", "arrived")),
    (
        Heap::ToApprove,
        ("à approuver", "à approuver"),
        ("to approve", "to approve"),
    ),
    (Heap::Failed, ("échec", "échecs"), ("failed", "failed")),
    (
        Heap::Trouble,
        ("problème", "problèmes"),
        ("problem", "problems"),
    ),
    (
        Heap::Vanished,
        ("disparu", "disparus"),
        ("vanished", "vanished"),
    ),
    (
        Heap::OnItsWay,
        ("en route", "en route"),
        ("on its way", "on their way"),
    ),
    (Heap::Released, ("paru", "parus"), ("out", "out")),
    (
        Heap::Announced,
        ("annoncé", "annoncés"),
        ("announced", "announced"),
    ),
    (
        Heap::Missing,
        ("manquant", "manquants"),
        ("missing", "missing"),
    ),
    (
        Heap::Other,
        ("autre nouvelle", "autres nouvelles"),
        ("other thing", "other things"),
    ),
];

/// Where it counts, and for how many.
fn heap(event: &Event) -> (Heap, u64) {
    match event {
        Event::VolumeOnShelf { volumes, .. } => (Heap::Arrived, (volumes.len() as u64).max(1)),
        Event::VolumeVanished { volumes, .. } => (Heap::Vanished, (volumes.len() as u64).max(1)),
        Event::ReviewNeeded { .. } => (Heap::ToApprove, 1),
        Event::GrabStalled { .. } | Event::GrabFailed { .. } | Event::GrabRejected { .. } => {
            (Heap::Failed, 1)
        }
        Event::HealthDegraded { .. } | Event::CatalogueConflict { .. } => (Heap::Trouble, 1),
        Event::VolumeFound { .. }
        | Event::GrabSent { .. }
        | Event::GrabCompleted { .. }
        | Event::GrabPlaced { .. } => (Heap::OnItsWay, 1),
        Event::VolumeReleased { .. } => (Heap::Released, 1),
        Event::VolumeAnnounced { .. } => (Heap::Announced, 1),
        Event::VolumeMissing { .. } | Event::VolumeOverdue { .. } => (Heap::Missing, 1),
        Event::Digest { of, count } => match of.as_str() {
            "review.needed" => (Heap::ToApprove, *count),
            "volume.missing" | "volume.overdue" => (Heap::Missing, *count),
            _ => (Heap::Other, *count),
        },
        Event::LibraryImported { .. }
        | Event::SeriesAdded { .. }
        | Event::CheckFinished { .. }
        | Event::HealthRestored { .. }
        | Event::Test { .. } => (Heap::Other, 1),
    }
}

/// What is told of many events at once, given in the order in which they happened: `6 arrived, 3 to approve, 2 failed`, and a line for
/// each, the most important first. Of the events of one thread only the last counts: the others were steps to it.
pub fn digest(events: &[Event], tongue: Tongue) -> Text {
    let told = last_of_threads(events);
    let counted = |wanted: Heap| -> u64 {
        let those = told.iter().map(|event| heap(event));
        those
            .filter(|(heap, _)| *heap == wanted)
            .fold(0, |sum, (_, count)| sum.saturating_add(count))
    };
    let counts: Vec<String> = HEAPS
        .iter()
        .map(|(heap, french, english)| (counted(*heap), tongue.pick(*french, *english)))
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| phrase::count(count, noun, tongue))
        .collect();
    let title = match counts.is_empty() {
        true => tongue.pick("Rien de nouveau", "Nothing new").to_owned(),
        false => counts.join(", "),
    };
    Text {
        title: phrase::cut(&title, LONGEST_TITLE),
        body: lines(&told, tongue),
        facts: Vec::new(),
        tone: tone(&told),
    }
}

fn last_of_threads(events: &[Event]) -> Vec<&Event> {
    let mut last = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Some(thread) = thread(event) {
            last.insert(thread, at);
        }
    }
    let is_told = |at: usize, event: &Event| {
        thread(event).is_none_or(|thread| last.get(&thread) == Some(&at))
    };
    let told = events.iter().enumerate();
    told.filter(|(at, event)| is_told(*at, event))
        .map(|(_, event)| event)
        .collect()
}

fn lines(told: &[&Event], tongue: Tongue) -> String {
    let mut order: Vec<&Event> = told.to_vec();
    // Stable: within an importance they stay in the order in which they happened.
    order.sort_by_key(|event| std::cmp::Reverse(Importance::of(event)));
    // One more line would say that there is one more.
    let shown = match order.len() > MOST_LINES {
        true => MOST_LINES - 1,
        false => MOST_LINES,
    };
    let mut lines: Vec<String> = order
        .iter()
        .take(shown)
        .map(|event| text(event, tongue).title)
        .collect();
    if order.len() > shown {
        let more = tongue.pick(("autre", "autres"), ("more", "more"));
        let left = (order.len() - shown) as u64;
        lines.push(format!("… {}", phrase::count(left, more, tongue)));
    }
    if lines.is_empty() {
        let nothing = tongue.pick(
            "Il ne s’est rien passé depuis le dernier résumé.",
            "Nothing happened since the last digest.",
        );
        lines.push(nothing.to_owned());
    }
    lines.join("\n")
}

/// That of the gravest.
fn tone(told: &[&Event]) -> Tone {
    let has = |wanted: Tone| told.iter().any(|event| Tone::of(event) == wanted);
    [Tone::Bad, Tone::Ask, Tone::Good]
        .into_iter()
        .find(|tone| has(*tone))
        .unwrap_or_default()
}
