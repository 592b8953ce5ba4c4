//! The first evening of a careful collector: 1,800 series, eight indexers, all budgets as they are by default.

use std::collections::BTreeSet;

use lacunarr::{
    arming,
    domain::units::{DAY, HOUR},
};

use super::{Simulated, offered, titles};

const SERIES: usize = 1_800;

/// Seven in ten have one or two holes.
fn owned(number: usize) -> Vec<u32> {
    match number % 10 {
        0..=2 => vec![1, 2, 3],
        3..=6 => vec![1, 2, 4, 5],
        _ => vec![1, 2, 5],
    }
}

fn missing(number: usize) -> Vec<u32> {
    match number % 10 {
        0..=2 => Vec::new(),
        3..=6 => vec![3],
        _ => vec![3, 4],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_evening_of_a_large_home_is_quiet_and_within_every_budget() {
    // Seven in the evening in Paris.
    let mut home = Simulated::new(SERIES, "2026-11-02T18:00:00Z", owned, &[]).await;
    let mut good = BTreeSet::new();
    for (number, title) in titles(SERIES).iter().enumerate() {
        let missing = missing(number);
        if missing.is_empty() {
            continue;
        }
        // Shifted, so that holes and kinds of offers meet in all combinations.
        let kind = number / 10 + number;
        let (releases, is_good) = offered(title, kind, &missing, "2026-10-01T12:00:00Z");
        for release in releases {
            if is_good {
                good.insert(release.title.clone());
            }
            home.prowlarr.offer(release);
        }
    }

    home.scan().await;
    let events = home.events().await;
    assert_eq!(
        events,
        [("library.imported".to_owned(), 2)].into(),
        "a baseline is one event for each library"
    );

    let mut volumes = 0;
    for library in [1, 2] {
        let preview = arming::preview(&home.app, library)
            .await
            .expect("a preview");
        let of_library = |number: &usize| (number % 3 == 2) == (library_of_bd(library));
        let gaps: Vec<usize> = (0..SERIES)
            .filter(of_library)
            .map(|number| missing(number).len())
            .collect();
        assert_eq!(preview.volumes, gaps.iter().sum::<usize>() as u64);
        assert_eq!(
            preview.series,
            gaps.iter().filter(|gaps| **gaps > 0).count() as u64
        );
        // The middle of the ideal sizes when nothing else is known; 8 GB in each night of the first week, 30 in any other.
        let megabytes = if library_of_bd(library) { 120 } else { 150 };
        let megabytes = preview.volumes * megabytes;
        assert_eq!(preview.gigabytes, megabytes as f64 / 1_000.0);
        let nights = 7 + (megabytes - 7 * 8_000).div_ceil(30_000);
        assert_eq!(
            preview.nights,
            Some(nights.max(7 + (preview.volumes - 7 * 12).div_ceil(50)))
        );
        volumes += preview.volumes;
    }
    assert!(volumes > 1_500, "{volumes}");
    home.live(HOUR).await;
    assert!(home.client.torrents().is_empty(), "nothing is armed");

    home.arm().await;
    home.live(16 * HOUR).await;
    home.assert_polite();
    let nights = home.sent_by_night();
    let (grabs, bytes) = nights
        .values()
        .fold((0, 0), |sums, night| (sums.0 + night.0, sums.1 + night.1));
    // Ten are active at once and none ends in this night.
    assert_eq!((nights.len(), grabs), (1, 10), "{nights:?}");
    assert!(bytes <= 8_000_000_000, "{bytes}");
    for held in home.client.torrents() {
        assert!(
            good.contains(&held.name),
            "{} was not to go by itself",
            held.name
        );
    }
    home.sent_volumes();
    let events = home.events().await;
    // Six of the first look at recent releases, ten of the night's check, and a digest of the others.
    assert_eq!(
        (events["review.needed"], events["digest"]),
        (16, 1),
        "{events:?}"
    );
    assert_eq!(events.get("volume.missing"), None, "{events:?}");
    assert!(events.values().sum::<usize>() <= 60, "{events:?}");
    let searched: BTreeSet<String> = home
        .prowlarr
        .queries()
        .into_iter()
        .map(|query| query.term)
        .filter(|term| !term.is_empty())
        .collect();
    assert_eq!(searched.len(), 150, "series of one night");

    // The next evening, when they are on the shelf, the others that were picked go, without being searched again.
    home.finish_downloads(|_, _| true);
    home.scan().await;
    let before = home.prowlarr.queries().len();
    home.live(DAY / 6).await;
    let second = home.client.torrents().len() - grabs;
    assert_eq!(second, 10);
    let searches = home.prowlarr.queries().split_off(before);
    let searches = searches.iter().filter(|query| !query.term.is_empty());
    assert!(
        searches.count() <= second,
        "one for each link that left the memory"
    );
    home.assert_polite();
}

fn library_of_bd(library: i64) -> bool {
    library == 1
}
