//! Tables `[libraries.NAME]`, `[sources.NAME]`, `[clients.NAME]`, `[targets.NAME]`, `[hooks.NAME]` and `[catalogues.NAME]`.

use super::{FileConnection, catalogues, hooks, layers::Layers, targets};
use crate::{
    connection::{
        AmuleSettings, ComicInfo, Convert, EbdzSettings, FolderSettings, Placing, ProwlarrSettings,
        QBittorrentSettings, Secrets, SeriesSettings, Server, ServerSettings, Settings,
        TorznabSettings,
    },
    domain::{link::Network, mapping::Mapping},
};

/// A table's settings; none when its kind is missing or wrong, which is a mistake that is noted.
type Read = fn(&mut Layers, &str) -> Option<(Settings, Secrets)>;

const TABLES: [(&str, Read); 6] = [
    ("libraries", library),
    ("sources", source),
    ("clients", client),
    ("targets", targets::target),
    ("hooks", hooks::hook),
    ("catalogues", catalogues::catalogue),
];

pub fn connections(layers: &mut Layers) -> Vec<FileConnection> {
    let mut found = Vec::new();
    for (table, read) in TABLES {
        for name in layers.names_under(table) {
            let at = format!("{table}.{name}");
            let armed = match table {
                "libraries" => layers.flag(&format!("{at}.armed")),
                _ => None,
            };
            // The others are in use as long as they stand there.
            let enabled = match table {
                "catalogues" => layers.flag(&format!("{at}.enabled")),
                _ => None,
            };
            let Some((settings, secrets)) = read(layers, &at) else {
                continue;
            };
            for (field, problem) in settings.mistakes(&secrets) {
                layers.mistake(&key_of(&at, field), &problem);
            }
            found.push(FileConnection {
                name,
                settings,
                secrets,
                armed,
                enabled: enabled.unwrap_or(true),
            });
        }
    }
    found
}

/// The key that stands for a field of the API, of the table `at`.
pub(super) fn key_of(at: &str, field: &str) -> String {
    match field.strip_prefix("mapping.") {
        Some(name) => format!("{at}.map_{name}"),
        None => format!("{at}.{}", snake(field)),
    }
}

pub(super) fn snake(field: &str) -> String {
    field
        .chars()
        .flat_map(|letter| {
            letter
                .is_uppercase()
                .then_some('_')
                .into_iter()
                .chain(letter.to_lowercase())
        })
        .collect()
}

/// Which of these a table says that it is. One that says nothing is read on, so that its other keys are not unknown besides.
fn kind(layers: &mut Layers, at: &str, kinds: &[&str]) -> Option<String> {
    let at = format!("{at}.kind");
    let kind = layers.one_of(&at, kinds);
    if kind.is_none() {
        let problem = format!("it is missing; it must be {}", kinds.join(" or "));
        layers.mistake(&at, &problem);
    }
    kind
}

fn library(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    let kind = kind(layers, at, &["folder", "komga", "kavita"]);
    let kind = kind.unwrap_or_default();
    if kind == "folder" {
        return Some((Settings::Folder(folder(layers, at)), Secrets::default()));
    }
    if let Some(server) = Server::from_word(&kind) {
        return Some(shown(layers, at, server));
    }
    // Nobody knows which keys it needs; none of those of any kind is unknown besides.
    folder(layers, at);
    shown(layers, at, Server::Komga);
    None
}

fn series(layers: &mut Layers, at: &str) -> SeriesSettings {
    let usual = SeriesSettings::default();
    let mut text = |key: &str| layers.text(&format!("{at}.{key}"));
    SeriesSettings {
        content: text("content").unwrap_or(usual.content),
        language: text("language").unwrap_or(usual.language),
        profile: text("profile"),
        monitor: layers
            .flag(&format!("{at}.monitor"))
            .unwrap_or(usual.monitor),
    }
}

fn shown(layers: &mut Layers, at: &str, server: Server) -> (Settings, Secrets) {
    let key = |name: &str| format!("{at}.{name}");
    let usual = ServerSettings::of(&layers.text(&key("url")).unwrap_or_default());
    let mut seconds = |name: &str, least: i64, most: i64, usual: u32| {
        let given = layers.number(&key(name), least, most);
        given
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(usual)
    };
    let settings = ServerSettings {
        timeout_seconds: seconds("timeout_seconds", 1, 600, usual.timeout_seconds),
        settle_seconds: seconds("settle_seconds", 1, 600, usual.settle_seconds),
        poll_seconds: seconds("poll_seconds", 10, 86_400, usual.poll_seconds),
        username: layers.text(&key("username")),
        server_library: layers.text(&key("server_library")),
        series: series(layers, at),
        url: usual.url,
    };
    let secrets = Secrets {
        api_key: layers.secret(&key("api_key")),
        password: layers.secret(&key("password")),
        ..Secrets::default()
    };
    (Settings::Server(server, settings), secrets)
}

fn folder(layers: &mut Layers, at: &str) -> FolderSettings {
    let key = |name: &str| format!("{at}.{name}");
    let usual = FolderSettings::of(&layers.text(&key("path")).unwrap_or_default());
    let placing = layers.one_of(&key("placing"), &["off", "folder"]);
    let convert = layers.one_of(&key("convert"), &["off", "cbz"]);
    let comic_info = layers.one_of(&key("comic_info"), &["off", "missing"]);
    FolderSettings {
        path: usual.path,
        levels: layers.number(&key("levels"), 0, 4).unwrap_or(0) as u8,
        series: series(layers, at),
        inbox: layers.texts(&key("inbox")).unwrap_or_default(),
        placing: placing
            .and_then(|word| Placing::from_word(&word))
            .unwrap_or(usual.placing),
        convert: convert
            .and_then(|word| Convert::from_word(&word))
            .unwrap_or(usual.convert),
        comic_info: comic_info
            .and_then(|word| ComicInfo::from_word(&word))
            .unwrap_or(usual.comic_info),
        naming: layers.text(&key("naming")),
        follow_names: layers
            .flag(&key("follow_names"))
            .unwrap_or(usual.follow_names),
    }
}

fn source(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    match kind(layers, at, &["prowlarr", "torznab", "ebdz"]).as_deref() {
        Some("prowlarr") => Some(prowlarr(layers, at)),
        Some("torznab") => Some(torznab(layers, at)),
        Some("ebdz") => Some(ebdz(layers, at)),
        _ => {
            // Nobody knows which keys it needs; none of those of any kind is unknown besides.
            prowlarr(layers, at);
            torznab(layers, at);
            ebdz(layers, at);
            None
        }
    }
}

fn prowlarr(layers: &mut Layers, at: &str) -> (Settings, Secrets) {
    let settings = ProwlarrSettings {
        url: layers.text(&format!("{at}.url")).unwrap_or_default(),
        categories: layers
            .numbers(&format!("{at}.categories"))
            .unwrap_or_else(|| vec![7000, 7030]),
        indexers: layers
            .numbers(&format!("{at}.indexers"))
            .unwrap_or_default(),
        timeout_seconds: layers
            .number(&format!("{at}.timeout_seconds"), 1, 600)
            .unwrap_or(90) as u32,
    };
    let secrets = Secrets {
        api_key: layers.secret(&format!("{at}.api_key")),
        ..Secrets::default()
    };
    (Settings::Prowlarr(settings), secrets)
}

fn torznab(layers: &mut Layers, at: &str) -> (Settings, Secrets) {
    let key = |name: &str| format!("{at}.{name}");
    let usual = TorznabSettings::default();
    let private = layers.flag(&key("private"));
    let mut flag = |name: &str, usual: bool| layers.flag(&key(name)).unwrap_or(usual);
    let settings = TorznabSettings {
        private,
        rss: flag("rss", usual.rss),
        automatic_search: flag("automatic_search", usual.automatic_search),
        interactive_search: flag("interactive_search", usual.interactive_search),
        url: layers.text(&key("url")).unwrap_or(usual.url),
        api_path: layers.text(&key("api_path")).unwrap_or(usual.api_path),
        categories: layers
            .numbers(&key("categories"))
            .unwrap_or(usual.categories),
        timeout_seconds: layers.number(&key("timeout_seconds"), 1, 600).unwrap_or(90) as u32,
        usenet: usual.usenet,
        kept: usual.kept,
    };
    let secrets = Secrets {
        api_key: layers.secret(&key("api_key")),
        ..Secrets::default()
    };
    (Settings::Torznab(settings), secrets)
}

fn ebdz(layers: &mut Layers, at: &str) -> (Settings, Secrets) {
    let key = |name: &str| format!("{at}.{name}");
    let usual = EbdzSettings::default();
    let mut number = |name: &str, least: i64, most: i64, usual: u32| {
        let given = layers.number(&key(name), least, most);
        given
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(usual)
    };
    let settings = EbdzSettings {
        pace_seconds: number("pace_seconds", 0, 600, usual.pace_seconds),
        crawl_hours: number("crawl_hours", 1, 168, usual.crawl_hours),
        timeout_seconds: number("timeout_seconds", 1, 600, usual.timeout_seconds),
        url: layers.text(&key("url")).unwrap_or(usual.url),
        username: layers.text(&key("username")),
        forums: layers.numbers(&key("forums")).unwrap_or(usual.forums),
        full_sweep: layers.flag(&key("full_sweep")).unwrap_or(usual.full_sweep),
    };
    let secrets = Secrets {
        password: layers.secret(&key("password")),
        cookie: layers.secret(&key("cookie")),
        ..Secrets::default()
    };
    (Settings::Ebdz(settings), secrets)
}

/// Each is `there -> here`.
pub(super) fn mappings(layers: &mut Layers, at: &str) -> Vec<Mapping> {
    let mut mappings = Vec::new();
    for text in layers.texts(at).unwrap_or_default() {
        match text.parse::<Mapping>() {
            Ok(mapping) => mappings.push(mapping),
            Err(mistake) => layers.mistake(at, &mistake),
        }
    }
    mappings
}

fn client(layers: &mut Layers, at: &str) -> Option<(Settings, Secrets)> {
    let kind = kind(layers, at, &["qbittorrent", "amule"]);
    Some(match kind.as_deref() {
        Some("amule") => amule(layers, at),
        _ => qbittorrent(layers, at),
    })
}

fn qbittorrent(layers: &mut Layers, at: &str) -> (Settings, Secrets) {
    let usual = QBittorrentSettings::default();
    let networks = Network::ALL.map(Network::word);
    let network = layers.one_of(&format!("{at}.network"), &networks);
    let settings = QBittorrentSettings {
        url: layers.text(&format!("{at}.url")).unwrap_or_default(),
        username: layers.text(&format!("{at}.username")),
        category: layers
            .text(&format!("{at}.category"))
            .unwrap_or(usual.category),
        tags: layers.texts(&format!("{at}.tags")).unwrap_or(usual.tags),
        save_path: layers.text(&format!("{at}.save_path")),
        paused: layers.flag(&format!("{at}.paused")).unwrap_or(usual.paused),
        timeout_seconds: patience(layers, at),
        mappings: mappings(layers, &format!("{at}.mappings")),
        network: network
            .and_then(|word| Network::from_word(&word))
            .unwrap_or_default(),
    };
    let secrets = Secrets {
        api_key: layers.secret(&format!("{at}.api_key")),
        password: layers.secret(&format!("{at}.password")),
        ..Secrets::default()
    };
    (Settings::QBittorrent(settings), secrets)
}

fn amule(layers: &mut Layers, at: &str) -> (Settings, Secrets) {
    let usual = AmuleSettings::default();
    let port = layers.number(&format!("{at}.port"), 1, u16::MAX.into());
    let settings = AmuleSettings {
        host: layers.text(&format!("{at}.host")).unwrap_or_default(),
        port: port
            .and_then(|port| port.try_into().ok())
            .unwrap_or(usual.port),
        category: layers
            .text(&format!("{at}.category"))
            .unwrap_or(usual.category),
        timeout_seconds: patience(layers, at),
        mappings: mappings(layers, &format!("{at}.mappings")),
    };
    let secrets = Secrets {
        password: layers.secret(&format!("{at}.password")),
        ..Secrets::default()
    };
    (Settings::Amule(settings), secrets)
}

fn patience(layers: &mut Layers, at: &str) -> u32 {
    let seconds = layers.number(&format!("{at}.timeout_seconds"), 1, 600);
    seconds.unwrap_or(30) as u32
}
