//! Signed links to the two answers of a review, to be put into a message. Nothing of them is stored: each holds until its review is
//! over, for a week at most.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use super::{ReviewError, open};
use crate::{
    app::App,
    domain::{units::DAY, volume::VolumeSet},
    secret::SecretError,
    store::{
        self, StoreError,
        offer::StoredOffer,
        review::{ARRIVED, Review, UPGRADE},
    },
};

/// What the key for signing is derived for.
const PURPOSE: &str = "lacunarr: links to answer a review, 1";
/// Milliseconds that a link holds.
const WEEK: i64 = 7 * DAY;
/// Bytes of a token that are signed: review, answer, end.
const CLAIM: usize = 8 + 1 + 8;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkedAnswer {
    /// Sends.
    Approve,
    /// Blocks.
    Reject,
}

/// Both links of a review.
#[derive(Clone, Debug)]
pub struct Links {
    /// Path with the URL base.
    pub approve: String,
    /// Path with the URL base.
    pub reject: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// Why a link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// We did not sign it, or it was cut off on its way.
    #[error("this is no link of ours")]
    NotOurs,
    /// Its week is over.
    #[error("this link has expired")]
    Expired,
    /// Its review was answered, or closed itself.
    #[error("this review is {0} already")]
    Over(String),
    /// The key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The links of an open review.
///
/// # Errors
/// When it is over, or the key for signing is missing.
pub async fn links(app: &App, id: i64) -> Result<Links, ReviewError> {
    let review = open(app, id).await?;
    let expires_at = app.clock.now() + WEEK;
    let signer = app.vault.signer(PURPOSE)?;
    let link = |answer| {
        let claim = claim(review.id, answer, expires_at);
        let signature = signer.sign(&message(&claim, &review));
        let token = BASE64.encode([&claim[..], &signature].concat());
        format!("{}/act/{token}", app.config.url_base)
    };
    Ok(Links {
        approve: link(LinkedAnswer::Approve),
        reject: link(LinkedAnswer::Reject),
        expires_at,
    })
}

/// The open review that a token is for, and what it does.
///
/// # Errors
/// When the link leads nowhere.
pub async fn read(app: &App, token: &str) -> Result<(Review, LinkedAnswer), LinkError> {
    let bytes = BASE64.decode(token).map_err(|_| LinkError::NotOurs)?;
    let (claim, signature) = bytes
        .split_first_chunk::<CLAIM>()
        .ok_or(LinkError::NotOurs)?;
    let (id, answer, expires_at) = claimed(claim).ok_or(LinkError::NotOurs)?;
    let review = store::review::get(&app.db, id).await?;
    let review = review.ok_or(LinkError::NotOurs)?;
    let signer = app.vault.signer(PURPOSE)?;
    let is_ours = signer.is_signed(&message(claim, &review), signature);
    match review.state.as_str() {
        _ if !is_ours => Err(LinkError::NotOurs),
        "open" if app.clock.now() > expires_at => Err(LinkError::Expired),
        "open" => Ok((review, answer)),
        state => Err(LinkError::Over(state.to_owned())),
    }
}

/// What an approval would send now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Title of its series.
    pub series: String,
    /// The candidates that are still known, best first.
    pub offers: Vec<StoredOffer>,
    /// What the best one would be sent for; empty when that cannot be read in its name.
    pub volumes: VolumeSet,
}

/// Reads what a human has to know to answer.
///
/// # Errors
/// When the database fails.
pub async fn preview(app: &App, review: &Review) -> Result<Preview, StoreError> {
    let offers = store::offer::of_ids(&app.db, &review.candidates).await?;
    let Some(stored) = store::series::get(&app.db, review.series_id).await? else {
        return Ok(Preview {
            series: String::new(),
            offers,
            volumes: VolumeSet::default(),
        });
    };
    let volumes = match offers.first() {
        None => VolumeSet::default(),
        Some(best) if review.cause == UPGRADE => best.volumes.clone(),
        // It is there already.
        Some(_) if review.cause == ARRIVED => review.volumes.clone(),
        Some(best) => best.volumes.common_with(&stored.free_volumes()),
    };
    Ok(Preview {
        series: stored.series.title,
        offers,
        volumes,
    })
}

fn claim(id: i64, answer: LinkedAnswer, expires_at: i64) -> [u8; CLAIM] {
    let mut claim = [0; CLAIM];
    claim[..8].copy_from_slice(&id.to_be_bytes());
    claim[8] = match answer {
        LinkedAnswer::Approve => 1,
        LinkedAnswer::Reject => 2,
    };
    claim[9..].copy_from_slice(&expires_at.to_be_bytes());
    claim
}

fn claimed(claim: &[u8; CLAIM]) -> Option<(i64, LinkedAnswer, i64)> {
    let (id, rest) = claim.split_first_chunk()?;
    let (answer, expires_at) = rest.split_first()?;
    let answer = match answer {
        1 => LinkedAnswer::Approve,
        2 => LinkedAnswer::Reject,
        _ => return None,
    };
    let expires_at = expires_at.try_into().ok()?;
    Some((
        i64::from_be_bytes(*id),
        answer,
        i64::from_be_bytes(expires_at),
    ))
}

/// With the time at which the review was asked: in a database that was restored, its number may be another one's.
fn message(claim: &[u8; CLAIM], review: &Review) -> Vec<u8> {
    [&claim[..], &review.created_at.to_be_bytes()].concat()
}
