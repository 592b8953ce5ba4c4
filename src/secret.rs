//! Secrets: never printed, sealed on disk with XChaCha20-Poly1305; and what is signed with them.

use std::{fmt, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload as Sealed},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Text that must not be seen: its `Debug` hides it, it has no `Display`, and it is serialised only to be sealed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why secrets cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Sealed rows exist, their key does not.
    #[error("secrets are locked: {0}")]
    Locked(String),
    /// The key file.
    #[error("{place} cannot be {verb}")]
    File {
        place: String,
        verb: &'static str,
        source: io::Error,
    },
    /// The key itself.
    #[error("{0}")]
    BadKey(String),
}

/// Seals and opens secrets, or knows why it cannot.
#[derive(Clone)]
pub enum Vault {
    /// The key is there.
    Open(Box<Keys>),
    /// Sealed rows exist and their key is missing or another one.
    Locked(String),
}

/// What the secret key is used for.
#[derive(Clone)]
pub struct Keys {
    cipher: XChaCha20Poly1305,
    /// A key for signing is derived from it for each purpose, so that what is signed for one counts for no other.
    signing: Hkdf<Sha256>,
}

const NONCE: usize = 24;

impl Vault {
    /// With a key of 32 bytes, written as base64 or 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SecretError::BadKey`] when it is anything else.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = hex::decode(text)
            .or_else(|_| BASE64.decode(text))
            .ok()
            .filter(|bytes| bytes.len() == 32);
        let bytes = bytes.ok_or_else(|| SecretError::BadKey("the secret key must be 32 bytes, as 64 hexadecimal digits or base64; make one with: openssl rand -hex 32".into()))?;
        let key: [u8; 32] = bytes.try_into().expect("32 bytes were just checked");
        Ok(Self::Open(Box::new(Keys {
            cipher: XChaCha20Poly1305::new(&key.into()),
            signing: Hkdf::new(None, &key),
        })))
    }

    /// Seals text for the place `label`; it opens only under the same label.
    ///
    /// # Errors
    /// [`SecretError::Locked`] without the key.
    pub fn seal(&self, label: &str, secret: &Secret) -> Result<String, SecretError> {
        let cipher = &self.keys()?.cipher;
        let nonce = random::<NONCE>();
        let message = Sealed {
            msg: secret.expose().as_bytes(),
            aad: label.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&nonce.into(), message)
            .map_err(|_| SecretError::Locked("sealing failed".into()))?;
        Ok(BASE64.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Vault::seal`] made.
    ///
    /// # Errors
    /// [`SecretError::Locked`] without the key, or when the text was sealed with another key or for another place.
    pub fn open(&self, label: &str, sealed: &str) -> Result<Secret, SecretError> {
        let wrong = || {
            SecretError::Locked("the secret key is not the one that this database was sealed with; put the old key back and restart. If it is lost: remove the connections that have a password or key, restart, and make them again".into())
        };
        let cipher = &self.keys()?.cipher;
        let bytes = BASE64.decode(sealed).map_err(|_| wrong())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(wrong)?;
        let nonce: [u8; NONCE] = nonce.try_into().expect("split at its length");
        let plain = cipher
            .decrypt(
                &nonce.into(),
                Sealed {
                    msg: sealed,
                    aad: label.as_bytes(),
                },
            )
            .map_err(|_| wrong())?;
        String::from_utf8(plain).map(Secret).map_err(|_| wrong())
    }

    /// What signs for a purpose.
    ///
    /// # Errors
    /// [`SecretError::Locked`] without the key.
    pub fn signer(&self, purpose: &str) -> Result<Signer, SecretError> {
        let mut key = [0; 32];
        let derived = self.keys()?.signing.expand(purpose.as_bytes(), &mut key);
        derived.expect("32 bytes are less than HKDF can give");
        let mac = Hmac::new_from_slice(&key).expect("HMAC takes a key of any length");
        Ok(Signer(mac))
    }

    fn keys(&self) -> Result<&Keys, SecretError> {
        match self {
            Self::Open(keys) => Ok(keys),
            Self::Locked(why) => Err(SecretError::Locked(why.clone())),
        }
    }
}

/// Signs for one purpose: HMAC-SHA-256. Its key is derived once, for many messages.
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        let mac = self.0.clone().chain_update(message);
        mac.finalize().into_bytes().into()
    }

    /// Whether [`Signer::sign`] made this signature; compared in constant time.
    pub fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).is_ok()
    }
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new secret of 32 hexadecimal digits.
pub fn new_token() -> Secret {
    Secret(hex::encode(random::<16>()))
}

/// The API key, kept as its SHA-256 and compared in constant time.
#[derive(Clone)]
pub struct ApiKey([u8; 32]);

impl ApiKey {
    /// From the key itself.
    pub fn new(key: &Secret) -> Self {
        Self(Sha256::digest(key.expose().as_bytes()).into())
    }

    /// True when `given` is the key.
    pub fn is(&self, given: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(given.as_bytes()).into();
        self.0.ct_eq(&given).into()
    }
}

/// Reads a secret's file, or makes it (mode 0600) with what `make` gives. True when it was made.
///
/// # Errors
/// [`SecretError::File`] when it can be neither read nor written.
pub fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Secret,
) -> Result<(Secret, bool), SecretError> {
    let place = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => Ok((Secret(text.trim().to_owned()), false)),
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(SecretError::File {
            place,
            verb: "read",
            source,
        }),
        _ => {
            let failed = |source| SecretError::File {
                place: place.clone(),
                verb: "written",
                source,
            };
            let made = make();
            if write_private(path, made.expose()).map_err(failed)? {
                return Ok((made, true));
            }
            // Another process made it in the same moment: its key is the one.
            let text = std::fs::read_to_string(path).map_err(failed)?;
            Ok((Secret(text.trim().to_owned()), false))
        }
    }
}

/// Written aside and linked, so that a crash leaves the whole file or none, and the first of two processes wins.
fn write_private(path: &Path, text: &str) -> io::Result<bool> {
    use io::Write;
    let aside = path.with_extension(hex::encode(random::<6>()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    match std::fs::hard_link(&aside, path) {
        Ok(()) => std::fs::remove_file(&aside).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(&aside).map(|()| false)
        }
        // A file system without links, as on some network shares.
        Err(_) => std::fs::rename(&aside, path).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_label() {
        let vault = Vault::from_text(&"ab".repeat(32)).expect("a key");
        let sealed = vault
            .seal("source:1", &Secret::new("hunter2"))
            .expect("sealed");
        assert!(!sealed.contains("hunter2"));
        assert_eq!(
            vault.open("source:1", &sealed).expect("opened").expose(),
            "hunter2"
        );
        assert!(vault.open("source:2", &sealed).is_err());
        let other = Vault::from_text(&"cd".repeat(32)).expect("a key");
        assert!(matches!(
            other.open("source:1", &sealed),
            Err(SecretError::Locked(_))
        ));
        assert!(vault.open("source:1", "short").is_err());
        assert!(Vault::from_text("abc").is_err());
    }

    #[test]
    fn a_signature_holds_for_its_key_purpose_and_message() {
        let vault = Vault::from_text(&"ab".repeat(32)).expect("a key");
        let other = Vault::from_text(&"cd".repeat(32)).expect("a key");
        let signer = |vault: &Vault, purpose| vault.signer(purpose).expect("open");
        let signature = signer(&vault, "links").sign(b"send 3");
        for (vault, purpose, message, holds) in [
            (&vault, "links", &b"send 3"[..], true),
            (&vault, "links", b"send 4", false),
            (&vault, "feeds", b"send 3", false),
            (&other, "links", b"send 3", false),
        ] {
            let found = signer(vault, purpose).is_signed(message, &signature);
            assert_eq!(found, holds, "{purpose} {message:?}");
        }
        assert!(!signer(&vault, "links").is_signed(b"send 3", &signature[..31]));
        let locked = Vault::Locked("gone".into());
        assert!(locked.signer("links").is_err());
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn the_api_key_is_compared_whole() {
        let key = ApiKey::new(&Secret::new("abc"));
        assert!(key.is("abc") && !key.is("abcd") && !key.is(""));
    }
}
