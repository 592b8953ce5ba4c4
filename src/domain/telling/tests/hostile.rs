//! What holds for every text, whatever names are in the event.

use std::collections::HashSet;

use proptest::{collection, prelude::*};

use super::super::*;
use crate::domain::{
    catalogue::Market,
    event::{Event, SeriesRef, examples},
    gaps::Cause,
    link::Network,
    release::Kind,
    volume::{VolumeNumber, VolumeSet},
};

/// Names as a hostile uploader makes them.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        any::<String>(),
        Just(String::new()),
        Just(" \u{a0}\t\n".to_owned()),
        Just("@everyone ".repeat(500)),
        Just("\u{202e}\u{200b}\u{2066}".repeat(1_700)),
        Just("ｘ\u{301}".repeat(2_500)),
        Just("A\r\nB\u{2028}C\u{0}D\u{1b}[31m".to_owned()),
        Just("x".repeat(5_000)),
    ]
}

fn volumes() -> impl Strategy<Value = VolumeSet> {
    collection::vec(0_i64..999_900, 0..70).prop_map(|hundredths| {
        let numbers = hundredths.into_iter();
        numbers.filter_map(VolumeNumber::from_hundredths).collect()
    })
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.map(|known| known.1).to_vec())
}

/// Every event, with these for all its values.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let numbers = (any::<u64>(), any::<u8>(), any::<i64>());
    let texts = (hostile(), hostile(), collection::vec(hostile(), 0..12));
    (texts, volumes(), kinds(), numbers).prop_map(
        |((title, text, reasons), volumes, kind, (count, relevance, id))| {
            let series = SeriesRef {
                id,
                title,
                language: text.clone(),
                kind,
            };
            every(&series, &text, &reasons, &volumes, (count, relevance, id))
        },
    )
}

#[expect(clippy::too_many_lines, reason = "one event after the other")]
fn every(
    series: &SeriesRef,
    text: &str,
    reasons: &[String],
    volumes: &VolumeSet,
    (count, relevance, id): (u64, u8, i64),
) -> Vec<Event> {
    let (series, volumes) = (|| series.clone(), || volumes.clone());
    let text = || text.to_owned();
    vec![
        Event::LibraryImported {
            library: text(),
            series: count,
            volumes: count,
            missing: count,
        },
        Event::SeriesAdded {
            series: series(),
            library: text(),
            volumes: volumes(),
            missing: volumes(),
        },
        Event::VolumeMissing {
            series: series(),
            volume: volumes().first().unwrap_or(VolumeNumber::ONE),
            cause: Cause::Tail,
        },
        Event::VolumeOverdue {
            series: series(),
            volume: volumes().first().unwrap_or(VolumeNumber::ONE),
            days: u32::MAX,
        },
        Event::VolumeFound {
            series: series(),
            volumes: volumes(),
            release: text(),
            source: text(),
            indexer: text(),
            relevance,
            refused: count,
            grab: Some(id),
            bytes: Some(count),
        },
        Event::GrabSent {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
            client: text(),
            network: Network::Torrent,
            hash: text(),
        },
        Event::GrabCompleted {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
            client: text(),
        },
        Event::GrabStalled {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
            client: text(),
            reason: text(),
        },
        Event::GrabFailed {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
            client: text(),
            reason: text(),
        },
        Event::GrabPlaced {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
        },
        Event::GrabRejected {
            series: series(),
            grab: id,
            volumes: volumes(),
            release: text(),
            reason: text(),
        },
        Event::VolumeOnShelf {
            series: series(),
            volumes: volumes(),
            library: text(),
        },
        Event::VolumeVanished {
            series: series(),
            volumes: volumes(),
            library: text(),
        },
        Event::VolumeAnnounced {
            series: series(),
            volume: "3".parse().expect("a volume"),
            day: "2026-07-08".parse().expect("a day"),
            catalogue: text(),
            market: Market::France,
        },
        Event::VolumeReleased {
            series: series(),
            volume: "3".parse().expect("a volume"),
            day: "2026".parse().expect("a day"),
            catalogue: text(),
            market: Market::Home,
        },
        Event::CatalogueConflict {
            series: series(),
            catalogue: text(),
            message: text(),
        },
        Event::ReviewNeeded {
            series: series(),
            volumes: volumes(),
            release: text(),
            reasons: reasons.to_vec(),
            grab: None,
            review: Some(id),
            source: text(),
            indexer: text(),
            bytes: Some(count),
        },
        Event::CheckFinished {
            check: id,
            trigger: text(),
            series: count,
            missing: count,
            sent: count,
            failed: count,
            errors: reasons.to_vec(),
        },
        Event::Digest { of: text(), count },
        Event::HealthDegraded {
            subject: text(),
            message: text(),
        },
        Event::HealthRestored { subject: text() },
        Event::Test { message: text() },
    ]
}

/// One line of at most so many characters, in which everything can be seen.
fn is_line(line: &str, most: usize) -> bool {
    let hidden =
        |letter: char| letter.is_control() || "\u{2028}\u{202e}\u{2066}\u{200b}".contains(letter);
    !line.trim().is_empty() && line.chars().count() <= most && !line.contains(hidden)
}

fn holds(text: &Text) -> bool {
    let names: HashSet<&str> = text.facts.iter().map(|fact| fact.0.as_str()).collect();
    is_line(&text.title, LONGEST_TITLE)
        && text.body.chars().count() <= LONGEST_BODY
        && !text.body.is_empty()
        && text.body.lines().all(|line| is_line(line, LONGEST_BODY))
        && text
            .facts
            .iter()
            .all(|(name, value)| is_line(name, 40) && is_line(value, LONGEST_FACT))
        && names.len() + 6 >= text.facts.len()
        && text.facts.len() <= 25
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_names_are_in_an_event_its_text_is_short_and_can_be_read(events in events()) {
        let all: HashSet<String> = examples().iter().map(|event| event.parts().0).collect();
        prop_assert_eq!(events.iter().map(|event| event.parts().0).collect::<HashSet<_>>(), all);
        let title: Template = "{series}{ volumes}{ (reason)}".parse().expect("a template");
        let body: Template = "{type}{: release}\n{body}\n{reason}{, indexer}{, subject}".parse().expect("a template");
        for tongue in Tongue::ALL {
            for event in &events {
                let told = text(event, tongue);
                prop_assert!(holds(&told), "{told:?}");
                let told = text_by(event, tongue, Some(&title), Some(&body));
                prop_assert!(holds(&told), "{told:?}");
            }
            let told = digest(&events, tongue);
            prop_assert!(holds(&told) && told.body.lines().count() <= 20, "{told:?}");
        }
    }

    #[test]
    fn any_text_is_a_template_or_a_sentence(text in "[{}a-z :(]{0,40}|\\PC{0,40}") {
        match text.parse::<Template>() {
            Ok(template) => {
                prop_assert_eq!(template.to_string(), text);
                for event in examples() {
                    prop_assert!(is_line(&template.title(&event, Tongue::French), LONGEST_TITLE));
                    prop_assert!(!template.body(&event, Tongue::French).trim().is_empty());
                }
            }
            Err(mistake) => prop_assert!(is_line(&mistake.to_string(), 500)),
        }
    }
}
