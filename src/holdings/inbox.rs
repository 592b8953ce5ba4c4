//! What lies in the inbox folders of the libraries, read by name: looked at once a minute at most.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::FRESH_MILLIS;
use crate::{
    app::App,
    connection::Settings,
    domain::{
        release::{Hints, Kind, Lexicon, Place, parse},
        title::fold,
        volume::VolumeSet,
    },
    ports::{Inbox, InboxName},
    store::connection::Connection,
};

/// How long a disk may take: one that is away is in nothing's way.
const PATIENCE: Duration = Duration::from_secs(10);

/// What lies in one inbox.
#[derive(Debug)]
pub struct Lying {
    path: String,
    problem: Option<String>,
    /// By the folded title that names read.
    by_title: HashMap<String, VolumeSet>,
}

/// When it was read, of which settings, and what was there.
type Seen = (i64, i64, Arc<Vec<Lying>>);

/// What lay in the inboxes of each library when they were last looked at.
pub type Cache = Mutex<HashMap<i64, Seen>>;

/// The volumes of a series with these folded names that lie in inboxes of these libraries, by the inbox's path.
pub async fn of_series(
    app: &App,
    libraries: &[Connection],
    names: &[String],
) -> Vec<(String, VolumeSet)> {
    let mut found = Vec::new();
    for row in libraries.iter().filter(|row| row.enabled) {
        for lying in of(app, row).await.iter() {
            let volumes = names.iter().filter_map(|name| lying.by_title.get(name));
            let mut all = VolumeSet::default();
            volumes.for_each(|volumes| all.extend_with(volumes));
            found.push((lying.path.clone(), all));
        }
    }
    found
}

/// What is wrong with the inboxes of a library, each in a sentence.
pub async fn problems(app: &App, row: &Connection) -> Vec<String> {
    let inboxes = of(app, row).await;
    let problem = |lying: &Lying| {
        let problem = lying.problem.as_ref()?;
        Some(format!("the inbox folder {}: {problem}", lying.path))
    };
    inboxes.iter().filter_map(problem).collect()
}

async fn of(app: &App, row: &Connection) -> Arc<Vec<Lying>> {
    let Some(Settings::Folder(folder)) = Settings::from_json(&row.kind, &row.config) else {
        return Arc::default();
    };
    if folder.inbox.is_empty() {
        return Arc::default();
    }
    let now = app.clock.now();
    if let Some((at, settings, lying)) = app
        .inboxes
        .lock()
        .expect("no one panics while holding it")
        .get(&row.id)
        && *at + FRESH_MILLIS > now
        && *settings == row.updated_at
    {
        return lying.clone();
    }
    let listed = match app.library(row) {
        Ok(library) => tokio::time::timeout(PATIENCE, library.inboxes()).await.ok(),
        Err(_) => None,
    };
    let listed = listed.unwrap_or_else(|| folder.inbox.iter().map(|path| silent(path)).collect());
    let kind = folder.series.kind();
    let read = |inbox| read(inbox, kind, app.lexicon);
    let lying = Arc::new(listed.into_iter().map(read).collect::<Vec<_>>());
    let mut cache = app.inboxes.lock().expect("no one panics while holding it");
    cache.insert(row.id, (now, row.updated_at, lying.clone()));
    lying
}

fn silent(path: &str) -> Inbox {
    Inbox {
        path: path.to_owned(),
        problem: Some("its disk does not answer; check that it is mounted".into()),
        ..Inbox::default()
    }
}

fn read(inbox: Inbox, kind: Kind, lexicon: &Lexicon) -> Lying {
    let hints = Hints {
        lexicon,
        ..Hints::from(kind)
    };
    let mut by_title: HashMap<String, VolumeSet> = HashMap::new();
    for name in &inbox.names {
        for (title, volumes) in promises(name, hints) {
            by_title.entry(title).or_default().extend_with(&volumes);
        }
    }
    Lying {
        path: inbox.path,
        problem: inbox.problem,
        by_title,
    }
}

/// What a name promises by itself, and as a part of the folder that it is in: `T03` in `Naruto` says nothing alone.
fn promises(name: &InboxName, hints: Hints<'_>) -> Vec<(String, VolumeSet)> {
    let mut found = Vec::new();
    let alone = parse(&name.name, hints);
    let volumes = alone.numbers(hints.kind);
    if let Some(title) = alone.series.as_deref().filter(|_| !alone.is_special()) {
        found.push((fold(title), volumes.clone()));
    }
    if let Some(folder) = &name.folder {
        let title = parse(folder, hints).series;
        let title = fold(title.as_deref().unwrap_or(folder));
        let titles = [title.clone()];
        let inside = Hints {
            titles: &titles,
            place: Place::InSeries,
            ..hints
        };
        let release = parse(&name.name, inside);
        let same = release
            .series
            .as_deref()
            .is_none_or(|own| fold(own) == title);
        if same && !release.is_special() {
            found.push((title, release.numbers(hints.kind).clone()));
        }
    }
    found.retain(|(_, volumes)| !volumes.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_alone_and_as_part_of_its_folder() {
        for (name, folder, expected) in [
            ("Oshi no Ko T03 [FR]", None, "oshi no ko 3"),
            ("Oshi no Ko T03-T05", Some("complete"), "oshi no ko 3-5"),
            ("T03", Some("Oshi no Ko"), "oshi no ko 3"),
            ("03", Some("Oshi no Ko [FR] [CBZ]"), "oshi no ko 3"),
            ("T03", None, ""),
            ("Oshi no Ko", None, ""),
            ("Boruto T03", Some("Naruto"), "boruto 3"),
            ("Oshi no Ko - Artbook 1", None, ""),
        ] {
            let name = InboxName {
                name: name.into(),
                folder: folder.map(Into::into),
            };
            let hints = Hints::from(Kind::Manga);
            let mut found: Vec<String> = promises(&name, hints)
                .into_iter()
                .map(|(title, volumes)| format!("{title} {volumes}"))
                .collect();
            found.dedup();
            assert_eq!(found.join(", "), expected, "{name:?}");
        }
    }
}
