//! Links of offers, in memory only and not for long: they carry passkeys and API keys.

use std::{collections::HashMap, sync::Mutex};

use crate::{domain::units::MINUTE, ports::ReleaseLink};

/// Links kept at most.
const MOST: usize = 20_000;

/// How long a link is used before its source is asked again; Prowlarr keeps its own for as long.
const LIFETIME_MILLIS: i64 = 30 * MINUTE;

/// Links by the fingerprint of their offer.
#[derive(Default)]
pub struct LinkCache(Mutex<HashMap<String, (ReleaseLink, i64)>>);

impl LinkCache {
    /// Keeps a link.
    pub fn put(&self, fingerprint: &str, link: ReleaseLink, now: i64) {
        let mut links = self.0.lock().expect("no one panics while holding it");
        if links.len() >= MOST {
            links.retain(|_, (_, until)| *until > now);
        }
        if links.len() >= MOST {
            // Half of them, the oldest: this happens once in ten thousand offers.
            let mut ends: Vec<i64> = links.values().map(|(_, until)| *until).collect();
            ends.sort_unstable();
            let middle = ends[ends.len() / 2];
            links.retain(|_, (_, until)| *until > middle);
        }
        links.insert(fingerprint.to_owned(), (link, now + LIFETIME_MILLIS));
    }

    /// The link, if it is still young enough.
    pub fn get(&self, fingerprint: &str, now: i64) -> Option<ReleaseLink> {
        let links = self.0.lock().expect("no one panics while holding it");
        links
            .get(fingerprint)
            .filter(|(_, until)| *until > now)
            .map(|(link, _)| link.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_bounded_in_number_and_time() {
        let cache = LinkCache::default();
        for number in 0..(MOST as i64 * 2) {
            cache.put(&number.to_string(), ReleaseLink::new("http://x"), number);
        }
        assert!(cache.0.lock().expect("a lock").len() <= MOST);
        let last = (MOST as i64 * 2) - 1;
        assert!(cache.get(&last.to_string(), last).is_some());
        assert!(
            cache
                .get(&last.to_string(), last + LIFETIME_MILLIS)
                .is_none()
        );
        assert!(cache.get("0", last).is_none());
    }
}
