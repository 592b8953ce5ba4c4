//! One release that a source returned, without the links that brought it. Pure.

use sha2::{Digest, Sha256};

use super::link::{ContentId, Network};

/// What is kept of an offer: identity and facts, no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// See [`fingerprint`].
    pub fingerprint: String,
    /// The connection that returned it.
    pub source_id: i64,
    /// That connection's name.
    pub source: String,
    /// The source's number for the indexer.
    pub indexer_id: i64,
    /// The indexer's name.
    pub indexer: String,
    /// The language of what that indexer offers, ISO 639-1, when the source says it.
    pub language: Option<String>,
    /// Newznab categories.
    pub categories: Vec<u32>,
    /// Release name.
    pub title: String,
    /// Bytes.
    pub size: Option<u64>,
    /// None when unknown, which is not 0.
    pub seeders: Option<u32>,
    /// Milliseconds since the epoch.
    pub published_at: Option<i64>,
    /// What it is, when the source knows it.
    pub content: Option<ContentId>,
    /// From where it is fetched; none for what no client of ours takes.
    pub network: Option<Network>,
    /// The query that found it, to ask again when its link left the memory.
    pub term: String,
    /// When a source last returned it; milliseconds since the epoch.
    pub seen_at: i64,
}

impl Offer {
    /// As if a source offered this name now, of which nothing else is known.
    pub fn of_name(title: String, size: Option<u64>, seeders: Option<u32>) -> Self {
        Self {
            fingerprint: String::new(),
            source_id: 0,
            source: String::new(),
            indexer_id: 0,
            indexer: String::new(),
            language: None,
            categories: Vec::new(),
            title,
            size,
            seeders,
            published_at: None,
            content: None,
            network: Some(Network::Torrent),
            term: String::new(),
            seen_at: 0,
        }
    }
}

/// SHA-256 over source, indexer and guid, in hexadecimal. A guid can itself be a link with a key in it, so it is never kept.
pub fn fingerprint(source_id: i64, indexer_id: i64, guid: &str) -> String {
    hex::encode(Sha256::digest(format!("{source_id}\n{indexer_id}\n{guid}")))
}
