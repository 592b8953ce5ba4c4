//! `release/push`: what autobrr sends when a filter of its own met.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{Answer, Refusal};
use crate::{
    app::App,
    domain::link::{Magnet, Network, TorrentId},
    ports::{RawOffer, ReleaseLink},
    pushing::{self, Fate, PushError},
    search::moment,
};

/// Letters of a name that are read.
const LONGEST_NAME: usize = 1_000;
/// Letters of an indexer's name that are read.
const LONGEST_INDEXER: usize = 100;
/// Bytes of a link at most.
const LONGEST_LINK: usize = 8 * 1024;

/// A release, as it is sent. What is absurd in it is unknown.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sent {
    title: Value,
    indexer: Value,
    download_url: Value,
    magnet_url: Value,
    info_hash: Value,
    size: Value,
    seeders: Value,
    protocol: Value,
    download_protocol: Value,
    publish_date: Value,
}

/// On one line, and cut.
fn text(value: &Value, most: usize) -> String {
    let letters = value.as_str().unwrap_or_default().trim().chars();
    let printable = letters.map(|letter| match letter.is_control() {
        true => ' ',
        false => letter,
    });
    printable.take(most).collect()
}

/// A number, also where it is written as a text.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    }
}

pub(super) async fn push(app: &Arc<App>, sent: Sent) -> Result<Answer, Refusal> {
    let release = sent.read()?;
    let (title, indexer, size) = (
        release.title.clone(),
        release.indexer.clone(),
        release.size.unwrap_or(0),
    );
    let fate = pushing::push(app, release)
        .await
        .map_err(|error| match error {
            PushError::Source(error) => Refusal::from(error),
            PushError::Store(error) => Refusal::from(error),
        })?;
    let (reasons, for_now) = match &fate {
        Fate::Sent => (&[][..], false),
        Fate::Refused { reasons, for_now } => (&reasons[..], *for_now),
    };
    let is_sent = fate == Fate::Sent;
    tracing::info!(title, indexer, is_sent, "a release was pushed");
    Ok(json!({
        "title": title,
        "indexer": indexer,
        "size": size,
        "protocol": "torrent",
        "approved": is_sent,
        "rejected": !is_sent,
        "temporarilyRejected": !is_sent && for_now,
        "rejections": reasons,
    })
    .into())
}

impl Sent {
    fn read(self) -> Result<RawOffer, Refusal> {
        let title = text(&self.title, LONGEST_NAME);
        if title.trim().is_empty() {
            return Err(Refusal::mistake("Title", "it must not be empty"));
        }
        let protocols = [&self.protocol, &self.download_protocol];
        let mut protocols = protocols.into_iter().filter_map(Value::as_str);
        if !protocols.all(|word| word.eq_ignore_ascii_case("torrent")) {
            let problem = "no client here takes usenet; only torrents can be pushed";
            return Err(Refusal::mistake("Protocol", problem));
        }
        let (link, magnet) = self.link()?;
        let announced = self.info_hash.as_str().and_then(TorrentId::parse);
        let published = self.publish_date.as_str();
        let published = published.and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
        Ok(RawOffer {
            indexer: match text(&self.indexer, LONGEST_INDEXER) {
                name if name.trim().is_empty() => host_of(&link),
                name => name,
            },
            guid: link.clone(),
            title,
            indexer_id: 0,
            categories: Vec::new(),
            size: number(&self.size)
                .filter(|size| (1.0..9e15).contains(size))
                .map(|size| size as u64),
            seeders: number(&self.seeders)
                .filter(|count| (0.0..1e9).contains(count))
                .map(|count| count as u32),
            published_at: published.and_then(|at| moment(at.timestamp_millis())),
            content: announced.or(magnet).map(Into::into),
            network: Some(Network::Torrent),
            link: Some(ReleaseLink::new(link)),
        })
    }

    /// The torrent file before the magnet, and of a magnet what it names.
    fn link(&self) -> Result<(String, Option<TorrentId>), Refusal> {
        let given = [&self.download_url, &self.magnet_url];
        let given = given.into_iter().filter_map(Value::as_str);
        let mut given = given.map(str::trim);
        let link = given.find(|link| !link.is_empty());
        let link = link.filter(|link| link.len() <= LONGEST_LINK);
        let problem = "a link to a torrent file (http or https) or a magnet is needed";
        let wrong = || Refusal::mistake("DownloadUrl", problem);
        let link = link.ok_or_else(wrong)?;
        if let Ok(magnet) = Magnet::parse(link) {
            return Ok((link.to_owned(), Some(magnet.id)));
        }
        match Url::parse(link) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok((link.to_owned(), None)),
            _ => Err(wrong()),
        }
    }
}

/// Who has it, where no indexer is named.
fn host_of(link: &str) -> String {
    let url = Url::parse(link).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or("unknown").to_owned()
}
