//! The user's own rules: each refuses, sends to review, or adds to the weight. A broken one refuses, with its error. Pure.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::{Facts, Reason, Ruling};
use crate::domain::{
    profile::MEGABYTE,
    release::{Origin, SpecialKind},
};

/// Conditions of one rule.
pub const MOST_CONDITIONS: usize = 20;
/// Values of one condition.
pub const MOST_VALUES: usize = 100;
/// Letters of a value.
pub const LONGEST_VALUE: usize = 500;
/// Bytes that a compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 20;
const DAY: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The whole name of the release.
    Name,
    /// The title that was read in it.
    Series,
    /// The release group.
    Group,
    /// The publisher.
    Publisher,
    /// The authors.
    Authors,
    /// `official`, `scan` or `fan`.
    Origin,
    /// `standard`, `deluxe`, `omnibus:3`…
    Edition,
    /// `hors_serie`, `artbook`…
    Special,
    /// ISO 639-1 of each language that it states.
    Language,
    /// `cbz`, `pdf`… of each format that it states.
    Format,
    /// The name of the connection that offered it.
    Source,
    /// The indexer behind that.
    Indexer,
    /// `true` when it says that it is the whole series.
    Complete,
    /// `true` when it holds more than one volume.
    Pack,
    /// Its size in megabytes.
    Megabytes,
    /// Its size divided by the volumes that it holds.
    MegabytesPerVolume,
    /// Seeders.
    Seeders,
    /// Days since it was published.
    AgeDays,
    /// How many volumes it holds.
    Volumes,
    /// The year that it states; of several the first.
    Year,
    /// Pixels of the longer side.
    Pixels,
    /// 0 to 100: how sure the reading of its name is.
    Confidence,
}

/// How a field is compared. Nothing but `isUnknown` holds of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Test {
    /// It is one of the values, without regard to case.
    Is,
    /// It is none of the values.
    IsNot,
    /// It is above the value, a number.
    Above,
    /// It is below the value, a number.
    Below,
    /// One of the values, a regular expression without regard to case, is found in it.
    Matches,
    /// None of them is.
    MatchesNot,
    /// It is known.
    IsKnown,
    /// It is not known.
    IsUnknown,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Condition {
    /// What is looked at.
    pub field: Field,
    /// How.
    pub test: Test,
    /// With what it is compared; numbers are written as text.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What a rule does when all its conditions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Then {
    /// Not this one.
    Refuse,
    /// A human has to look.
    Review,
    /// It is better or worse than others by so much.
    Weight(i32),
}

/// A rule as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomRule {
    /// Shown with what it refuses.
    pub name: String,
    /// All of them must hold; at least one.
    pub when: Vec<Condition>,
    /// What it does then.
    pub then: Then,
}

/// A rule that can be asked.
#[derive(Clone, Debug)]
pub struct Compiled {
    name: String,
    then: Then,
    conditions: Result<Vec<Ready>, String>,
}

#[derive(Clone, Debug)]
struct Ready {
    field: Field,
    what: Compare,
}

#[derive(Clone, Debug)]
enum Compare {
    Words { words: Vec<String>, wanted: bool },
    Above(f64),
    Below(f64),
    Patterns { patterns: Vec<Regex>, wanted: bool },
    Known(bool),
}

/// What is known of a field.
enum Value {
    Unknown,
    Number(f64),
    Texts(Vec<String>),
}

impl CustomRule {
    /// Makes it ready. What is wrong with it, in a sentence, is kept: then it refuses everything.
    pub fn compile(&self) -> Compiled {
        Compiled {
            name: self.name.clone(),
            then: self.then,
            conditions: self.ready(),
        }
    }

    fn ready(&self) -> Result<Vec<Ready>, String> {
        if self.when.is_empty() || self.when.len() > MOST_CONDITIONS {
            return Err(format!("it needs 1 to {MOST_CONDITIONS} conditions"));
        }
        self.when.iter().map(Condition::ready).collect()
    }
}

impl Condition {
    fn ready(&self) -> Result<Ready, String> {
        let too_long = |value: &String| value.chars().count() > LONGEST_VALUE;
        if self.values.len() > MOST_VALUES || self.values.iter().any(too_long) {
            return Err(format!(
                "a condition takes at most {MOST_VALUES} values of {LONGEST_VALUE} letters"
            ));
        }
        let compare = match self.test {
            Test::IsKnown | Test::IsUnknown => Compare::Known(self.test == Test::IsKnown),
            Test::Above => Compare::Above(self.number()?),
            Test::Below => Compare::Below(self.number()?),
            Test::Is | Test::IsNot => Compare::Words {
                words: self
                    .some_values()?
                    .iter()
                    .map(|word| word.trim().to_lowercase())
                    .collect(),
                wanted: self.test == Test::Is,
            },
            Test::Matches | Test::MatchesNot => Compare::Patterns {
                patterns: self
                    .some_values()?
                    .iter()
                    .map(|text| pattern(text))
                    .collect::<Result<_, _>>()?,
                wanted: self.test == Test::Matches,
            },
        };
        Ok(Ready {
            field: self.field,
            what: compare,
        })
    }

    fn some_values(&self) -> Result<&[String], String> {
        match self.values.as_slice() {
            [] => Err("a condition that compares needs a value".into()),
            values => Ok(values),
        }
    }

    fn number(&self) -> Result<f64, String> {
        let number = match self.values.as_slice() {
            [value] => value
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite()),
            _ => None,
        };
        number.ok_or_else(|| "above and below take one number as their value".into())
    }
}

fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .build();
    built.map_err(|error| {
        let why = error.to_string();
        let last = why.lines().last().unwrap_or_default().trim();
        format!(
            "'{text}' is no regular expression: {}",
            last.trim_start_matches("error: ")
        )
    })
}

impl Compiled {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with it, if anything.
    pub fn error(&self) -> Option<&str> {
        self.conditions.as_ref().err().map(String::as_str)
    }

    /// What it says against an offer.
    pub(super) fn ruling(&self, facts: &Facts<'_>) -> Ruling {
        let name = self.name.clone();
        match (&self.conditions, self.then) {
            (Err(error), _) => Ruling::Refuse(Reason::BrokenRule {
                rule: name,
                error: error.clone(),
            }),
            (Ok(_), Then::Weight(_)) => Ruling::Pass,
            (Ok(conditions), then) if holds(conditions, facts) => {
                let reason = Reason::CustomRule { rule: name };
                match then {
                    Then::Review => Ruling::Review(reason),
                    _ => Ruling::Refuse(reason),
                }
            }
            _ => Ruling::Pass,
        }
    }

    /// By how much it makes an offer better.
    pub(super) fn weight(&self, facts: &Facts<'_>) -> i64 {
        match (&self.conditions, self.then) {
            (Ok(conditions), Then::Weight(weight)) if holds(conditions, facts) => weight.into(),
            _ => 0,
        }
    }
}

fn holds(conditions: &[Ready], facts: &Facts<'_>) -> bool {
    conditions.iter().all(|condition| {
        let value = value(condition.field, facts);
        match (&condition.what, value) {
            (Compare::Known(wanted), value) => *wanted != matches!(value, Value::Unknown),
            (_, Value::Unknown) => false,
            (Compare::Above(bound), Value::Number(number)) => number > *bound,
            (Compare::Below(bound), Value::Number(number)) => number < *bound,
            (Compare::Above(_) | Compare::Below(_), Value::Texts(_)) => false,
            (Compare::Words { words, wanted }, value) => {
                let found = texts(value)
                    .iter()
                    .any(|text| words.contains(&text.to_lowercase()));
                found == *wanted
            }
            (Compare::Patterns { patterns, wanted }, value) => {
                let texts = texts(value);
                let found = patterns
                    .iter()
                    .any(|pattern| texts.iter().any(|text| pattern.is_match(text)));
                found == *wanted
            }
        }
    })
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::Unknown => Vec::new(),
        Value::Number(number) => vec![number.to_string()],
        Value::Texts(texts) => texts,
    }
}

fn value(field: Field, facts: &Facts<'_>) -> Value {
    let (offer, release) = (facts.offer, facts.release);
    let text = |text: Option<&str>| match text.filter(|text| !text.is_empty()) {
        Some(text) => Value::Texts(vec![text.to_owned()]),
        None => Value::Unknown,
    };
    let number = |number: Option<f64>| number.map_or(Value::Unknown, Value::Number);
    let list = |list: &[&str]| match list {
        [] => Value::Unknown,
        list => Value::Texts(list.iter().map(ToString::to_string).collect()),
    };
    let megabytes = |bytes: u64| bytes as f64 / MEGABYTE as f64;
    match field {
        Field::Name => text(Some(&offer.title)),
        Field::Series => text(release.series.as_deref()),
        Field::Group => text(release.group),
        Field::Publisher => text(release.publisher.as_deref()),
        Field::Authors => text(release.authors.as_deref()),
        Field::Origin => text(origin(release.origin)),
        Field::Edition => text(Some(&release.edition.word())),
        Field::Special => text(
            release
                .special
                .as_ref()
                .map(|special| special_word(special.kind)),
        ),
        Field::Language => list(&release.languages),
        Field::Format => list(&release.formats),
        Field::Source => text(Some(&offer.source)),
        Field::Indexer => text(Some(&offer.indexer)),
        Field::Complete => text(Some(if release.complete { "true" } else { "false" })),
        Field::Pack => text(Some(if facts.volumes.len() > 1 {
            "true"
        } else {
            "false"
        })),
        Field::Megabytes => number(offer.size.map(megabytes)),
        Field::MegabytesPerVolume => number(facts.bytes_each().map(megabytes)),
        Field::Seeders => number(offer.seeders.map(f64::from)),
        Field::AgeDays => number(facts.age().map(|age| age as f64 / DAY)),
        Field::Volumes => number((!facts.volumes.is_empty()).then_some(facts.volumes.len() as f64)),
        Field::Year => number(release.years.map(|years| f64::from(years.0))),
        Field::Pixels => number(release.resolution.map(f64::from)),
        Field::Confidence => number(Some(f64::from(release.confidence))),
    }
}

/// Its word; none when it is not known.
fn origin(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Unknown => None,
        Origin::Official => Some("official"),
        Origin::Scan => Some("scan"),
        Origin::Fan => Some("fan"),
    }
}

fn special_word(kind: SpecialKind) -> &'static str {
    match kind {
        SpecialKind::HorsSerie => "hors_serie",
        SpecialKind::Artbook => "artbook",
        SpecialKind::Guidebook => "guidebook",
        SpecialKind::Fanbook => "fanbook",
        SpecialKind::Annual => "annual",
        SpecialKind::Anthology => "anthology",
        SpecialKind::Extra => "extra",
        SpecialKind::ShortStories => "short_stories",
        SpecialKind::Novel => "novel",
    }
}
