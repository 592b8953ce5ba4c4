//! Resource `offers`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    error::{ApiError, Failure, ONE, QUERY},
    guard::Key,
    json::Json,
    page::{Asked, Page},
    report::Decision,
};
use crate::{
    app::App,
    clock::utc,
    domain::{
        decide::before,
        link::{self, ContentId},
    },
    store::{self, offer::StoredOffer},
};

/// Why an offer is not sent by itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Reason {
    /// What it leads to.
    decision: Decision,
    /// Stable, for programs; for example `already_owned`.
    code: String,
    /// A sentence with the numbers.
    message: String,
}

/// The parts of the relevance.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct RelevanceParts {
    /// 0 to 40: is it the series?
    title: u8,
    /// 0 to 30: are its volumes wanted?
    volumes: u8,
    /// 0 to 10: is its language stated and right?
    language: u8,
    /// 0 to 10: is its format known?
    format: u8,
    /// 0 to 10: does someone have it?
    availability: u8,
}

/// A release that a source returned for a series, with its verdict.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct Offer {
    /// Its number, for `POST /api/v1/grabs`.
    id: i64,
    /// The series for which it was found.
    series_id: i64,
    /// Release name.
    title: String,
    /// The connection that returned it.
    source: String,
    /// The indexer behind that.
    indexer: String,
    /// Bytes.
    size: Option<i64>,
    /// Left out when unknown, which is not 0.
    seeders: Option<u32>,
    /// When it was published.
    published_at: Option<DateTime<Utc>>,
    /// From where it is fetched; left out for what no client takes.
    network: Option<Network>,
    /// Infohash, or hash of ed2k, in small hexadecimal digits; left out while it is not known.
    hash: Option<String>,
    /// The volumes that its name promises.
    volumes: String,
    /// Those of them that were wanted.
    useful: String,
    /// What the rules say.
    decision: Decision,
    /// Every reason.
    reasons: Vec<Reason>,
    /// Why it comes before the next one; only where offers of a series are listed best first.
    before: Option<String>,
    /// 0 to 100, for the eye; it decides nothing.
    relevance: u8,
    /// Its parts.
    relevance_parts: RelevanceParts,
    /// When it was first seen.
    first_seen_at: DateTime<Utc>,
    /// When it was last seen.
    last_seen_at: DateTime<Utc>,
}

/// From where a release is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Network {
    /// BitTorrent.
    Torrent,
    /// eDonkey, with Kad.
    Ed2k,
}

impl From<link::Network> for Network {
    fn from(network: link::Network) -> Self {
        match network {
            link::Network::Torrent => Self::Torrent,
            link::Network::Ed2k => Self::Ed2k,
        }
    }
}

impl From<Network> for link::Network {
    fn from(network: Network) -> Self {
        match network {
            Network::Torrent => Self::Torrent,
            Network::Ed2k => Self::Ed2k,
        }
    }
}

impl From<StoredOffer> for Offer {
    fn from(row: StoredOffer) -> Self {
        let parts = row.relevance;
        let reason = |(decision, code, message): (String, String, String)| Reason {
            decision: Decision::from_word(&decision),
            code,
            message,
        };
        Self {
            id: row.id,
            series_id: row.series_id,
            title: row.offer.title,
            source: row.offer.source,
            indexer: row.offer.indexer,
            size: row.offer.size.map(|size| size as i64),
            seeders: row.offer.seeders,
            published_at: row.offer.published_at.map(utc),
            network: row.offer.network.map(Into::into),
            hash: row.offer.content.as_ref().map(ContentId::as_hex),
            volumes: row.volumes.to_string(),
            useful: row.useful.to_string(),
            decision: Decision::from_word(&row.decision),
            reasons: row.reasons.into_iter().map(reason).collect(),
            before: None,
            relevance: parts.total(),
            relevance_parts: RelevanceParts {
                title: parts.title,
                volumes: parts.volumes,
                language: parts.language,
                format: parts.format,
                availability: parts.availability,
            },
            first_seen_at: utc(row.first_seen),
            last_seen_at: utc(row.offer.seen_at),
        }
    }
}

/// A list that is in the order of preference, each with why it comes before the next one.
pub fn best_first(rows: Vec<StoredOffer>) -> Vec<Offer> {
    let place = |row: &StoredOffer| (row.decision.clone(), row.rank.clone());
    let places: Vec<_> = rows.iter().map(place).collect();
    let mut offers: Vec<Offer> = rows.into_iter().map(Offer::from).collect();
    for (offer, pair) in offers.iter_mut().zip(places.windows(2)) {
        offer.before = before::the_next((&pair[0].0, &pair[0].1), (&pair[1].0, &pair[1].1));
    }
    offers
}

pub struct OffersApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Offers")]
impl OffersApi {
    /// List offers
    ///
    /// Those that were seen last come first. Every release that a source returned is here, with every reason for its verdict.
    #[oai(path = "/offers", method = "get", operation_id = "list_offers")]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// Just those with this verdict.
        decision: Query<Option<Decision>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Offer>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let decision = decision.0.map_or("", Decision::word);
        Ok(Json(asked.of(
            store::offer::list(&app.db, series_id.0, decision, asked.window()).await?,
            Offer::from,
        )))
    }

    /// Get an offer
    ///
    /// With its verdict and every reason, as of the last time that it was seen.
    #[oai(path = "/offers/:id", method = "get", operation_id = "get_offer")]
    async fn get(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Its number.
        id: Path<i64>,
    ) -> Result<Json<Offer>, Failure<ONE>> {
        let row = store::offer::get(&app.db, id.0).await?;
        Ok(Json(
            row.ok_or_else(|| ApiError::unknown("offer", id.0))?.into(),
        ))
    }
}
