//! `release/push`: what autobrr sends when a filter of its own met.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Answer, Refusal};
use crate::{
    app::App,
    domain::link::{ContentId, Magnet, Network, TorrentId},
    ports::{RawOffer, ReleaseLink},
    pushing::{self, Fate, PushError},
};

/// Letters of a name that are read.
const LONGEST_NAME: usize = 1_000;
/// Letters of an indexer's name that are read.
const LONGEST_INDEXER: usize = 100;
/// Bytes of a link at most.
const LONGEST_LINK: usize = 16 * 1024;

/// A release, as it is sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sent {
    title: Option<String>,
    indexer: Option<String>,
    download_url: Option<String>,
    magnet_url: Option<String>,
    info_hash: Option<String>,
    size: Option<f64>,
    seeders: Option<u32>,
    protocol: Option<String>,
    download_protocol: Option<String>,
    publish_date: Option<String>,
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
        let text = |text: &Option<String>, most: usize| {
            let text = text.as_deref().unwrap_or_default().trim();
            let letters = text.chars().map(|letter| match letter.is_control() {
                true => ' ',
                false => letter,
            });
            letters.take(most).collect::<String>()
        };
        let title = text(&self.title, LONGEST_NAME);
        if title.trim().is_empty() {
            return Err(Refusal::mistake("Title", "it must not be empty"));
        }
        let protocol = self.protocol.as_ref().or(self.download_protocol.as_ref());
        let is_torrent = protocol.is_none_or(|word| word.eq_ignore_ascii_case("torrent"));
        if !is_torrent {
            let problem = "no client here takes usenet; only torrents can be pushed";
            return Err(Refusal::mistake("Protocol", problem));
        }
        let (link, magnet) = self.link()?;
        let announced = self.info_hash.as_deref().and_then(TorrentId::parse);
        let content: Option<ContentId> = announced.or(magnet).map(Into::into);
        let indexer = text(&self.indexer, LONGEST_INDEXER);
        let published = self.publish_date.as_deref();
        let published = published.and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
        Ok(RawOffer {
            guid: link.clone(),
            title,
            indexer_id: 0,
            indexer: match indexer.is_empty() {
                true => "unknown".into(),
                false => indexer,
            },
            categories: Vec::new(),
            size: self
                .size
                .filter(|size| (1.0..9e15).contains(size))
                .map(|size| size as u64),
            seeders: self.seeders,
            published_at: published
                .map(|at| at.timestamp_millis())
                .filter(|at| *at > 0),
            content,
            network: Some(Network::Torrent),
            link: Some(ReleaseLink::new(link)),
        })
    }

    /// The torrent file before the magnet, and of a magnet what it names.
    fn link(&self) -> Result<(String, Option<TorrentId>), Refusal> {
        let given = [&self.download_url, &self.magnet_url];
        let mut given = given.into_iter().flatten().map(|link| link.trim());
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
