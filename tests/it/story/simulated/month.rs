//! A month of nights, in which sources and the client fail, are banned, and come back.

use std::collections::{BTreeMap, BTreeSet};

use lacunarr::{
    domain::units::{DAY, HOUR},
    store,
};

use super::{Simulated, offered, titles};
use crate::stand_in::{
    prowlarr::{self, Release},
    qbittorrent,
};

const SERIES: usize = 300;
/// Of which so many are complete.
const COMPLETE: usize = 60;
/// So many series have their release only later: nobody offers it at first.
const LATER: usize = 30;

fn owned(number: usize) -> Vec<u32> {
    match number {
        0..COMPLETE => vec![1, 2, 3],
        _ => vec![1, 2, 5],
    }
}

const MISSING: [u32; 2] = [3, 4];

/// What goes wrong on each morning of the month, and when it is over.
fn trouble(home: &Simulated, day: i64) {
    match day {
        4 => home.prowlarr.fail(prowlarr::Fault::Down),
        7 => home.prowlarr.fail(None),
        9 => {
            for indexer in [2, 3] {
                let till = lacunarr::clock::iso(home.now() + 3 * DAY);
                home.prowlarr.hold(indexer, Some(&till));
            }
        }
        13 => home
            .prowlarr
            .fail(prowlarr::Fault::RateLimited(Some(30 * 3600))),
        14 => home.prowlarr.fail(None),
        16 => home.prowlarr.fail(prowlarr::Fault::Html),
        18 => home.prowlarr.fail(None),
        20 => home.client.fail(qbittorrent::Fault::Down),
        22 => home.client.fail(None),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_month_of_trouble_nothing_starves_and_nothing_is_sent_twice() {
    let settings = [
        ("SETTINGS__SERIES_PER_NIGHT", "40"),
        ("SETTINGS__FRESH_MINUTES", "120"),
    ];
    let mut home = Simulated::new(SERIES, "2026-11-02T10:30:00Z", owned, &settings).await;
    let titles = titles(SERIES);
    let mut good: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (number, title) in titles.iter().enumerate().skip(COMPLETE + LATER) {
        let (releases, is_good) = offered(title, number, &MISSING, "2026-10-01T12:00:00Z");
        if is_good {
            good.insert(title.clone(), MISSING.into());
        }
        releases
            .into_iter()
            .for_each(|release| home.prowlarr.offer(release));
    }
    home.scan().await;
    home.arm().await;
    let mut later = titles[COMPLETE..COMPLETE + LATER].iter();
    for day in 1..=30 {
        trouble(&home, day);
        if day == 25 {
            home.restart().await;
        }
        // On most days something new comes out.
        if let Some(title) = later.next().filter(|_| day <= 28) {
            let name = format!("{title} T03-T04 [CBZ] FR");
            let published = lacunarr::clock::iso(home.now());
            home.prowlarr
                .offer(Release::new(day % 8 + 1, &name).published(&published));
            good.insert(title.clone(), MISSING.into());
        }
        for _ in 0..4 {
            home.live(DAY / 4).await;
            // Most downloads take hours, some days.
            home.finish_downloads(|since, name| {
                match name.bytes().map(u32::from).sum::<u32>() % 10 {
                    0 => since > 3 * DAY,
                    _ => since > HOUR,
                }
            });
            home.scan().await;
        }
    }

    home.assert_polite();
    let sent = home.sent_volumes();
    assert_eq!(
        sent, good,
        "all that may go by itself is sent once, and nothing else"
    );
    for (night, (grabs, bytes)) in home.sent_by_night() {
        let (most, most_bytes) = match night.as_str() < "2026-11-09" {
            true => (12, 8_000_000_000),
            false => (50, 30_000_000_000),
        };
        assert!(
            grabs <= most && bytes <= most_bytes,
            "{night}: {grabs}, {bytes}"
        );
    }
    let mut searched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut at_private = BTreeSet::new();
    for query in home.prowlarr.queries() {
        let day = lacunarr::clock::day(query.at, chrono_tz::Europe::Paris);
        if query.indexers == [-2] || query.indexers.iter().any(|indexer| *indexer >= 7) {
            at_private.insert(query.term.clone());
        }
        searched.entry(query.term).or_default().insert(day);
    }
    for title in &titles[COMPLETE..] {
        // What came by itself before its turn needs no search.
        let is_there = sent.contains_key(title);
        assert!(
            is_there || searched.contains_key(title),
            "{title} was never searched"
        );
        assert!(
            is_there || at_private.contains(title),
            "{title} was never searched at the private indexers"
        );
    }
    for title in &titles[..COMPLETE] {
        assert!(!searched.contains_key(title), "{title} is complete");
    }
    // Who finds nothing is asked after 1, 3, 7 and 14 days, and not every night.
    let fruitless = titles.iter().enumerate().skip(COMPLETE + LATER);
    for (_, title) in fruitless.filter(|(number, _)| number % 10 == 9) {
        let days = searched[title].len();
        assert!(
            (2..=6).contains(&days),
            "{title} was searched on {days} days"
        );
    }
    let health = lacunarr::health::problems(&home.app).await.expect("health");
    assert!(health.is_empty(), "{health:?}");
    let waiting = store::series::waiting(&home.app.db, i64::MAX, 1_000)
        .await
        .expect("a list");
    assert_eq!(waiting, Vec::<i64>::new(), "nothing waits for ever");
}
