//! Offers in the database, as checks would have written them, by the thousand.

use std::collections::HashMap;

use lacunarr::{
    app::App,
    domain::{
        decide::{Judge, Known, elsewhere::Elsewhere},
        link::Network,
        offer::{Offer, fingerprint},
        profile::Profile,
        volume::VolumeSet,
    },
    store,
};

/// Writes offers of these names for a series, each a minute younger than the one before.
pub async fn offered(app: &App, series: i64, names: impl Iterator<Item = String>) {
    let stored = store::series::get(&app.db, series).await;
    let stored = stored.expect("the database").expect("the series");
    let wanted = stored.free_volumes();
    let (nothing, profile) = (VolumeSet::default(), Profile::default());
    let (elsewhere, since, blocked) = (Elsewhere::default(), HashMap::new(), HashMap::new());
    let judge = Judge::new(Known {
        series: &stored.series,
        profile: &profile,
        custom: &[],
        lexicon: app.lexicon,
        wanted: &wanted,
        unconfirmed: &nothing,
        owned: &stored.shelf.present,
        damaged: &nothing,
        doubtful: &nothing,
        missing_since: &since,
        on_its_way: &nothing,
        elsewhere: &elsewhere,
        copies: &[],
        usual_bytes: None,
        blocked: &blocked,
        networks: &[Network::Torrent],
        now: app.clock.now(),
    });
    let offers: Vec<Offer> = names
        .enumerate()
        .map(|(number, name)| offer(app, number as i64, name))
        .collect();
    for some in offers.chunks(5_000) {
        let verdicts: Vec<_> = some.iter().map(|offer| judge.judge(offer)).collect();
        let mut tx = app.db.begin().await.expect("a transaction");
        let written = store::offer::put(&mut tx, series, some.iter().zip(&verdicts)).await;
        written.expect("written");
        tx.commit().await.expect("committed");
    }
}

fn offer(app: &App, number: i64, name: String) -> Offer {
    let now = app.clock.now();
    Offer {
        fingerprint: fingerprint(1, 1, &name),
        source_id: 1,
        source: "prowlarr".into(),
        indexer_id: 1,
        indexer: "Nyaa".into(),
        language: Some("fr".into()),
        categories: vec![7000, 7030],
        published_at: Some(now - number * 60_000),
        seen_at: now,
        ..Offer::of_name(name, Some(80_000_000), Some(12))
    }
}
