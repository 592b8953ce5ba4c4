//! What Prowlarr answers, read item by item: absent and absurd fields are unknown, and a broken release does not lose the others. Pure.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    domain::{
        language::iso_639_1,
        link::{Magnet, Network, TorrentId},
    },
    ports::{Indexer, RawOffer, ReleaseLink},
    search::reading::{count, moment, printable},
};

/// `ReleaseResource`. Prowlarr 2.3.6 leaves out what is null; numbers are kept raw because indexers make them up.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    guid: Option<String>,
    title: Option<String>,
    #[serde(default)]
    indexer_id: i64,
    #[serde(default)]
    indexer: Option<String>,
    #[serde(default)]
    size: Value,
    #[serde(default)]
    seeders: Value,
    #[serde(default)]
    publish_date: Value,
    protocol: Option<String>,
    info_hash: Option<String>,
    download_url: Option<String>,
    #[serde(default)]
    categories: Value,
    magnet_url: Option<String>,
}

/// Reads one release; none when it lacks a name or an identity.
pub(super) fn offer(raw: &RawValue) -> Option<RawOffer> {
    let release: Release = serde_json::from_str(raw.get()).ok()?;
    let guid = release.guid.filter(|guid| !guid.is_empty())?;
    let title = release.title.map(printable);
    let title = title.filter(|title| !title.trim().is_empty())?;
    let magnet = Magnet::parse(&guid).ok();
    let hash = release.info_hash.as_deref().and_then(TorrentId::parse);
    // Both URLs are proxied http links; a raw magnet stands in the guid at most.
    let link = [release.download_url, release.magnet_url]
        .into_iter()
        .flatten()
        .find(|link| !link.is_empty())
        .or_else(|| magnet.is_some().then(|| guid.clone()));
    Some(RawOffer {
        content: hash
            .or_else(|| magnet.map(|magnet| magnet.id))
            .map(Into::into),
        guid,
        title,
        indexer_id: release.indexer_id,
        indexer: release.indexer.map(printable).unwrap_or_default(),
        categories: categories(&release.categories),
        size: whole(&release.size).filter(|size| *size > 0),
        seeders: whole(&release.seeders).and_then(|seeders| seeders.try_into().ok()),
        published_at: release.publish_date.as_str().and_then(instant),
        network: release
            .protocol
            .is_none_or(|protocol| protocol == "torrent")
            .then_some(Network::Torrent),
        link: link.map(ReleaseLink::new),
    })
}

/// The numbers of `CategoryResource`s; an absurd list is cut.
fn categories(list: &Value) -> Vec<u32> {
    let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let number = |entry: &Value| entry.get("id")?.as_u64()?.try_into().ok();
    entries.iter().take(50).filter_map(number).collect()
}

/// A count that can be true, of a number that may be written as a float.
fn whole(number: &Value) -> Option<u64> {
    let float = || number.as_f64().filter(|float| *float >= 0.0);
    let whole = number
        .as_u64()
        .or_else(|| float().map(|float| float as u64));
    whole.and_then(count)
}

/// Milliseconds since the epoch.
fn instant(text: &str) -> Option<i64> {
    moment(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

/// `IndexerResource`, the fields that we use.
#[derive(Deserialize)]
pub(super) struct IndexerEntry {
    /// Prowlarr's number for it.
    pub id: i64,
    name: Option<String>,
    #[serde(default)]
    enable: bool,
    protocol: Option<String>,
    privacy: Option<String>,
    /// `fr-FR`, of the indexer's definition.
    language: Option<String>,
}

impl IndexerEntry {
    /// True when it is switched on and offers torrents.
    pub fn is_usable(&self) -> bool {
        self.enable && self.protocol.as_deref() == Some("torrent")
    }

    /// With what `indexerstatus` says of it. `semiPrivate` and unknown count as private: the careful side.
    pub fn with(self, blocks: &[Block]) -> Indexer {
        Indexer {
            name: self
                .name
                .map_or_else(|| format!("indexer {}", self.id), printable),
            language: self
                .language
                .as_deref()
                .and_then(iso_639_1)
                .map(str::to_owned),
            private: Some(self.privacy.as_deref() != Some("public")),
            blocked_until: blocks
                .iter()
                .find(|block| block.indexer_id == self.id)
                .and_then(|block| instant(block.disabled_till.as_deref()?)),
            id: self.id,
        }
    }
}

/// `IndexerStatusResource`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Block {
    indexer_id: i64,
    disabled_till: Option<String>,
}

/// `SystemResource`, the fields that we use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemStatus {
    pub app_name: Option<String>,
    pub version: Option<String>,
}
