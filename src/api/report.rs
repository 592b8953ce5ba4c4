//! What came of checking a series: what was asked, found and chosen.

use poem_openapi::{Enum, Object};

use crate::domain::{
    decide,
    report::{self, SeriesReport},
};

/// What one source was asked for one series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Asking {
    /// The connection's name.
    source: String,
    /// Terms that it was asked for.
    terms: Vec<String>,
    /// Offers that it returned.
    offers: u64,
    /// There were more results than were read.
    truncated: bool,
    /// Set when it could not be asked, or not for everything; then no offers does not mean that there are none.
    error: Option<String>,
}

impl From<report::Asked> for Asking {
    fn from(asked: report::Asked) -> Self {
        Self {
            source: asked.source,
            terms: asked.terms,
            offers: asked.offers,
            truncated: asked.truncated,
            error: asked.error,
        }
    }
}

/// What the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Decision {
    /// May be sent.
    Accepted,
    /// Waits for a human.
    Review,
    /// Is not sent.
    Refused,
}

impl From<decide::Decision> for Decision {
    fn from(decision: decide::Decision) -> Self {
        match decision {
            decide::Decision::Accepted => Self::Accepted,
            decide::Decision::Review => Self::Review,
            decide::Decision::Refused => Self::Refused,
        }
    }
}

impl Decision {
    /// From its word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "accepted" => Self::Accepted,
            "review" => Self::Review,
            _ => Self::Refused,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Review => "review",
            Self::Refused => "refused",
        }
    }
}

/// An offer in a report.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct ReportedOffer {
    /// Its number, for `POST /api/v1/grabs`.
    offer_id: Option<i64>,
    /// Release name.
    title: String,
    /// The connection that returned it.
    source: String,
    /// The indexer behind that.
    indexer: String,
    /// What the rules say.
    decision: Decision,
    /// The volumes that its name promises.
    volumes: String,
    /// 0 to 100, for the eye; it decides nothing.
    relevance: u8,
    /// Every reason against it.
    reasons: Vec<String>,
    /// Why it comes before the next one.
    before: Option<String>,
}

/// What became of a pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum PickOutcome {
    /// The client has it.
    Sent,
    /// It would have been sent, but this was a dry run.
    WouldSend,
    /// It waits for a human.
    Review,
    /// It was chosen, and waits for room in the budget.
    Waits,
    /// The client did not answer; it is asked again before anything else is sent.
    InDoubt,
    /// It could not be sent.
    Failed,
}

/// A release that was chosen.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct ReportedPick {
    /// Release name.
    title: String,
    /// The indexer that offered it.
    indexer: String,
    /// For these volumes.
    volumes: String,
    /// What became of it.
    outcome: PickOutcome,
    /// Why it was not sent.
    message: Option<String>,
}

/// What came of checking one series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SeriesCheck {
    /// Its number.
    series_id: i64,
    /// Its title.
    title: String,
    /// On the shelf.
    owned: String,
    /// Missing and wanted.
    missing: String,
    /// Reserved by downloads, after the check.
    on_its_way: String,
    /// On the shelf in files that no reader can show; missing too.
    damaged: String,
    /// Perhaps on the shelf: a file's name and its server say different numbers; missing too.
    doubtful: String,
    /// Once on the shelf, gone now.
    vanished: String,
    /// What each source was asked.
    asked: Vec<Asking>,
    /// Every offer with its verdict, best first.
    offers: Vec<ReportedOffer>,
    /// What was chosen, and what became of it.
    picks: Vec<ReportedPick>,
    /// Why things were left undone.
    notes: Vec<String>,
}

impl From<SeriesReport> for SeriesCheck {
    fn from(report: SeriesReport) -> Self {
        let offer = |offer: report::OfferLine| ReportedOffer {
            offer_id: offer.offer_id,
            title: offer.title,
            source: offer.source,
            indexer: offer.indexer,
            decision: Decision::from_word(&offer.decision),
            volumes: offer.volumes.to_string(),
            relevance: offer.relevance,
            reasons: offer.reasons,
            before: offer.before,
        };
        let pick = |pick: report::PickLine| ReportedPick {
            title: pick.title,
            indexer: pick.indexer,
            volumes: pick.volumes.to_string(),
            outcome: match pick.outcome {
                report::Outcome::Sent => PickOutcome::Sent,
                report::Outcome::WouldSend => PickOutcome::WouldSend,
                report::Outcome::Review => PickOutcome::Review,
                report::Outcome::Waits => PickOutcome::Waits,
                report::Outcome::InDoubt => PickOutcome::InDoubt,
                report::Outcome::Failed => PickOutcome::Failed,
            },
            message: pick.message,
        };
        Self {
            series_id: report.series_id,
            title: report.title,
            owned: report.owned.to_string(),
            missing: report.missing.to_string(),
            on_its_way: report.on_its_way.to_string(),
            damaged: report.damaged.to_string(),
            doubtful: report.doubtful.to_string(),
            vanished: report.vanished.to_string(),
            asked: report.asked.into_iter().map(Into::into).collect(),
            offers: report.offers.into_iter().map(offer).collect(),
            picks: report.picks.into_iter().map(pick).collect(),
            notes: report.notes,
        }
    }
}
