//! Reports as a person reads them in a terminal.

use std::fmt::Write;

use crate::{
    domain::{
        report::{Asked, Outcome, SeriesReport},
        volume::VolumeSet,
    },
    store::series::Stored,
};

/// Offers shown per series; the API has all of them.
const MOST_OFFERS: usize = 12;

fn or_none(set: &VolumeSet) -> String {
    if set.is_empty() {
        "–".into()
    } else {
        set.to_string()
    }
}

/// Control characters of a name would reach the terminal as commands.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

fn asked_line(asked: &Asked) -> String {
    let truncated = if asked.truncated {
        ", more were not read"
    } else {
        ""
    };
    let offers = if asked.offers == 1 { "offer" } else { "offers" };
    let terms = shown(&asked.terms.join(", "));
    format!(
        "  asked      {}: {terms} → {} {offers}{truncated}",
        asked.source, asked.offers
    )
}

/// What came of one series, on several lines.
pub fn report(report: &SeriesReport) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("writing to a string");
    line(shown(&report.title));
    line(format!("  owned      {}", or_none(&report.owned)));
    line(format!("  missing    {}", or_none(&report.missing)));
    if !report.damaged.is_empty() {
        line(format!("  damaged    {}", report.damaged));
    }
    if !report.doubtful.is_empty() {
        line(format!("  doubtful   {}", report.doubtful));
    }
    if !report.vanished.is_empty() {
        line(format!("  vanished   {}", report.vanished));
    }
    if !report.on_its_way.is_empty() {
        line(format!("  on its way {}", report.on_its_way));
    }
    for asked in &report.asked {
        if asked.terms.is_empty() {
            line(format!("  not asked  {}", asked.source));
        } else {
            line(asked_line(asked));
        }
        if let Some(error) = &asked.error {
            line(format!("             ! {}", shown(error)));
        }
    }
    for offer in report.offers.iter().take(MOST_OFFERS) {
        line(format!(
            "  {:<8}   {} ({}, {} %)",
            offer.decision,
            shown(&offer.title),
            shown(&offer.indexer),
            offer.relevance
        ));
        for reason in &offer.reasons {
            line(format!("             – {}", shown(reason)));
        }
    }
    if report.offers.len() > MOST_OFFERS {
        line(format!(
            "             … and {} more",
            report.offers.len() - MOST_OFFERS
        ));
    }
    for pick in &report.picks {
        let outcome = match pick.outcome {
            Outcome::Sent => "sent",
            Outcome::WouldSend => "would send",
            Outcome::Review => "to review",
            Outcome::Waits => "waits",
            Outcome::InDoubt => "in doubt",
            Outcome::Failed => "failed",
        };
        line(format!(
            "  {outcome:<10} {} for {}",
            shown(&pick.title),
            pick.volumes
        ));
        if let Some(message) = &pick.message {
            line(format!("             ! {}", shown(message)));
        }
    }
    for note in &report.notes {
        line(format!("  note       {}", shown(note)));
    }
    out
}

/// The missing volumes of one series on one line; none when nothing is missing.
pub fn missing(stored: &Stored) -> Option<String> {
    let missing = stored.missing_volumes();
    (!missing.is_empty()).then(|| {
        format!(
            "  {}: {missing} missing (owned: {})",
            shown(&stored.series.title),
            or_none(&stored.shelf.present)
        )
    })
}
