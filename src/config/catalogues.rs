//! Tables `[catalogues.NAME]`: who knows how many volumes exist. The names are those of the catalogues.

use super::layers::Layers;
use crate::{
    connection::{
        CatalogueSettings, Secrets, Settings,
        catalogue::{OFFERED, offered},
    },
    domain::identity::Catalogue,
};

/// A catalogue; none when there is none of its name, which is a mistake that is noted.
pub fn catalogue(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    let name = at.strip_prefix("catalogues.").unwrap_or(at);
    let key = |name: &str| format!("{at}.{name}");
    let known = Catalogue::from_word(name).and_then(offered);
    if known.is_none() {
        let words: Vec<&str> = OFFERED.iter().map(|offered| offered.which.word()).collect();
        let problem = format!("there is no such catalogue; there are {}", words.join(", "));
        layers.mistake_at(layers.place_of(&key("url")), format!("{at}: {problem}"));
    }
    let usual = CatalogueSettings::of(known.unwrap_or(&OFFERED[0]));
    let url = layers.text(&key("url")).unwrap_or(usual.url);
    let mut seconds = |name: &str, least: i64, most: i64, usual: u32| {
        let given = layers.number(&key(name), least, most);
        given
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(usual)
    };
    let settings = CatalogueSettings {
        pace_seconds: seconds("pace_seconds", 0, 3_600, usual.pace_seconds),
        timeout_seconds: seconds("timeout_seconds", 1, 600, usual.timeout_seconds),
        url,
    };
    let secrets = Secrets {
        api_key: layers.secret(&key("api_key")),
        ..Secrets::default()
    };
    Some((Settings::Catalogue(known?.which, settings), secrets))
}
