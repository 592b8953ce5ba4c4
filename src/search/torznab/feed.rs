//! The answer to a search, read item by item: absent and absurd fields are unknown, and a broken release does not lose the others. Pure.

use chrono::DateTime;

use super::{
    ONLY,
    xml::{Element, LONGEST, Met, walk},
};
use crate::{
    domain::link::{ContentId, Ed2kLink, Magnet, Network, TorrentId},
    ports::{RawOffer, ReleaseLink},
    search::reading::{count, moment, printable},
};

/// Items of a page that are read.
const MOST_ITEMS: usize = 1_000;
/// Attributes and categories of an item that are read.
const MOST_PARTS: usize = 100;
/// Categories of an offer at most.
const MOST_CATEGORIES: usize = 50;
/// What a torrent is in an enclosure; of a magnet more follows.
const TORRENT: &str = "application/x-bittorrent";

/// A page.
#[derive(Debug, Default)]
pub(super) struct Feed {
    items: Vec<Item>,
    /// Of how many it is a part, when that is said.
    pub total: Option<u64>,
}

/// `<error code="…" description="…"/>`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: u32,
    pub description: String,
}

#[derive(Debug, Default)]
struct Item {
    title: String,
    guid: String,
    link: String,
    published: String,
    size: String,
    categories: Vec<String>,
    enclosures: Vec<Enclosure>,
    /// Names in small letters.
    attributes: Vec<(String, String)>,
    /// `public`, `private` or `semi-private`: of Prowlarr an attribute, of Jackett an element.
    origin: String,
}

#[derive(Debug, Default)]
struct Enclosure {
    url: String,
    kind: String,
    length: String,
}

/// What an indexer answers instead of what it was asked for; none when that is something else.
pub(super) fn refusal(text: &str) -> Option<Refusal> {
    if !text.contains("<error") {
        return None;
    }
    let (mut found, mut is_first) = (None, true);
    // A broken rest does not make it anything else.
    let _ = walk(text, |met| {
        let Met::Start(element) = met else { return };
        if std::mem::take(&mut is_first) && element.name() == "error" {
            let code = element.attribute("code");
            found = Some(Refusal {
                code: code
                    .and_then(|code| code.trim().parse().ok())
                    .unwrap_or(900),
                description: element.attribute("description").unwrap_or_default(),
            });
        }
    });
    found
}

/// Reads a page.
///
/// # Errors
/// When it is none, or breaks off.
pub(super) fn read(text: &str) -> Result<Feed, &'static str> {
    let mut reading = Reading::default();
    walk(text, |met| match met {
        Met::Start(element) => reading.start(element),
        Met::Text(text) => reading.text(text),
        Met::End(name) => reading.end(name),
    })?;
    match (reading.is_feed, reading.is_whole) {
        (true, true) => Ok(reading.feed),
        (true, false) => Err("it breaks off"),
        (false, _) => {
            Err("it is no feed; is the path right, and does a login page stand before it?")
        }
    }
}

#[derive(Default)]
struct Reading {
    feed: Feed,
    /// The item that is open.
    item: Option<Item>,
    /// The element whose text is read.
    inside: Option<&'static str>,
    is_feed: bool,
    is_whole: bool,
}

/// Elements of an item whose text counts.
const TEXTS: [&str; 7] = [
    "title", "guid", "link", "pubDate", "size", "category", "type",
];

impl Reading {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.name();
        let attribute = |name: &str| element.attribute(name).unwrap_or_default();
        match (&mut self.item, name) {
            (_, "rss") => self.is_feed = true,
            (None, "response") => {
                let total = element.attribute("total");
                self.feed.total = total.and_then(|total| total.trim().parse().ok());
            }
            (None, "item") => self.item = Some(Item::default()),
            (Some(item), "enclosure") if item.enclosures.len() < MOST_PARTS => {
                item.enclosures.push(Enclosure {
                    url: attribute("url"),
                    kind: attribute("type"),
                    length: attribute("length"),
                });
            }
            (Some(item), "attr") if item.attributes.len() < MOST_PARTS => {
                let name = attribute("name").to_ascii_lowercase();
                item.attributes.push((name, attribute("value")));
            }
            (Some(item), "prowlarrindexer") => item.origin = attribute("type"),
            (Some(item), name) => {
                self.inside = TEXTS.into_iter().find(|known| *known == name);
                if name == "category" && item.categories.len() < MOST_PARTS {
                    item.categories.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let (Some(item), Some(name)) = (&mut self.item, self.inside) else {
            return;
        };
        let target = match name {
            "title" => Some(&mut item.title),
            "guid" => Some(&mut item.guid),
            "link" => Some(&mut item.link),
            "pubDate" => Some(&mut item.published),
            "size" => Some(&mut item.size),
            "type" => Some(&mut item.origin),
            _ => item.categories.last_mut(),
        };
        if let Some(target) = target {
            let room = LONGEST - target.len().min(LONGEST);
            target.push_str(&text[..text.floor_char_boundary(room)]);
        }
    }

    fn end(&mut self, name: &str) {
        self.inside = None;
        match name {
            "item" => {
                let item = self.item.take();
                if self.feed.items.len() < MOST_ITEMS {
                    self.feed.items.extend(item);
                }
            }
            "rss" => self.is_whole = true,
            _ => {}
        }
    }
}

impl Feed {
    /// How many items it has, readable or not.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether all of it is open to everyone; none when its items do not say that.
    pub fn is_public(&self) -> Option<bool> {
        let origins = self.items.iter().map(|item| item.origin.trim());
        let mut known = origins.filter(|origin| !origin.is_empty()).peekable();
        known.peek()?;
        Some(known.all(|origin| origin == "public"))
    }

    /// Those that can be read.
    pub fn offers(&self, indexer: &str) -> impl Iterator<Item = RawOffer> {
        self.items.iter().filter_map(|item| item.offer(indexer))
    }
}

impl Item {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let attributes = self.attributes.iter();
        attributes
            .map(|(name, value)| (name.as_str(), value.trim()))
            .filter(|(_, value)| !value.is_empty())
    }

    /// The torrent file before the magnet, that before whatever else it is.
    fn enclosure(&self) -> Option<&Enclosure> {
        let rank = |enclosure: &&Enclosure| match enclosure.kind.as_str() {
            TORRENT => 0,
            kind if kind.starts_with(TORRENT) => 1,
            _ => 2,
        };
        let usable = self.enclosures.iter();
        usable
            .filter(|enclosure| !enclosure.url.trim().is_empty())
            .min_by_key(rank)
    }

    fn link(&self) -> Option<&str> {
        let candidates = [
            self.enclosure().map(|enclosure| enclosure.url.as_str()),
            self.attribute("magneturl"),
            Some(self.link.as_str()),
            // Some give nothing else.
            Some(self.guid.as_str()).filter(|guid| guid.trim().starts_with("magnet:")),
        ];
        let mut links = candidates.into_iter().flatten().map(str::trim);
        links.find(|link| !link.is_empty())
    }

    fn is_usenet(&self) -> bool {
        self.enclosure()
            .is_some_and(|enclosure| enclosure.kind.contains("nzb"))
    }

    fn size(&self) -> Option<u64> {
        let of_enclosure = self.enclosure().map(|enclosure| enclosure.length.as_str());
        [self.attribute("size"), of_enclosure, Some(&self.size)]
            .into_iter()
            .flatten()
            .filter_map(|text| text.trim().parse().ok())
            .filter_map(count)
            .find(|size| *size > 0)
    }

    fn categories(&self) -> Vec<u32> {
        let attributes = self.attributes();
        let of_attributes = attributes.filter(|(name, _)| *name == "category");
        let number = |text: &str| text.trim().parse().ok();
        let mut numbers: Vec<u32> = of_attributes
            .filter_map(|(_, value)| number(value))
            .collect();
        if numbers.is_empty() {
            let texts = self.categories.iter();
            numbers.extend(texts.filter_map(|text| number(text)));
        }
        numbers.truncate(MOST_CATEGORIES);
        numbers
    }

    /// What it is, and from where it is downloaded.
    fn content(&self, link: &str) -> (Option<ContentId>, Option<Network>) {
        let of_ed2k = Ed2kLink::parse(link).ok();
        if let Some(ed2k) = of_ed2k.or_else(|| Ed2kLink::of_magnet(link)) {
            return (Some(ed2k.id.into()), Some(Network::Ed2k));
        }
        let of_magnet = |link: &str| Magnet::parse(link).ok().map(|magnet| magnet.id);
        let id = self
            .attribute("infohash")
            .and_then(TorrentId::parse)
            .or_else(|| of_magnet(link))
            .or_else(|| self.attribute("magneturl").and_then(of_magnet));
        let network = (!self.is_usenet()).then_some(Network::Torrent);
        (id.map(Into::into), network)
    }

    fn offer(&self, indexer: &str) -> Option<RawOffer> {
        let title = printable(self.title.trim().to_owned());
        let link = self.link()?;
        if title.trim().is_empty() {
            return None;
        }
        let guid = match self.guid.trim() {
            "" => link,
            guid => guid,
        };
        let (content, network) = self.content(link);
        let seeders = self.attribute("seeders");
        Some(RawOffer {
            guid: guid.to_owned(),
            title,
            indexer_id: ONLY,
            indexer: indexer.to_owned(),
            categories: self.categories(),
            size: self.size(),
            seeders: seeders.and_then(|seeders| seeders.parse().ok()),
            published_at: published(&self.published),
            content,
            network,
            link: Some(ReleaseLink::new(link)),
        })
    }
}

/// RFC 2822, whatever day of the week it claims to be; some write ISO 8601.
fn published(text: &str) -> Option<i64> {
    let text = text.trim();
    let without_day = text.split_once(',').map_or(text, |(_, rest)| rest.trim());
    let at = DateTime::parse_from_rfc2822(without_day)
        .or_else(|_| DateTime::parse_from_rfc3339(text))
        .ok()?;
    moment(at.timestamp_millis())
}

#[cfg(test)]
mod tests;
