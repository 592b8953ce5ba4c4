//! Which series, libraries and grabs of ours a body means. Only what fits exactly is meant: a whole title or alias, a place inside a library,
//! the hash of a download.

use std::path::{Component, Path, PathBuf};

use crate::{
    app::App,
    connection::{HookSettings, Role, Settings, hook::OnUnknown},
    domain::{
        hook::{Effect, Reading},
        mapping,
    },
    store::{self, StoreError, connection::Connection},
};

/// Series, libraries and grabs that one body means, each.
const MOST: usize = 50;

/// Something of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name, for people.
    pub name: String,
}

/// What a body means here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// They are due, once their libraries were looked at.
    pub series: Vec<Named>,
    /// They are looked at.
    pub libraries: Vec<Named>,
    /// Of these, the servers that are asked for these series only.
    pub in_part: Vec<i64>,
    /// Their clients are asked now.
    pub grabs: Vec<Named>,
    /// What comes of it.
    pub sentence: String,
}

impl Meaning {
    /// Anything comes of it.
    pub fn is_something(&self) -> bool {
        !(self.series.is_empty() && self.libraries.is_empty() && self.grabs.is_empty())
    }

    fn nothing(sentence: String) -> Self {
        Self {
            sentence,
            ..Self::default()
        }
    }
}

/// What it means here.
///
/// # Errors
/// When the database fails.
pub async fn of(
    app: &App,
    settings: &HookSettings,
    reading: &Reading,
) -> Result<Meaning, StoreError> {
    match &reading.effect {
        Effect::Test => Ok(Meaning::nothing("a test: it came".into())),
        Effect::Nothing { why } => Ok(Meaning::nothing(format!("nothing: {why}"))),
        Effect::Unknown { why } if settings.on_unknown == OnUnknown::Ignore => {
            Ok(Meaning::nothing(format!("nothing: {why}")))
        }
        Effect::Unknown { why } => everything(app, &format!("{why}, so ")).await,
        Effect::Look => everything(app, "").await,
        Effect::Advance { hashes } => {
            let mut meaning = Meaning::default();
            by_hash(app, hashes, &mut meaning).await?;
            // What came of a download is looked into when its client has it, not before.
            meaning.series.clear();
            Ok(told(meaning, "none of our downloads has this hash"))
        }
        Effect::Series {
            titles,
            paths,
            hashes,
        } => {
            let mut meaning = Meaning::default();
            by_hash(app, hashes, &mut meaning).await?;
            by_title(app, titles, &mut meaning).await?;
            by_path(app, settings, paths, &mut meaning).await?;
            add_libraries(app, &mut meaning).await?;
            Ok(told(
                meaning,
                "no series has such a title, no library holds such a path, and none of our downloads has such a hash",
            ))
        }
    }
}

async fn everything(app: &App, because: &str) -> Result<Meaning, StoreError> {
    let rows = store::connection::list(&app.db, Role::Library.word()).await?;
    let libraries = rows.into_iter().filter(|row| row.enabled).map(named);
    Ok(Meaning {
        libraries: libraries.collect(),
        sentence: format!("{because}every library is looked at"),
        ..Meaning::default()
    })
}

fn named(row: Connection) -> Named {
    Named {
        id: row.id,
        name: row.name,
    }
}

fn put(named: &mut Vec<Named>, id: i64, name: String) {
    if named.len() < MOST && named.iter().all(|known| known.id != id) {
        named.push(Named { id, name });
    }
}

/// The grabs that are in clients by their hashes, and their series.
async fn by_hash(app: &App, hashes: &[String], meaning: &mut Meaning) -> Result<(), StoreError> {
    if hashes.is_empty() {
        return Ok(());
    }
    for grab in store::grab::in_clients(&app.db).await? {
        let forms = grab.content.forms();
        if hashes.iter().any(|hash| forms.contains(hash)) {
            put(&mut meaning.grabs, grab.id, grab.title);
            let stored = store::series::get(&app.db, grab.series_id).await?;
            if let Some(stored) = stored {
                put(&mut meaning.series, grab.series_id, stored.series.title);
            }
        }
    }
    Ok(())
}

async fn by_title(app: &App, titles: &[String], meaning: &mut Meaning) -> Result<(), StoreError> {
    for title in titles {
        for (id, name) in store::series::called(&app.db, title).await? {
            put(&mut meaning.series, id, name);
        }
    }
    Ok(())
}

/// The libraries that hold a path, and the series in whose folder it lies.
async fn by_path(
    app: &App,
    settings: &HookSettings,
    paths: &[String],
    meaning: &mut Meaning,
) -> Result<(), StoreError> {
    let paths = paths.iter();
    let ours = paths.filter_map(|path| mapping::map(&settings.path_mappings, path));
    let ours: Vec<PathBuf> = ours.map(PathBuf::from).collect();
    if ours.is_empty() {
        return Ok(());
    }
    for row in store::connection::list(&app.db, Role::Library.word()).await? {
        let Some(Settings::Folder(folder)) = Settings::from_json(&row.kind, &row.config) else {
            continue;
        };
        let inside = ours
            .iter()
            .filter_map(|path| path.strip_prefix(&folder.path).ok());
        let inside: Vec<&Path> = inside.collect();
        if inside.is_empty() || !row.enabled {
            continue;
        }
        for link in store::link::of_library(&app.db, row.id).await? {
            let folder = Path::new(&link.key);
            let is_folder = folder
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            if is_folder && inside.iter().any(|path| path.starts_with(folder)) {
                let stored = store::series::get(&app.db, link.series_id).await?;
                if let Some(stored) = stored {
                    put(&mut meaning.series, link.series_id, stored.series.title);
                }
            }
        }
        put(&mut meaning.libraries, row.id, row.name);
    }
    Ok(())
}

/// The libraries that show the series.
async fn add_libraries(app: &App, meaning: &mut Meaning) -> Result<(), StoreError> {
    for series in &meaning.series {
        let rows = store::connection::libraries_of(&app.db, series.id).await?;
        for row in rows.into_iter().filter(|row| row.enabled) {
            let is_new = meaning.libraries.iter().all(|known| known.id != row.id);
            let settings = Settings::from_json(&row.kind, &row.config);
            if is_new && matches!(settings, Some(Settings::Server(..))) {
                meaning.in_part.push(row.id);
            }
            put(&mut meaning.libraries, row.id, row.name);
        }
    }
    Ok(())
}

/// With the sentence of what comes of it.
fn told(meaning: Meaning, otherwise: &str) -> Meaning {
    let names = |named: &[Named]| {
        let shown = named.iter().take(3).map(|one| format!("'{}'", one.name));
        let more = named.len().saturating_sub(3);
        let more = (more > 0).then(|| format!("{more} more"));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    };
    let said = [
        ("asked for at its client", &meaning.grabs),
        ("looked at", &meaning.libraries),
        ("due", &meaning.series),
    ];
    let said = said.into_iter().filter(|(_, named)| !named.is_empty());
    let said: Vec<String> = said
        .map(|(what, named)| format!("{what}: {}", names(named)))
        .collect();
    let sentence = match said.is_empty() {
        true => format!("nothing: {otherwise}"),
        false => said.join("; "),
    };
    Meaning {
        sentence,
        ..meaning
    }
}
