//! What the stand-in has to offer.

use lacunarr::domain::release::{Kind, parse};

use super::super::torrent::Torrent;

/// What one indexer is.
#[derive(Clone, Debug)]
pub struct Indexer {
    /// Prowlarr's number for it.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `public`, `semiPrivate` or `private`.
    pub privacy: &'static str,
    /// `torrent` or `usenet`.
    pub protocol: &'static str,
    /// Switched on.
    pub enabled: bool,
    /// Without paging it answers nothing behind the first page.
    pub paging: bool,
    /// On hold until then, RFC 3339.
    pub disabled_till: Option<String>,
}

impl Indexer {
    /// An enabled public torrent indexer with paging.
    pub fn public(id: i64, name: &str) -> Self {
        Self {
            id,
            name: name.into(),
            privacy: "public",
            protocol: "torrent",
            enabled: true,
            paging: true,
            disabled_till: None,
        }
    }

    /// An enabled private one.
    pub fn private(id: i64, name: &str) -> Self {
        Self {
            privacy: "private",
            ..Self::public(id, name)
        }
    }

    pub(super) fn is_available(&self, now: i64) -> bool {
        let held = self.disabled_till.iter().any(|till| {
            till.parse::<chrono::DateTime<chrono::Utc>>()
                .expect("RFC 3339")
                .timestamp_millis()
                > now
        });
        self.enabled && !held
    }
}

/// Where a release's link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// 200 with the torrent file.
    Torrent,
    /// 301 to a magnet; Prowlarr then offers `magnetUrl` and no `downloadUrl`.
    RedirectMagnet,
    /// No link at all, the guid is the magnet.
    MagnetGuid,
    /// 301 to the tracker with a passkey, 302 to a relative address there, then the torrent file.
    RedirectTracker,
    /// 301 to any address. `{key}` becomes the API key, `{tracker}` and `{self}` the servers' addresses.
    RedirectTo(String),
    /// 301 to itself.
    Loop,
    /// 410, `ReleaseUnavailableException`.
    Gone,
    /// 429 with `Retry-After` in seconds.
    Limited(u64),
    /// 200 with a login page.
    Html,
    /// 500 with Prowlarr's error XML.
    Error500,
    /// 200 with bytes that are no torrent.
    NotTorrent,
    /// 200 with 17 MB.
    TooLarge,
}

/// What one release is.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its name.
    pub title: String,
    /// On which indexer.
    pub indexer: i64,
    /// Bytes; 0 is what indexers say that do not know.
    pub size: u64,
    /// Left out when none.
    pub seeders: Option<u32>,
    /// RFC 3339.
    pub published: String,
    /// Newznab categories.
    pub categories: Vec<i64>,
    /// Where its link leads.
    pub link: Link,
    /// What it downloads.
    pub torrent: Torrent,
    /// Offers `infoHash`.
    pub shows_hash: bool,
}

impl Release {
    /// A release of 60 MB for each of its volumes with 12 seeders, one file, and a torrent file behind its link.
    pub fn new(indexer: i64, title: &str) -> Self {
        let volumes = parse(title, Kind::Manga).volumes.len().max(1);
        let size = 60_000_000 * volumes as u64;
        Self {
            title: title.into(),
            indexer,
            size,
            seeders: Some(12),
            published: "2026-10-01T12:00:00Z".into(),
            categories: vec![7000, 7030],
            link: Link::Torrent,
            torrent: Torrent::new(title).claims(&format!("{title}.cbz"), size),
            shows_hash: false,
        }
    }

    /// A release of exactly this torrent, by its size too.
    pub fn of(indexer: i64, title: &str, torrent: Torrent) -> Self {
        Self {
            size: torrent.size(),
            torrent,
            ..Self::new(indexer, title)
        }
    }

    /// With another size.
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = bytes;
        self.torrent = Torrent::new(&self.title).claims(&format!("{}.cbz", self.title), bytes);
        self
    }

    /// With other seeders.
    pub fn seeders(mut self, seeders: u32) -> Self {
        self.seeders = Some(seeders);
        self
    }

    /// With another date, RFC 3339.
    pub fn published(mut self, at: &str) -> Self {
        self.published = at.into();
        self
    }

    /// With other categories.
    pub fn categories(mut self, categories: &[i64]) -> Self {
        self.categories = categories.into();
        self
    }

    /// With another kind of link.
    pub fn link(mut self, link: Link) -> Self {
        self.link = link;
        self
    }

    /// With another torrent behind it.
    pub fn torrent(mut self, torrent: Torrent) -> Self {
        self.torrent = torrent;
        self
    }

    /// Shows its infohash.
    pub fn with_hash(mut self) -> Self {
        self.shows_hash = true;
        self
    }

    pub(super) fn guid(&self) -> String {
        match self.link {
            Link::MagnetGuid => self.torrent.magnet(),
            _ => format!(
                "http://indexer{}.example/torrents/{}",
                self.indexer,
                self.torrent.hashes().id()
            ),
        }
    }
}
