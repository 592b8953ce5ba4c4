//! What came of a check, for the API, the terminal and the history. Pure.

use serde::{Deserialize, Serialize};

use super::volume::VolumeSet;

/// What came of checking one series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesReport {
    /// Which.
    pub series_id: i64,
    /// Its title.
    pub title: String,
    /// On the shelf.
    pub owned: VolumeSet,
    /// Missing, and wanted.
    pub missing: VolumeSet,
    /// Reserved by live grabs, after the check.
    pub on_its_way: VolumeSet,
    /// On the shelf in files that no reader can show.
    #[serde(default)]
    pub damaged: VolumeSet,
    /// Perhaps on the shelf: a file's name and its server say different numbers.
    #[serde(default)]
    pub doubtful: VolumeSet,
    /// Once on the shelf, gone now, not fetched by itself.
    pub vanished: VolumeSet,
    /// What each source was asked, and whether it could answer.
    pub asked: Vec<Asked>,
    /// Every offer with its verdict.
    pub offers: Vec<OfferLine>,
    /// What was chosen, and what became of it.
    pub picks: Vec<PickLine>,
    /// Why things were left undone, in sentences.
    pub notes: Vec<String>,
    /// Why it was not checked at all; its notes say so too.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
    /// Days until the first of its offers may be sent that only time stands against.
    #[serde(skip)]
    pub days_left: Option<i64>,
}

/// One source and one check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The connection's name.
    pub source: String,
    /// Terms that it was asked for.
    pub terms: Vec<String>,
    /// Offers that it returned, without repeats.
    pub offers: u64,
    /// There were more results than were read.
    pub truncated: bool,
    /// It answered something; otherwise it was as good as not asked.
    #[serde(default)]
    pub answered: bool,
    /// Set when it could not be asked, or not for everything; then "no offers" does not mean that there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}

/// One offer of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferLine {
    /// Number of the stored offer; none in a report of what was not stored.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offer_id: Option<i64>,
    /// Release name.
    pub title: String,
    /// The connection's name.
    pub source: String,
    /// The indexer behind it.
    pub indexer: String,
    /// `accepted`, `review` or `refused`.
    pub decision: String,
    /// The volumes that its name promises.
    pub volumes: VolumeSet,
    /// 0 to 100, for the eye.
    pub relevance: u8,
    /// Every reason, in sentences.
    pub reasons: Vec<String>,
    /// Why it comes before the next one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
    /// Nothing but what can pass stands against it.
    #[serde(skip)]
    pub for_now: bool,
    /// A client could not be given it.
    #[serde(skip)]
    pub not_sent: bool,
    /// Of its offer.
    #[serde(skip)]
    pub fingerprint: String,
}

/// One pick of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PickLine {
    /// Release name.
    pub title: String,
    /// The indexer that offered it.
    pub indexer: String,
    /// For these volumes.
    pub volumes: VolumeSet,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a sentence, when it was not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
}

/// What became of a pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The client has it.
    Sent,
    /// It would have been sent, but this was a dry run.
    WouldSend,
    /// It waits for a human.
    Review,
    /// It was chosen, and waits for room in the budget.
    Waits,
    /// It was written down; whether the client has it is asked next time.
    InDoubt,
    /// It could not be sent.
    Failed,
}

/// Sums over the series of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CheckStats {
    /// Missing volumes.
    pub missing: u64,
    /// Offers that were judged.
    pub offers: u64,
    /// Of these, accepted.
    pub accepted: u64,
    /// Of these, for a human.
    pub review: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Releases sent.
    pub sent: u64,
    /// Releases that would have been sent.
    pub would_send: u64,
    /// Releases that wait for room in the budget.
    pub waits: u64,
    /// Releases that could not be sent.
    pub failed: u64,
    /// What went wrong, each sentence once, at most [`MOST_ERRORS`].
    pub errors: Vec<String>,
}

/// Distinct errors kept per check.
pub const MOST_ERRORS: usize = 20;

impl CheckStats {
    /// Counts one more series.
    pub fn add(&mut self, report: &SeriesReport) {
        let decided = |word: &str| {
            report
                .offers
                .iter()
                .filter(|offer| offer.decision == word)
                .count() as u64
        };
        let ended = |outcome: Outcome| {
            report
                .picks
                .iter()
                .filter(|pick| pick.outcome == outcome)
                .count() as u64
        };
        self.missing += report.missing.len() as u64;
        self.offers += report.offers.len() as u64;
        self.accepted += decided("accepted");
        self.review += decided("review");
        self.refused += decided("refused");
        self.sent += ended(Outcome::Sent);
        self.would_send += ended(Outcome::WouldSend);
        self.waits += ended(Outcome::Waits);
        self.failed += ended(Outcome::Failed) + ended(Outcome::InDoubt);
        let failed = report
            .picks
            .iter()
            .filter(|pick| matches!(pick.outcome, Outcome::Failed | Outcome::InDoubt))
            .filter_map(|pick| pick.message.clone());
        for error in report
            .asked
            .iter()
            .filter_map(|asked| asked.error.clone())
            .chain(failed)
            .chain(report.failure.clone())
        {
            if self.errors.len() < MOST_ERRORS && !self.errors.contains(&error) {
                self.errors.push(error);
            }
        }
    }
}
