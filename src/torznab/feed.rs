//! The items of a page.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::{
    Feed, Item, category::Categories, index::Part, memory::Beginning, request::Asked, token, words,
};
use crate::{
    app::App,
    connection::{EBDZ, Role},
    domain::{
        release::{Hints, Kind, Release, parse},
        units::DAY,
    },
    forums,
    secret::{SecretError, Signer},
    store::{
        self, StoreError,
        feed::Shown,
        forum::{Found, Wanted},
    },
};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    /// How it calls itself.
    pub agent: String,
    /// From where it asks.
    pub address: String,
}

/// The items of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// In the order in which they are shown.
    pub items: Vec<Item>,
    /// Of how many.
    pub total: usize,
}

/// Why there are no items.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The key for signing.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The path below which items are fetched.
pub const DOWNLOADS: &str = "/torznab/dl";

/// Reads a page for a consumer, to whom we are reached at `home`.
///
/// # Errors
/// When the database fails, or the key for signing is missing.
pub async fn items(
    app: &Arc<App>,
    feed: Feed,
    asked: &Asked,
    consumer: &Consumer,
    home: &str,
) -> Result<Items, FeedError> {
    let mut items = match feed {
        Feed::Found => offers(app, (feed, Part::Found), asked, consumer, home).await?,
        Feed::Fresh => offers(app, (feed, Part::All), asked, consumer, home).await?,
        Feed::Ebdz => links(app, asked, consumer, home).await?,
    };
    // Prowlarr, Readarr and others refuse a feed of which their first look shows nothing; some of them name categories then.
    let first_look = Asked {
        categories: asked.categories,
        limit: asked.limit,
        ..Asked::default()
    };
    if *asked == first_look && items.total == 0 {
        items.items.push(sample(feed, app.started_at, home));
        items.total = 1;
    }
    Ok(items)
}

/// Whoever pages through one search.
fn walk(feed: Feed, asked: &Asked, consumer: &Consumer) -> u64 {
    let search = Asked {
        limit: 0,
        offset: 0,
        ..asked.clone()
    };
    let mut hasher = DefaultHasher::new();
    (feed, search, consumer).hash(&mut hasher);
    hasher.finish()
}

async fn offers(
    app: &Arc<App>,
    (feed, part): (Feed, Part),
    asked: &Asked,
    consumer: &Consumer,
    home: &str,
) -> Result<Items, FeedError> {
    let (who, now) = (walk(feed, asked, consumer), app.clock.now());
    let found = app.feeds.look(app, |index| {
        let latest = Beginning {
            top: index.top(),
            at: now,
        };
        let page = (asked.offset, asked.limit);
        let (window, began) = app.feeds.begins(who, page, latest);
        index.find(part, asked, window, began.at)
    });
    let found = found.await?;
    if let Some(last) = found.ids.last() {
        let next = asked.offset.saturating_add(found.ids.len());
        app.feeds.ends(who, next, *last, now);
    }
    let shown = store::feed::page(&app.db, &found.ids).await?;
    let signer = token::signer(app)?;
    let items = shown.into_iter().map(|shown| offer(&signer, shown, home));
    Ok(Items {
        items: items.collect(),
        total: found.total,
    })
}

fn offer(signer: &Signer, shown: Shown, home: &str) -> Item {
    let token = token::of_offer(signer, shown.id, &shown.fingerprint);
    Item {
        guid: format!("http://lacunarr/{}", shown.fingerprint),
        link: format!("{home}{DOWNLOADS}/{token}"),
        is_ed2k: false,
        size: shown.size,
        published_at: shown.published_at,
        categories: Categories::of(&shown.categories(), shown.kind(), &shown.language),
        seeders: shown.seeders,
        infohash: shown.infohash(),
        description: description(&shown),
        title: shown.title,
        language: shown.language,
        book: shown.series,
    }
}

/// What the rules say of it, for people.
fn description(shown: &Shown) -> String {
    let volumes = match shown.volumes.as_str() {
        "" => String::new(),
        volumes => format!(", {volumes}"),
    };
    let verdict = match shown.decision.as_str() {
        "accepted" => "accepted",
        "review" => "for you to decide",
        _ => "refused",
    };
    let reasons = shown.reasons();
    let why = match reasons.is_empty() {
        true => String::new(),
        false => format!(": {}", reasons.join("; ")),
    };
    format!(
        "{}{volumes} ({}): {verdict}{why}",
        shown.series, shown.indexer
    )
}

/// The links that were seen first last, each file once. Of more than are read the oldest are in no page.
async fn links(
    app: &Arc<App>,
    asked: &Asked,
    consumer: &Consumer,
    home: &str,
) -> Result<Items, FeedError> {
    let (who, now) = (walk(Feed::Ebdz, asked, consumer), app.clock.now());
    let latest = Beginning { top: now, at: now };
    let (_, began) = app.feeds.begins(who, (asked.offset, asked.limit), latest);
    let terms = words::of_query(&asked.text);
    let wanted = Wanted {
        words: words::surely_there(&terms),
        until: Some(began.at),
        ..Wanted::default()
    };
    let window = store::Window {
        limit: forums::MOST_READ,
        offset: 0,
    };
    let signer = token::signer(app)?;
    let (mut known, mut items) = (HashSet::new(), Items::default());
    for source in store::connection::list(&app.db, Role::Source.word()).await? {
        if source.kind != EBDZ {
            continue;
        }
        let found = store::forum::find(&app.db, source.id, &wanted, window).await?;
        for link in found.records {
            if !known.insert(link.id) || !is_asked(app, &link, (asked, &terms), began.at) {
                continue;
            }
            if items.total >= asked.offset && items.items.len() < asked.limit {
                items.items.push(self::link(app, &signer, &link, home));
            }
            items.total += 1;
        }
    }
    Ok(items)
}

fn is_asked(app: &App, link: &Found, (asked, terms): (&Asked, &[Vec<String>]), now: i64) -> bool {
    let age = now.saturating_sub(link.first_seen_at) / DAY;
    let days = |days: u64| i64::try_from(days).unwrap_or(i64::MAX);
    let release = read_name(app, &link.name);
    let language = release.languages.first().copied().unwrap_or("fr");
    let categories = Categories::of(&[], Kind::Auto, language);
    let (words, year) = words::of_name(&link.name, &release.volumes, &link.thread);
    asked.categories.is_none_or(|asked| asked.meets(categories))
        && asked.least_age.is_none_or(|least| age >= days(least))
        && asked.most_age.is_none_or(|most| age <= days(most))
        && asked.fits_size(Some(link.id.size))
        && asked.fits_year(year)
        && terms
            .iter()
            .all(|forms| forms.iter().any(|form| words.contains(form)))
}

fn read_name<'a>(app: &App, name: &'a str) -> Release<'a> {
    let hints = Hints {
        lexicon: app.lexicon,
        ..Hints::default()
    };
    parse(name, hints)
}

fn link(app: &App, signer: &Signer, link: &Found, home: &str) -> Item {
    let token = token::of_file(signer, &link.id);
    let release = read_name(app, &link.name);
    let language = release.languages.first().copied().unwrap_or("fr");
    Item {
        guid: format!("http://lacunarr/{}-{}", link.id.as_hex(), link.id.size),
        title: link.name.clone(),
        link: format!("{home}{DOWNLOADS}/{token}"),
        is_ed2k: true,
        size: Some(link.id.size),
        published_at: link.first_seen_at,
        categories: Categories::of(&[], Kind::Auto, language),
        seeders: None,
        infohash: None,
        language: language.to_owned(),
        book: release
            .series
            .map(|series| series.to_string())
            .unwrap_or_default(),
        description: link.thread.clone(),
    }
}

/// It says that the feed works, and cannot be fetched.
fn sample(feed: Feed, at: i64, home: &str) -> Item {
    Item {
        guid: format!("http://lacunarr/sample-{}", feed.word()),
        title: "Lacunarr: nothing is in this feed yet".into(),
        link: format!("{home}{DOWNLOADS}/sample"),
        size: Some(1),
        published_at: at,
        categories: Categories::ALL,
        language: "fr".into(),
        description: "This item stands for itself until there is something, of the categories that were asked for".into(),
        ..Item::default()
    }
}
