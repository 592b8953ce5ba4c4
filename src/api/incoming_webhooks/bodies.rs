//! What came to a hook, and what a body would mean.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};

use super::view::HookMapping;
use crate::{
    api::error::ApiError,
    clock::utc,
    connection::{HookSettings, Secrets},
    domain::hook::{Effect, Reading},
    hearing::{Meaning, Named},
    store,
};

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum BodyEffect {
    /// Someone pressed *Test*.
    Test,
    /// Something happened to a download: its client is asked now.
    Advance,
    /// Something changed of a series or in a place: the library is looked at, then the series is due.
    Series,
    /// Something changed somewhere: every library is looked at.
    Look,
    /// It is known, and nothing of it concerns us.
    Nothing,
    /// It is not known: what comes of it is up to `onUnknown`.
    Unknown,
}

impl BodyEffect {
    fn of(word: &str) -> Self {
        match word {
            "test" => Self::Test,
            "advance" => Self::Advance,
            "series" => Self::Series,
            "look" => Self::Look,
            "nothing" => Self::Nothing,
            _ => Self::Unknown,
        }
    }
}

/// A body that came.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct HookBody {
    /// Its number.
    id: i64,
    /// When it came.
    received_at: DateTime<Utc>,
    /// What its headers said that it is; it is read by what it is.
    content_type: String,
    /// Bytes, as it came.
    size: i64,
    /// Without what looks like a secret, and at most 64 KiB; left out when it was neither JSON nor a form.
    body: Option<String>,
    /// Only its beginning is kept; it cannot be read again.
    cut: bool,
    /// The sender's word for what happened; may be empty.
    event: String,
    /// What it is.
    effect: BodyEffect,
    /// What came of it.
    outcome: String,
    /// How often it came again within ten minutes; nothing came of that.
    repeats: i64,
}

impl From<store::hook::HookBody> for HookBody {
    fn from(body: store::hook::HookBody) -> Self {
        Self {
            id: body.id,
            received_at: utc(body.received_at),
            content_type: body.content_type,
            size: body.size,
            body: body.body,
            cut: body.cut,
            event: body.event,
            effect: BodyEffect::of(&body.effect),
            outcome: body.outcome,
            repeats: body.repeats,
        }
    }
}

/// A body to be tried.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
pub struct BodyToTry {
    /// The body, JSON or a form.
    #[oai(validator(max_length = 65536, pattern = "^[^\\x00]*$"))]
    body: String,
    /// Generic: where what stands in it; left out: as the hook has it.
    mapping: Option<HookMapping>,
}

impl BodyToTry {
    /// The settings by which it is read, and the body.
    pub fn over(self, mut settings: HookSettings) -> Result<(HookSettings, String), ApiError> {
        if let Some(mapping) = self.mapping {
            settings.mapping = mapping.into();
            let mistakes = settings.mistakes(&Secrets::default());
            let of_mapping = mistakes
                .into_iter()
                .filter(|mistake| mistake.0.starts_with("mapping."));
            let of_mapping: Vec<_> = of_mapping.collect();
            if !of_mapping.is_empty() {
                return Err(ApiError::named(of_mapping));
            }
        }
        Ok((settings, self.body))
    }
}

/// Something of ours that a body means.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Meant {
    /// Its number.
    id: i64,
    /// Its title or name.
    name: String,
}

/// What a body would mean.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct HookMeaning {
    /// What it is.
    effect: BodyEffect,
    /// The sender's word for what happened; may be empty.
    event: String,
    /// The volume that it names.
    volume: Option<String>,
    /// What was read as titles.
    titles: Vec<String>,
    /// What was read as paths, as they stand there.
    paths: Vec<String>,
    /// What was read as hashes of downloads.
    hashes: Vec<String>,
    /// They would be due.
    series: Vec<Meant>,
    /// They would be looked at.
    libraries: Vec<Meant>,
    /// Their clients would be asked.
    grabs: Vec<Meant>,
    /// What would come of it.
    outcome: String,
}

impl From<(Reading, Meaning)> for HookMeaning {
    fn from((reading, meaning): (Reading, Meaning)) -> Self {
        let effect = BodyEffect::of(reading.effect.word());
        let (titles, paths, hashes) = match reading.effect {
            Effect::Series {
                titles,
                paths,
                hashes,
            } => (titles, paths, hashes),
            Effect::Advance { hashes } => (Vec::new(), Vec::new(), hashes),
            _ => Default::default(),
        };
        Self {
            effect,
            event: reading.event,
            volume: reading.volume,
            titles,
            paths,
            hashes,
            series: meant(meaning.series),
            libraries: meant(meaning.libraries),
            grabs: meant(meaning.grabs),
            outcome: meaning.sentence,
        }
    }
}

fn meant(named: Vec<Named>) -> Vec<Meant> {
    let meant = |one: Named| Meant {
        id: one.id,
        name: one.name,
    };
    named.into_iter().map(meant).collect()
}
