//! A signed link that rejects a grab, to be put into a message. Nothing of it is stored: it holds for a week, and as long as there is
//! something to reject.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use crate::{
    app::App,
    domain::{grab::Observation, units::DAY},
    reviewing::LinkError,
    secret::SecretError,
    store::{self, grab::Grab},
};

/// What the key for signing is derived for.
const PURPOSE: &str = "lacunarr: a link to reject a grab, 1";
/// Milliseconds that a link holds.
const WEEK: i64 = 7 * DAY;
/// Bytes of a token that are signed: grab, end.
const CLAIM: usize = 8 + 8;

/// A link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Path with the URL base.
    pub path: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// The link that rejects a grab.
///
/// # Errors
/// When the key for signing is missing.
pub fn link(app: &App, grab: &Grab) -> Result<Link, SecretError> {
    let expires_at = app.clock.now() + WEEK;
    let claim: [u8; CLAIM] = [grab.id.to_be_bytes(), expires_at.to_be_bytes()]
        .concat()
        .try_into()
        .expect("twice eight bytes");
    let signature = app.vault.signer(PURPOSE)?.sign(&message(&claim, grab));
    let token = BASE64.encode([&claim[..], &signature].concat());
    Ok(Link {
        path: format!("{}/act/{token}", app.config.url_base),
        expires_at,
    })
}

/// The grab that a token would reject.
///
/// # Errors
/// When the link leads nowhere, or there is nothing to reject any more.
pub async fn read_link(app: &App, token: &str) -> Result<Grab, LinkError> {
    let bytes = BASE64.decode(token).map_err(|_| LinkError::NotOurs)?;
    let (claim, signature) = bytes
        .split_first_chunk::<CLAIM>()
        .ok_or(LinkError::NotOurs)?;
    let (id, expires_at) = claim.split_first_chunk().ok_or(LinkError::NotOurs)?;
    let expires_at = expires_at.try_into().map_err(|_| LinkError::NotOurs)?;
    let grab = store::grab::get(&app.db, i64::from_be_bytes(*id)).await?;
    let grab = grab.ok_or(LinkError::NotOurs)?;
    let signer = app.vault.signer(PURPOSE)?;
    if !signer.is_signed(&message(claim, &grab), signature) {
        return Err(LinkError::NotOurs);
    }
    if grab.state.after(Observation::Wrong).is_none() {
        return Err(LinkError::Over(grab.state.word().to_owned()));
    }
    match app.clock.now() > i64::from_be_bytes(expires_at) {
        true => Err(LinkError::Expired),
        false => Ok(grab),
    }
}

/// With the time at which it was sent: in a database that was restored, its number may be another one's.
fn message(claim: &[u8; CLAIM], grab: &Grab) -> Vec<u8> {
    [&claim[..], &grab.created_at.to_be_bytes()].concat()
}
