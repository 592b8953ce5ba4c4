//! What the rules and comparers may look at of one offer, and the figures that several of them share. Pure.

use std::ops::Deref;

use super::Known;
use crate::domain::{
    edition::Edition,
    offer::Offer,
    profile::{Doubt, Sizes},
    release::Release,
    title::TitleMatch,
    units::MEGABYTE,
    volume::{VolumeNumber, VolumeSet},
};

/// One offer and everything that is known around it.
pub struct Facts<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// Its name, read.
    pub release: &'a Release<'a>,
    /// Whether its title means the series.
    pub title: TitleMatch,
    /// The collected volumes that it promises; empty when none could be read, or what another edition holds is not known.
    pub volumes: VolumeSet,
    /// A title of it that the user says means another series.
    pub not_alias: Option<String>,
    /// Why it is blocked.
    pub blocked: Option<&'a str>,
    /// All the rest.
    pub known: &'a Known<'a>,
}

impl<'a> Deref for Facts<'a> {
    type Target = Known<'a>;

    fn deref(&self) -> &Known<'a> {
        self.known
    }
}

/// The codes of the doubts that a trusted group or indexer settles. The series, the volumes and whether they exist are none of them:
/// whoever made or offers a release says nothing of these.
pub const SETTLED_BY_TRUST: [&str; 4] = [
    "unmarked_number",
    "unknown_language",
    "fan_translation",
    "unusual_size",
];

impl Facts<'_> {
    /// It comes by itself: wanted, and not there in a damaged file or in one that may be it, of which a person says what is to be done.
    pub(super) fn comes(&self, volume: VolumeNumber) -> bool {
        let unsettled = self.damaged.contains(volume) || self.doubtful.contains(volume);
        self.wanted.contains(volume) && !unsettled
    }

    /// The last volume on the shelf, without its fraction.
    pub(super) fn last_owned(&self) -> Option<u32> {
        self.owned
            .last()
            .map(|last| (last.hundredths() / 100) as u32)
    }

    /// What the profile says of a doubt, but from those who are trusted no human has to look. A refusal stays one.
    pub(super) fn settled(&self, doubt: Doubt) -> Doubt {
        match doubt {
            Doubt::Review if self.is_trusted() => Doubt::Pass,
            doubt => doubt,
        }
    }

    fn is_trusted(&self) -> bool {
        let knows = |list: &[String], name: &str| list.iter().any(|known| super::same(known, name));
        let by_group = self.release.group;
        by_group.is_some_and(|group| knows(&self.profile.trusted_groups, group))
            || knows(&self.profile.trusted_indexers, &self.offer.indexer)
    }

    /// The language is collected, or taken too.
    pub(super) fn takes(&self, language: &str) -> bool {
        let others = &self.profile.fallback_languages;
        language == self.series.language || others.iter().any(|other| other == language)
    }

    /// The other language for which it is taken, stated or else the indexer's own; none when it has the collected one.
    pub(super) fn fallback_language(&self) -> Option<&str> {
        let profile = self.known.profile;
        let stated = &self.release.languages;
        let assumed = self.indexer_language().filter(|_| stated.is_empty());
        let has = |language: &str| stated.contains(&language) || assumed == Some(language);
        let mut others = profile.fallback_languages.iter();
        let other = others.find(|language| has(language))?;
        (!has(&self.series.language)).then_some(other.as_str())
    }

    /// The language of what the indexer offers, when a name states none.
    pub(super) fn indexer_language(&self) -> Option<&str> {
        let said = &self.profile.indexer_languages;
        let by_user = said
            .iter()
            .find(|(name, _)| super::same(name, &self.offer.indexer));
        by_user
            .map(|(_, language)| language.as_str())
            .or(self.offer.language.as_deref())
    }

    /// The collected language counts most, then the others that are taken; one that is not known comes last.
    pub(super) fn language_rank(&self) -> i64 {
        let others = &self.profile.fallback_languages;
        let place = |language: &str| match language {
            own if own == self.series.language => Some(0),
            other => others
                .iter()
                .position(|known| known == other)
                .map(|at| at + 1),
        };
        let stated = self
            .release
            .languages
            .iter()
            .filter_map(|language| place(language))
            .min();
        let assumed = || place(self.indexer_language()?);
        let best = stated.or_else(|| self.release.languages.is_empty().then(assumed)?);
        -(best.unwrap_or(others.len() + 1) as i64)
    }

    /// The sizes of one volume, with the name of their field; none where volumes are of any size.
    pub(super) fn sizes(&self) -> Option<(&'static str, &Sizes)> {
        let text = ["epub", "mobi", "azw3"];
        let formats = &self.release.formats;
        let is_text = !formats.is_empty() && formats.iter().all(|format| text.contains(format));
        self.profile.sizes(self.series.kind, is_text)
    }

    /// By how much a coloured copy is larger; 1 for others.
    pub(super) fn colour_factor(&self) -> f64 {
        match self.release.edition {
            Edition::Colour => self.profile.colour_factor,
            _ => 1.0,
        }
    }

    /// How many volumes of ordinary size it holds; none when that is not known.
    fn holds(&self) -> Option<u64> {
        let each = match self.series.edition {
            Edition::Double => 2,
            Edition::Omnibus(Some(each)) => u64::from(each),
            edition if edition.is_cut_anew() => return None,
            _ => 1,
        };
        match self.volumes.len() as u64 {
            0 => None,
            volumes => Some(volumes * each),
        }
    }

    /// Bytes of one ordinary volume of it; none when its size or its volumes are not known.
    pub(super) fn bytes_each(&self) -> Option<u64> {
        Some(self.offer.size? / self.holds()?)
    }

    /// Milliseconds since it was published.
    pub(super) fn age(&self) -> Option<i64> {
        Some((self.now - self.offer.published_at?).max(0))
    }

    /// Bytes of a volume of this series: the median on the shelf, else the middle of the ideal sizes.
    fn usual(&self) -> u64 {
        let ideal = |(_, sizes): (_, &Sizes)| {
            ((sizes.ideal_from + sizes.ideal_to) / 2.0 * MEGABYTE as f64) as u64
        };
        self.usual_bytes
            .or_else(|| self.sizes().map(ideal))
            .unwrap_or(0)
    }

    /// Bytes of all its volumes, when its size is not known.
    pub(super) fn usual_bytes_of_all(&self) -> u64 {
        self.usual() * self.volumes.len() as u64
    }

    /// Bytes of it that nobody wants.
    pub(super) fn useless_bytes(&self) -> u64 {
        let volumes = self.volumes.len() as u64;
        let useless = self
            .volumes
            .iter()
            .filter(|volume| !self.comes(*volume))
            .count() as u64;
        match (useless, self.offer.size) {
            (0, _) => 0,
            (useless, Some(size)) => size / volumes * useless,
            (useless, None) => self.usual() * useless,
        }
    }

    /// Megabytes of a volume off the usual size; 0 when either is not known, and inside the ideal sizes of a series without a median.
    pub(super) fn megabytes_off(&self) -> i64 {
        let Some(each) = self.bytes_each() else {
            return 0;
        };
        let megabytes = (each / MEGABYTE) as i64;
        match (self.usual_bytes, self.sizes()) {
            (Some(usual), _) => (megabytes - (usual / MEGABYTE) as i64).abs(),
            (None, Some((_, sizes))) => {
                let (least, most) = (
                    sizes.ideal_from as i64,
                    (sizes.ideal_to * self.colour_factor()) as i64,
                );
                (least - megabytes).max(megabytes - most).max(0)
            }
            (None, None) => 0,
        }
    }
}
