//! What an item is fetched with: signed by us, and of no use for anything else. It holds for as long as the item is there.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::{
    app::App,
    domain::link::Ed2kId,
    secret::{SecretError, Signer},
    store::{self, StoreError, offer::StoredOffer},
};

/// What the key for signing is derived for.
const PURPOSE: &str = "lacunarr: items of feeds, 1";
/// Bytes of an offer's number, and of a file's hash and size.
const OFFER: usize = 8;
const FILE: usize = 16 + 8;
/// Letters of a token.
const LONGEST: usize = 100;

/// What a token is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Meant {
    /// An offer.
    Offer(Box<StoredOffer>),
    /// A file of ed2k.
    File(Ed2kId),
}

/// Why a token is of no use.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is none of ours, or its item is not there any more.
    #[error("there is no such item")]
    Nothing,
    /// The key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What signs tokens.
///
/// # Errors
/// Without the key for signing.
pub fn signer(app: &App) -> Result<Signer, SecretError> {
    app.vault.signer(PURPOSE)
}

/// Of an offer: signed with its fingerprint, since in a database that was restored its number may be another one's.
pub fn of_offer(signer: &Signer, id: i64, fingerprint: &str) -> String {
    let claim = id.to_be_bytes();
    let signature = signer.sign(&[&claim[..], fingerprint.as_bytes()].concat());
    BASE64.encode([&claim[..], &signature].concat())
}

/// Of a file.
pub fn of_file(signer: &Signer, id: &Ed2kId) -> String {
    let claim = [&id.md4[..], &id.size.to_be_bytes()].concat();
    let signature = signer.sign(&claim);
    BASE64.encode([&claim[..], &signature].concat())
}

/// What a token is for.
///
/// # Errors
/// When it is not ours.
pub async fn read(app: &App, token: &str) -> Result<Meant, TokenError> {
    let bytes = (token.len() <= LONGEST).then(|| BASE64.decode(token).ok());
    let bytes = bytes.flatten().ok_or(TokenError::Nothing)?;
    let split = |at: usize| (bytes.len() == at + 32).then(|| bytes.split_at(at));
    if let Some((claim, signature)) = split(OFFER) {
        let id = i64::from_be_bytes(claim.try_into().expect("eight bytes"));
        let offer = store::offer::get(&app.db, id).await?;
        let offer = offer.ok_or(TokenError::Nothing)?;
        let message = [claim, offer.offer.fingerprint.as_bytes()].concat();
        return match signer(app)?.is_signed(&message, signature) {
            true => Ok(Meant::Offer(Box::new(offer))),
            false => Err(TokenError::Nothing),
        };
    }
    let (claim, signature) = split(FILE).ok_or(TokenError::Nothing)?;
    if !signer(app)?.is_signed(claim, signature) {
        return Err(TokenError::Nothing);
    }
    let (md4, size) = claim.split_at(16);
    Ok(Meant::File(Ed2kId {
        md4: md4.try_into().expect("sixteen bytes"),
        size: u64::from_be_bytes(size.try_into().expect("eight bytes")),
    }))
}
