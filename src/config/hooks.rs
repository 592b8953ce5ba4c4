//! Tables `[hooks.NAME]`: who tells us that something changed.

use super::layers::Layers;
use crate::{
    connection::{
        HookSettings, Secrets, Settings,
        hook::{OnUnknown, name_mistake},
    },
    domain::hook::{Kind, Mapping},
};

/// A hook; none when its kind is missing, which is a mistake that is noted.
pub fn hook(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    let name = at.strip_prefix("hooks.").unwrap_or(at);
    let key = |name: &str| format!("{at}.{name}");
    if let Some(problem) = name_mistake(name) {
        layers.mistake_at(layers.place_of(&key("kind")), format!("{at}: {problem}"));
    }
    let words = Kind::ALL.map(Kind::word);
    let kind = layers.one_of(&key("kind"), &words);
    if kind.is_none() {
        let problem = format!("it is missing; it must be {}", words.join(" or "));
        layers.mistake(&key("kind"), &problem);
    }
    let mapping = Mapping {
        event: layers.text(&key("map_event")),
        title: layers.text(&key("map_title")),
        volume: layers.text(&key("map_volume")),
        path: layers.text(&key("map_path")),
        hash: layers.text(&key("map_hash")),
    };
    let on_unknown = layers.one_of(&key("on_unknown"), &["ignore", "look"]);
    let path_mappings = super::connections::mappings(layers, &key("path_mappings"));
    let secrets = Secrets {
        hook_token: layers.secret(&key("token")),
        ..Secrets::default()
    };
    let settings = HookSettings {
        kind: kind.and_then(|word| Kind::from_word(&word))?,
        on_unknown: on_unknown
            .and_then(|word| OnUnknown::from_word(&word))
            .unwrap_or_default(),
        mapping,
        path_mappings,
    };
    Some((Settings::Hook(settings), secrets))
}
