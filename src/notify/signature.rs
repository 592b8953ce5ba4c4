//! Signatures of webhooks: Standard Webhooks 1.0.0, and those of GitHub. Pure.

use std::fmt;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Mistake;
use crate::secret::Secret;

/// With or without `=` at the end: people copy secrets by hand.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const PREFIX: &str = "whsec_";

/// The key of a webhook, 24 to 64 bytes; written `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// Reads a secret as it is shown to the user.
    ///
    /// # Errors
    /// [`Mistake`] when it is not base64 of 24 to 64 bytes.
    pub fn parse(secret: &Secret) -> Result<Self, Mistake> {
        let text = secret.expose().trim();
        let bytes = BASE64
            .decode(text.strip_prefix(PREFIX).unwrap_or(text))
            .ok();
        bytes
            .filter(|bytes| (24..=64).contains(&bytes.len()))
            .map(Self)
            .ok_or_else(|| {
                Mistake::new(
                    "a signing secret is whsec_ and 24 to 64 random bytes as base64; leave it out to have one made",
                )
            })
    }

    /// `v1,` and the signature of a message with this id at these seconds since the epoch, over the exact bytes that are sent.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let head = format!("{id}.{seconds}.");
        let signature = mac(&self.0, &[head.as_bytes(), body]);
        format!("v1,{}", BASE64.encode(signature))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// `webhook-signature`: an entry for each key, so that a receiver that knows the old or the new one accepts it.
pub fn signatures(keys: &[SigningKey], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = keys.iter().map(|key| key.sign(id, seconds, body));
    signed.collect::<Vec<_>>().join(" ")
}

/// `X-Hub-Signature-256`, as GitHub signs.
pub fn github(secret: &Secret, body: &[u8]) -> String {
    let signature = mac(secret.expose().as_bytes(), &[body]);
    format!("sha256={}", hex::encode(signature))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    let mac = parts.iter().fold(mac, Mac::chain_update);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<SigningKey, Mistake> {
        SigningKey::parse(&Secret::new(text))
    }

    #[test]
    fn the_vector_of_standard_webhooks_is_met() {
        let new = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(new.sign(id, 1_614_265_330, body), expected);
        let old = key(&BASE64.encode([7; 32])).expect("a secret");
        let both = signatures(&[new, old.clone()], id, 1_614_265_330, body);
        let old = old.sign(id, 1_614_265_330, body);
        assert_eq!(both, format!("{expected} {old}"));
    }

    #[test]
    fn the_vector_of_github_is_met() {
        assert_eq!(
            github(&Secret::new("It's a Secret to Everybody"), b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }

    #[test]
    fn a_secret_is_base64_of_24_to_64_bytes() {
        let of = |length| BASE64.encode(vec![1; length]);
        for (text, is_taken) in [
            (format!("whsec_{}", of(24)), true),
            (of(24), true),
            (format!(" whsec_{}\n", of(64)), true),
            (of(32).trim_end_matches('=').to_owned(), true),
            (format!("whsec_{}", of(23)), false),
            (of(65), false),
            ("whsec_".into(), false),
            ("whsec_äöü".into(), false),
            (String::new(), false),
        ] {
            assert_eq!(key(&text).is_ok(), is_taken, "{text}");
        }
        assert_eq!(
            format!("{:?}", key(&of(24)).expect("a key")),
            "SigningKey(…)"
        );
    }
}
