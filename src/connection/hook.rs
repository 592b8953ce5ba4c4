//! A hook as a connection: who posts, with which token, and where what stands in the bodies.

use serde::{Deserialize, Serialize};

use super::Secrets;
use crate::domain::{
    hook::{Kind, Mapping},
    mapping::{self, Mapping as PathMapping},
};

/// Letters of a pointer.
const LONGEST_POINTER: usize = 500;
/// Path mappings of one hook.
const MOST_MAPPINGS: usize = 50;

/// A hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookSettings {
    /// Who posts.
    pub kind: Kind,
    /// What a body does that is not known.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// Where what stands in a body; only of the kind generic.
    #[serde(default)]
    pub mapping: Mapping,
    /// The sender's folders, as this program sees them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub path_mappings: Vec<PathMapping>,
}

/// What a body does that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is written down.
    #[default]
    Ignore,
    /// Every library is looked at.
    Look,
}

impl OnUnknown {
    /// From its word, as stored and in the configuration.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "ignore" => Some(Self::Ignore),
            "look" => Some(Self::Look),
            _ => None,
        }
    }
}

impl HookSettings {
    /// What is wrong with them, each as the field's name and a sentence.
    pub fn mistakes(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let token = secrets.hook_token.as_ref();
        let wrong = self.path_mappings.iter().find_map(mapping::mistake);
        let found = [
            (
                "token",
                token.is_none_or(|token| !is_token(token.expose())).then(|| {
                    "it must have 16 to 200 letters, digits, '.', '_', '~' or '-'; make one with: openssl rand -hex 16".into()
                }),
            ),
            ("pathMappings", wrong),
            (
                "pathMappings",
                (self.path_mappings.len() > MOST_MAPPINGS).then(|| format!("at most {MOST_MAPPINGS}")),
            ),
        ];
        let told = |(field, problem): (_, Option<String>)| Some((field, problem?));
        let pointers = self.mapping.pointers().map(|(name, pointer)| {
            let problem = pointer.and_then(|pointer| self.pointer_mistake(pointer));
            (name, problem)
        });
        found.into_iter().chain(pointers).filter_map(told).collect()
    }

    fn pointer_mistake(&self, pointer: &str) -> Option<String> {
        if self.kind != Kind::Generic {
            let kind = self.kind.word();
            return Some(format!(
                "a hook of the kind {kind} has none: where what stands there is known"
            ));
        }
        let good = pointer.starts_with('/') && pointer.chars().count() <= LONGEST_POINTER;
        (!good).then(|| {
            format!("it must be a JSON pointer, for example /data/title, of at most {LONGEST_POINTER} letters")
        })
    }
}

/// It stands in addresses, so it has nothing that would have to be escaped there.
fn is_token(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"._~-".contains(&letter);
    (16..=200).contains(&text.len()) && text.bytes().all(plain)
}

/// What is wrong with a hook's name, which stands in its address.
pub fn name_mistake(name: &str) -> Option<&'static str> {
    let small = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let starts = name.bytes().next().is_some_and(small);
    let plain = name
        .bytes()
        .all(|letter| small(letter) || b"_-".contains(&letter));
    (!starts || !plain).then_some(
        "it must be a name of small letters, digits, '-' and '_', for example readarr; it stands in the hook's address",
    )
}
