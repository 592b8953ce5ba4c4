//! A link that a program hands in to be downloaded: one of our own offers, a magnet, a file of ed2k, or what is not taken. Pure.

use super::{Ed2kLink, LinkError, Magnet, Payload};

/// In front of the number of an offer.
const OFFER: &str = "lacunarr:offer/";

/// What a link turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One of our own offers, by its number.
    Offer(i64),
    /// What a client takes as it is.
    Link(Payload),
}

/// Why a link is not taken. Each is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// `http://` and `https://`.
    #[error(
        "web links are not followed: search again and send the link of a result (lacunarr:offer/…), a magnet or an ed2k link"
    )]
    Web,
    /// A magnet without a hash, or a link of ed2k to no file.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Anything else.
    #[error(
        "the link is neither that of a search result (lacunarr:offer/…) nor a magnet or ed2k link"
    )]
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
            "magnet" => Ok(Self::Link(magnet(link)?)),
            "ed2k" => Ok(Self::Link(Payload::Ed2k(Ed2kLink::parse(link)?))),
            "http" | "https" => Err(NotTaken::Web),
            _ => Err(NotTaken::Unknown),
        }
    }
}

/// Of either network: `urn:btih`, or `urn:ed2k` with a size.
fn magnet(link: &str) -> Result<Payload, LinkError> {
    match Ed2kLink::of_magnet(link) {
        Some(file) => Ok(Payload::Ed2k(file)),
        None => Magnet::parse(link).map(Payload::Magnet),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_offer_a_magnet_or_refused_for_its_kind() {
        assert_eq!(Given::read(&Given::offer(7)), Ok(Given::Offer(7)));
        let magnet = "Magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
        assert!(matches!(
            Given::read(magnet),
            Ok(Given::Link(Payload::Magnet(_)))
        ));
        for link in [
            "ED2K://|file|a.cbz|1|0123456789abcdef0123456789abcdef|/",
            "magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef&xl=1&dn=a.cbz",
        ] {
            let Ok(Given::Link(Payload::Ed2k(file))) = Given::read(link) else {
                panic!("{link}");
            };
            assert_eq!((file.name.as_str(), file.id.size), ("a.cbz", 1));
        }
        for (link, refusal) in [
            (
                "ed2k://|server|1.2.3.4|4661|/",
                NotTaken::Link(LinkError::NotEd2k("it does not begin with ed2k://|file|")),
            ),
            ("https://tracker.example/download?passkey=1", NotTaken::Web),
            (
                "magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef",
                NotTaken::Link(LinkError::NoInfohash),
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
