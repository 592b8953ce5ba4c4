//! A link that a program hands in to be downloaded: one of our own offers, a magnet, or what is not taken. Pure.

use super::{LinkError, Magnet};

/// In front of the number of an offer.
const OFFER: &str = "lacunarr:offer/";

/// What a link turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One of our own offers, by its number.
    Offer(i64),
    /// A magnet of BitTorrent.
    Magnet(Magnet),
}

/// Why a link is not taken. Each is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// `ed2k://`.
    #[error("ed2k links cannot be sent: Lacunarr has no client for ed2k yet, only qBittorrent")]
    Ed2k,
    /// `http://` and `https://`.
    #[error(
        "web links are not followed: search again and send the link of a result (lacunarr:offer/…) or a magnet link"
    )]
    Web,
    /// A magnet without a hash of BitTorrent.
    #[error(transparent)]
    Magnet(#[from] LinkError),
    /// Anything else.
    #[error("the link is neither that of a search result (lacunarr:offer/…) nor a magnet link")]
    Unknown,
}

impl Given {
    /// The link of an offer.
    pub fn offer(id: i64) -> String {
        format!("{OFFER}{id}")
    }

    /// Reads a link.
    ///
    /// # Errors
    /// When it is none that is taken.
    pub fn read(link: &str) -> Result<Self, NotTaken> {
        let link = link.trim();
        if let Some(id) = link.strip_prefix(OFFER) {
            return id.parse().map(Self::Offer).map_err(|_| NotTaken::Unknown);
        }
        let scheme = link.split(':').next().unwrap_or_default();
        match scheme.to_ascii_lowercase().as_str() {
            "magnet" => Ok(Self::Magnet(Magnet::parse(link)?)),
            "ed2k" => Err(NotTaken::Ed2k),
            "http" | "https" => Err(NotTaken::Web),
            _ => Err(NotTaken::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_offer_a_magnet_or_refused_for_its_kind() {
        assert_eq!(Given::read(&Given::offer(7)), Ok(Given::Offer(7)));
        let magnet = "Magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
        assert!(matches!(Given::read(magnet), Ok(Given::Magnet(_))));
        for (link, refusal) in [
            (
                "ed2k://|file|a.cbz|1|0123456789abcdef0123456789abcdef|/",
                NotTaken::Ed2k,
            ),
            ("ED2K://|server|", NotTaken::Ed2k),
            ("https://tracker.example/download?passkey=1", NotTaken::Web),
            (
                "magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef",
                NotTaken::Magnet(LinkError::NoInfohash),
            ),
            ("lacunarr:offer/", NotTaken::Unknown),
            ("lacunarr:offer/7/8", NotTaken::Unknown),
            ("lacunarr:offer/99999999999999999999", NotTaken::Unknown),
            ("file:///etc/passwd", NotTaken::Unknown),
            ("", NotTaken::Unknown),
        ] {
            assert_eq!(Given::read(link), Err(refusal), "{link}");
        }
    }
}
