//! Who waits for whom in the database: no one for ever, and who only reads for no one.

use std::time::Duration;

use lacunarr::{
    budget,
    pipeline::sending::{self, SendError},
    reviewing::{self, Approval},
    shelving,
    store::{self, StoreError, Window},
};
use tokio::time::timeout;

use super::parts::{Parts, check, offers};
use crate::stand_in::prowlarr::Release;

#[tokio::test(flavor = "multi_thread")]
async fn a_series_that_is_counted_anew_waits_for_the_scan_that_holds_its_library() {
    let parts = Parts::new(Vec::new()).await;
    let app = parts.starts().await;
    // As far as a scan has come: it holds its library, and comes to the series next.
    let mut scan = app.db.begin().await.expect("a transaction");
    let held = store::library::lock(&mut scan, 1).await;
    held.expect("held");
    let changing = tokio::spawn({
        let app = app.clone();
        async move {
            shelving::change::<StoreError>(&app, 1, |series, _| {
                series.total = Some(9);
                Ok(())
            })
            .await
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let scanned = store::series::get_in(&mut scan, 1).await;
    scanned.expect("no deadlock").expect("Naruto");
    scan.commit().await.expect("scanned");
    let changed = changing.await.expect("it ends");
    let changed = changed.expect("no deadlock").expect("Naruto");
    assert_eq!(changed.stored.series.total, Some(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_reads_does_not_wait_for_the_writer() {
    let parts = Parts::new(vec![Release::new(1, "Naruto T03 [CBZ] FR")]).await;
    let app = parts.starts().await;
    check(&app).await;
    let offer = offers(&app).await.remove(0);
    let clients = sending::Clients::of(&app).await.expect("clients");
    let settings = app.settings().await.expect("settings");
    let soon = Duration::from_secs(10);

    let _writing = app.db.begin().await.expect("a transaction");
    let budget = timeout(soon, budget::of(&app, &settings, &clients)).await;
    budget.expect("at once").expect("a budget");
    let on_shelf = "1".parse().expect("a volume");
    let grabbed = timeout(soon, sending::grab_offer_for(&app, offer.id, on_shelf)).await;
    let grabbed = grabbed.expect("at once");
    assert!(matches!(grabbed, Err(SendError::OnShelf(_))), "{grabbed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_needs_one_connection_at_a_time() {
    let parts = Parts::new(vec![
        Release::new(1, "Naruto 03 [CBZ] FR"),
        Release::new(1, "Naruto 04 [CBZ] FR"),
    ])
    .await;
    let app = parts.starts().await;
    check(&app).await;
    let all = Window {
        limit: 10,
        offset: 0,
    };
    let open = store::review::list(&app.db, "open", None, all).await;
    let review = open.expect("reviews").records.remove(0);
    assert_eq!(review.candidates.len(), 2, "{review:?}");
    // All but one; SQLite has just one that writes.
    let others = if parts.home.database().is_some() {
        7
    } else {
        0
    };
    let mut held = Vec::new();
    for _ in 0..others {
        held.push(app.db.begin().await.expect("a transaction"));
    }
    let approval = reviewing::approve(&app, review.id, Approval::default());
    let approved = timeout(Duration::from_secs(15), approval).await;
    approved.expect("no one is waited for").expect("approved");
    drop(held);
}
