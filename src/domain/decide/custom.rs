//! The user's own rules: each refuses, sends to review, or adds to the weight. A broken one refuses, with its error. Pure.

mod field;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::{Facts, Reason, Ruling};
use crate::domain::volume::VolumeSet;
pub use field::Field;
use field::{Kind, Value, decimal};

/// Conditions of one rule.
pub const MOST_CONDITIONS: usize = 20;
/// Values of one condition.
pub const MOST_VALUES: usize = 100;
/// Letters of a value.
pub const LONGEST_VALUE: usize = 500;
/// Bytes that a compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 20;

/// How a field is compared; each kind of field is by some of these. Nothing but `isUnknown` holds of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Test {
    /// It is one of the values, without regard to case.
    Is,
    /// It is none of the values.
    IsNot,
    /// It is above the value, a number; of several volumes, one is.
    Above,
    /// It is below the value, a number; of several volumes, one is.
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

/// The most by which a rule weighs.
pub const HEAVIEST: i32 = 1_000_000;

impl Then {
    /// From its word and weight.
    ///
    /// # Errors
    /// The name of what is wrong, and a sentence about it.
    pub fn of(word: &str, weight: Option<i32>) -> Result<Self, (&'static str, String)> {
        let wrong = |name, problem: &str| Err((name, problem.to_owned()));
        match (word, weight) {
            ("refuse", None) => Ok(Self::Refuse),
            ("review", None) => Ok(Self::Review),
            ("weigh", Some(weight)) if (-HEAVIEST..=HEAVIEST).contains(&weight) => {
                Ok(Self::Weight(weight))
            }
            ("weigh", Some(_)) => Err((
                "weight",
                format!("it must be a whole number from -{HEAVIEST} to {HEAVIEST}"),
            )),
            ("weigh", None) => wrong("weight", "it is missing: by how much does the rule weigh?"),
            ("refuse" | "review", Some(_)) => {
                wrong("weight", "only a rule that says weigh has one")
            }
            _ => wrong("then", "it must be refuse, review or weigh"),
        }
    }
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
    Numbers { numbers: Vec<f64>, wanted: bool },
    Volumes { volumes: VolumeSet, wanted: bool },
    Above(f64),
    Below(f64),
    Patterns { patterns: Vec<Regex>, wanted: bool },
    Known(bool),
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
        let what = self.compare();
        Ok(Ready {
            field: self.field,
            what: what.map_err(|problem| format!("{}: {problem}", word(&self.field)))?,
        })
    }

    fn compare(&self) -> Result<Compare, String> {
        let (kind, test) = (self.field.kind(), self.test);
        let too_long = |value: &String| value.chars().count() > LONGEST_VALUE;
        if self.values.len() > MOST_VALUES || self.values.iter().any(too_long) {
            return Err(format!(
                "a condition takes at most {MOST_VALUES} values of {LONGEST_VALUE} letters"
            ));
        }
        if !kind.tests().contains(&test) {
            let tests: Vec<String> = kind.tests().iter().map(word).collect();
            return Err(format!(
                "it is not compared by {}; there are: {}",
                word(&test),
                tests.join(", ")
            ));
        }
        let wanted = matches!(test, Test::Is | Test::Matches | Test::IsKnown);
        let values = self.values.iter();
        Ok(match (test, kind) {
            (Test::IsKnown | Test::IsUnknown, _) if self.values.is_empty() => {
                Compare::Known(wanted)
            }
            (Test::IsKnown | Test::IsUnknown, _) => {
                return Err(format!("{} takes no values", word(&test)));
            }
            _ if self.values.is_empty() => return Err(format!("{} needs a value", word(&test))),
            (Test::Above | Test::Below, _) => match (self.values.as_slice(), test) {
                ([bound], Test::Above) => Compare::Above(self.field.number(bound)?),
                ([bound], _) => Compare::Below(self.field.number(bound)?),
                _ => return Err(format!("{} takes one number", word(&test))),
            },
            (Test::Matches | Test::MatchesNot, _) => Compare::Patterns {
                patterns: values.map(|text| pattern(text)).collect::<Result<_, _>>()?,
                wanted,
            },
            (_, Kind::Number) => Compare::Numbers {
                numbers: (values.map(|value| self.field.number(value)))
                    .collect::<Result<_, _>>()?,
                wanted,
            },
            (_, Kind::Volumes) => Compare::Volumes {
                volumes: self.volumes()?,
                wanted,
            },
            _ => Compare::Words {
                words: values
                    .map(|value| kind.text(value))
                    .collect::<Result<_, _>>()?,
                wanted,
            },
        })
    }

    fn volumes(&self) -> Result<VolumeSet, String> {
        let mut all = VolumeSet::default();
        for value in &self.values {
            let volumes: VolumeSet = value.parse().unwrap_or_default();
            if volumes.is_empty() {
                return Err(format!(
                    "'{value}' is no number or range of them, such as 3, 10.5 or 1-12"
                ));
            }
            all.extend_with(&volumes);
        }
        Ok(all)
    }
}

/// As it is written in a rule.
fn word(of: &impl Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() {
        return Err("an empty pattern is found in everything".into());
    }
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
    let any =
        |volumes: &VolumeSet, known: &VolumeSet| known.iter().any(|one| volumes.contains(one));
    conditions.iter().all(|condition| {
        match (&condition.what, condition.field.value(facts)) {
            (Compare::Known(wanted), value) => *wanted != matches!(value, Value::Unknown),
            (_, Value::Unknown) => false,
            (Compare::Above(bound), Value::Number(number)) => number > *bound,
            (Compare::Below(bound), Value::Number(number)) => number < *bound,
            (Compare::Above(bound), Value::Volumes(volumes)) => {
                volumes.last().is_some_and(|last| decimal(last) > *bound)
            }
            (Compare::Below(bound), Value::Volumes(volumes)) => {
                volumes.first().is_some_and(|first| decimal(first) < *bound)
            }
            (Compare::Numbers { numbers, wanted }, Value::Number(number)) => {
                numbers.contains(&number) == *wanted
            }
            (Compare::Volumes { volumes, wanted }, Value::Volumes(known)) => {
                any(volumes, &known) == *wanted
            }
            (Compare::Words { words, wanted }, Value::Texts(texts)) => {
                let found = texts
                    .iter()
                    .any(|text| words.contains(&text.to_lowercase()));
                found == *wanted
            }
            (Compare::Patterns { patterns, wanted }, Value::Texts(texts)) => {
                let found = patterns
                    .iter()
                    .any(|pattern| texts.iter().any(|text| pattern.is_match(text)));
                found == *wanted
            }
            // Each is compared as its kind says, so nothing else comes.
            _ => false,
        }
    })
}
