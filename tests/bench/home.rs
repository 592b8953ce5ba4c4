//! A made-up home for benchmarks: 10,000 series with 5 gaps each on a real disk, and a source that answers at once.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    sync::Arc,
};

use lacunarr::{app::App, clock::Clock, config, store, worker::scan};
use poem::{Request, Response, endpoint::make};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{
    reply::{json_of, parameters, status},
    server::Server,
};

/// Series in the library.
pub const SERIES: usize = 10_000;
/// Volumes that are missing of each: 2 to 6, between 1 and 7.
pub const GAPS: usize = 5;
/// Releases in an answer of the source.
pub const OFFERS: usize = 20;

/// What has to live as long as the program.
pub struct Home {
    /// Scanned, not armed.
    pub app: Arc<App>,
    _source: Server,
    _folder: TempDir,
}

/// Makes the library, opens the program on it and lets it scan.
pub async fn home() -> Home {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("manga");
    for number in 0..SERIES {
        let title = title(number);
        let series = library.join(&title);
        fs::create_dir_all(&series).expect("a folder");
        for volume in [1, 7] {
            File::create(series.join(format!("{title} T{volume:02}.cbz"))).expect("a file");
        }
    }
    let source = Server::start(make(|request: Request| async move {
        Ok::<_, poem::Error>(answer(&request))
    }));
    let environment: BTreeMap<String, String> = [
        ("LIBRARIES__MANGA__KIND", "folder".to_owned()),
        ("LIBRARIES__MANGA__PATH", library.display().to_string()),
        ("SOURCES__PROWLARR__KIND", "prowlarr".into()),
        ("SOURCES__PROWLARR__URL", source.url().to_string()),
        ("SOURCES__PROWLARR__API_KEY", "0".repeat(32)),
        ("SETTINGS__QUERIES_PER_DAY", "100000".into()),
        ("SETTINGS__SECONDS_BETWEEN_QUERIES", "0".into()),
    ]
    .into_iter()
    .map(|(name, value)| (format!("LACUNARR__{name}"), value))
    .collect();
    let data = folder.path().join("data");
    let config = config::load(&data, None, environment).expect("a configuration");
    let app = App::open(config, Clock::System).await.expect("it opens");
    scan::step(&app).await.expect("a scan");
    let (series, _, missing) = store::series::counts(&app.db).await.expect("counts");
    assert_eq!(
        (series, missing),
        (SERIES as i64, (SERIES * GAPS) as i64),
        "the library is not read as it was made"
    );
    Home {
        app,
        _source: source,
        _folder: folder,
    }
}

/// Of words that are no other's beginning, so that no two are alike.
pub fn title(number: usize) -> String {
    const STARTS: [&str; 22] = [
        "Ka", "Mi", "Ro", "Tsu", "Ven", "Bel", "Dor", "Fal", "Gri", "Hon", "Ler", "Pas", "Quo",
        "Sta", "Wel", "Yor", "Zan", "Cla", "Edo", "Ima", "Osu", "Ura",
    ];
    const MIDDLES: [&str; 22] = [
        "ra", "ne", "to", "mi", "su", "la", "vi", "do", "ke", "ba", "ju", "zo", "fe", "gu", "hy",
        "po", "ci", "xa", "wo", "re", "lu", "ny",
    ];
    const ENDS: [&str; 22] = [
        "kami", "sora", "veil", "mont", "lune", "gard", "zuki", "hara", "nord", "bois", "tane",
        "rive", "flam", "dune", "perl", "cord", "mist", "bruk", "shin", "golt", "pryd", "welt",
    ];
    let [start, middle, end] = [number % 22, number / 22 % 22, number / 484 % 22];
    format!("{}{}{}", STARTS[start], MIDDLES[middle], ENDS[end])
}

fn answer(request: &Request) -> Response {
    match request.uri().path() {
        "/api/v1/indexer" => json_of(&json!([{
            "id": 1, "name": "Made-up", "enable": true, "protocol": "torrent", "privacy": "public", "language": "fr-FR",
        }])),
        "/api/v1/indexerstatus" => json_of(&json!([])),
        "/api/v1/search" => {
            let term = parameters(request)
                .into_iter()
                .find(|(name, _)| name == "query")
                .map(|(_, term)| term)
                .unwrap_or_default();
            json_of(&names(&term).iter().enumerate().map(release).collect())
        }
        _ => status(404),
    }
}

/// What is found for a title: three releases of each volume that is missing, and five others.
pub fn names(title: &str) -> [String; OFFERS] {
    const FORMS: [&str; 3] = [
        "T0# [CBZ] FR",
        "Tome 0# (2019) (Digital) [CBZ] FR",
        "v0# [PDF] FR",
    ];
    std::array::from_fn(|at| match at {
        15 => format!("{title} T01 à T07 [CBZ] FR"),
        16 => format!("{title} Vol. 02 [English] [CBZ]"),
        17 => format!("{title} T01 [CBZ] FR"),
        18 => format!("{title} Origines T03 [CBZ] FR"),
        19 => format!("{title} Chapitres 40 à 52 [CBZ] FR"),
        _ => {
            let volume = (at / 3 + 2).to_string();
            format!("{title} {}", FORMS[at % 3].replace('#', &volume))
        }
    })
}

fn release((at, name): (usize, &String)) -> Value {
    json!({
        "guid": format!("https://tracker.example/torrents/{name}"), "size": 61_000_000 + at * 1_000_000, "indexerId": 1,
        "indexer": "Made-up", "title": name, "publishDate": "2026-10-01T12:00:00Z", "protocol": "torrent", "seeders": 3 + at,
        "categories": [{"id": 7030, "name": "Books/Comics"}], "infoHash": format!("{:040x}", seed(name)),
        "downloadUrl": format!("http://127.0.0.1:9/1/download?link={name}"),
    })
}

/// A number for a name.
fn seed(name: &str) -> u64 {
    name.bytes().fold(14_695_981_039_346_656_037, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    })
}
