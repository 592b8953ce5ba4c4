//! What the download clients hold, whoever added it, and how much room they have: asked once a minute at most. [`inbox`]: what lies
//! in the libraries' inbox folders.

pub mod inbox;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use crate::{
    app::App,
    connection::{Role, Settings},
    domain::{
        decide::elsewhere::{Elsewhere, Place},
        link::{ContentId, Network},
        release::{Hints, Kind, parse},
        title::fold,
        volume::VolumeSet,
    },
    health,
    ports::{Client, Holdings, PortError},
    store::{self, StoreError, connection::Connection, grab::Live, series::Stored},
};

/// How long an answer is believed.
const FRESH_MILLIS: i64 = 60_000;

/// What a client holds, read.
#[derive(Debug, Default)]
pub struct Held {
    /// When it was asked; milliseconds since the epoch.
    pub asked_at: i64,
    /// It reaches nobody, and says so.
    pub is_alone: bool,
    /// None when the client could not say.
    pub free_bytes: Option<u64>,
    /// Bytes that its downloads still have to write.
    pub left_bytes: u64,
    /// The identities of those that are not complete.
    unfinished: HashSet<String>,
    /// By the folded title that each name reads: its identity, and the volumes that it promises.
    by_title: HashMap<String, Vec<(Vec<String>, VolumeSet)>>,
}

/// The last answers, by client.
pub type Cache = Mutex<HashMap<i64, (i64, Arc<Held>)>>;

/// What a client holds. One that cannot say holds nothing, as far as is known: that is in its health, and stands in nothing's way.
pub async fn of(app: &App, row: &Connection) -> Arc<Held> {
    let now = app.clock.now();
    if let Some((at, held)) = app
        .holdings
        .lock()
        .expect("no one panics while holding it")
        .get(&row.id)
        && *at + FRESH_MILLIS > now
    {
        return held.clone();
    }
    let answer = match app.client(row) {
        // One that does not answer costs every check its patience: it rests as others that fail do.
        Ok(_) if health::is_resting(row, now) => Err("it failed a moment ago".to_owned()),
        Ok(client) => match client.holdings().await {
            Ok(holdings) => Ok(holdings),
            Err(error) => {
                if let Err(database) = health::failed(app, row.id, &error).await {
                    tracing::error!(error = %database, "how a client is was not written down");
                }
                Err(error.to_string())
            }
        },
        Err(error) => Err(error.to_string()),
    };
    let held = match answer {
        Ok(holdings) => read(app, row, &holdings, now),
        Err(error) => {
            tracing::debug!(
                client = row.name,
                error,
                "a client does not say what it holds"
            );
            // What was sent before may run or not; what is sent from now on does.
            Held {
                asked_at: now,
                ..Held::default()
            }
        }
    };
    // Who waited long for it does not wait again at once.
    remember(app, row.id, app.clock.now(), held)
}

/// What a client said last, when that is not long ago.
pub fn last(app: &App, client: i64) -> Option<Arc<Held>> {
    let cache = app.holdings.lock().expect("no one panics while holding it");
    let (at, held) = cache.get(&client)?;
    (*at + 5 * FRESH_MILLIS > app.clock.now()).then(|| held.clone())
}

/// Asks a client now, whenever it was last asked.
///
/// # Errors
/// When it does not say.
pub async fn ask(app: &App, row: &Connection, client: &dyn Client) -> Result<Holdings, PortError> {
    let now = app.clock.now();
    let holdings = client.holdings().await?;
    remember(app, row.id, now, read(app, row, &holdings, now));
    Ok(holdings)
}

fn remember(app: &App, client: i64, now: i64, held: Held) -> Arc<Held> {
    let held = Arc::new(held);
    let mut cache = app.holdings.lock().expect("no one panics while holding it");
    cache.insert(client, (now, held.clone()));
    held
}

fn read(app: &App, row: &Connection, holdings: &Holdings, now: i64) -> Held {
    let settings = Settings::from_json(&row.kind, &row.config);
    // Whole libraries are shared there: what is complete was not fetched just now.
    let shares = settings.and_then(|settings| settings.network()) == Some(Network::Ed2k);
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::from(Kind::Auto)
    };
    let mut held = Held {
        asked_at: now,
        is_alone: !holdings.connected,
        free_bytes: holdings.free_bytes,
        ..Held::default()
    };
    for item in &holdings.items {
        held.left_bytes = held.left_bytes.saturating_add(item.left_bytes);
        if item.left_bytes > 0 {
            held.unfinished.extend(item.hashes.iter().cloned());
        }
        if shares && item.left_bytes == 0 {
            continue;
        }
        let release = parse(&item.name, hints);
        if let Some(title) = release.series.filter(|_| !release.volumes.is_empty()) {
            let entry = held.by_title.entry(fold(&title)).or_default();
            entry.push((item.hashes.clone(), release.volumes));
        }
    }
    held
}

impl Held {
    /// Those that are not complete. What was sent since the client was asked is not either.
    pub fn unfinished_of<'a>(&self, live: &'a [Live]) -> impl Iterator<Item = &'a Live> {
        live.iter()
            .filter(|grab| self.is_unfinished(grab) || self.is_newer(grab))
    }

    fn is_unfinished(&self, grab: &Live) -> bool {
        let content = ContentId::parse(&grab.content);
        let mut forms = content.iter().flat_map(ContentId::forms);
        forms.any(|form| self.unfinished.contains(&form))
    }

    /// Sent since the client was asked.
    pub fn is_newer(&self, grab: &Live) -> bool {
        grab.created_at >= self.asked_at
    }
}

/// The volumes of a series that are in a client without having been sent from here, or in an inbox: of these clients
/// and libraries.
///
/// # Errors
/// When the database fails.
pub async fn elsewhere(
    app: &App,
    stored: &Stored,
    around: &[Connection],
) -> Result<Elsewhere, StoreError> {
    let names = std::iter::once(&stored.series.title).chain(&stored.series.aliases);
    let names: Vec<String> = names.map(|name| fold(name)).collect();
    let mut elsewhere = Elsewhere::default();
    for (client, volumes) in in_clients(app, around, &names).await? {
        elsewhere.add(Place::Client(client), volumes);
    }
    for (path, volumes) in inbox::of_series(app, around, &names).await {
        elsewhere.add(Place::Inbox(path), volumes);
    }
    Ok(elsewhere)
}

/// By the client's name.
async fn in_clients(
    app: &App,
    around: &[Connection],
    names: &[String],
) -> Result<Vec<(String, VolumeSet)>, StoreError> {
    let mut found = Vec::new();
    let clients = around.iter().filter(|row| Role::of(row) == Role::Client);
    for row in clients.filter(|row| row.enabled) {
        let held = of(app, row).await;
        let of_series = names
            .iter()
            .filter_map(|name| held.by_title.get(name))
            .flatten();
        found.extend(of_series.cloned().map(|item| (row.name.clone(), item)));
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ours: HashSet<String> = store::grab::all_contents(&app.db)
        .await?
        .iter()
        .filter_map(|content| ContentId::parse(content))
        .flat_map(|content| content.forms())
        .collect();
    let mut by_client: BTreeMap<String, VolumeSet> = BTreeMap::new();
    for (client, (hashes, theirs)) in found {
        if !hashes.iter().any(|hash| ours.contains(hash)) {
            by_client.entry(client).or_default().extend_with(&theirs);
        }
    }
    Ok(by_client.into_iter().collect())
}
