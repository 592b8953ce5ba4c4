//! Resource `stats`.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi};

use super::{
    Tag,
    error::{Failure, QUERY},
    guard::Key,
    json::Json,
};
use crate::{
    app::App,
    store::{self, Window},
};

/// Figures over everything.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Stats {
    /// Series that are known.
    series: i64,
    /// Of these, monitored.
    monitored: i64,
    /// Missing volumes of monitored series.
    missing: i64,
    /// Missing volumes of monitored series that are looked for.
    wanted: i64,
    /// Missing volumes for which something waits for a human.
    review: i64,
    /// Missing volumes for which a download was sent.
    on_its_way: i64,
    /// Grabs that the client has.
    grabs_sent: i64,
    /// Grabs that are wholly on the shelf.
    grabs_on_shelf: i64,
    /// Grabs that failed.
    grabs_failed: i64,
    /// Deliveries that wait for their target.
    deliveries_waiting: i64,
    /// Deliveries of the last 90 days that were given up.
    deliveries_dead: i64,
}

pub struct StatsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::System")]
impl StatsApi {
    /// Get figures over everything
    ///
    /// How many series, missing volumes and grabs there are, by their state.
    #[oai(path = "/stats", method = "get", operation_id = "get_stats")]
    async fn get(&self, _key: Key, app: Data<&Arc<App>>) -> Result<Json<Stats>, Failure<QUERY>> {
        let none = Window {
            limit: 0,
            offset: 0,
        };
        let (series, monitored, missing) = store::series::counts(&app.db).await?;
        let (mut wants, mut grabs) = (Vec::new(), Vec::new());
        for state in ["wanted", "review", "on_its_way"] {
            let filter = store::want::Filter {
                state,
                ..<_>::default()
            };
            wants.push(store::want::list(&app.db, filter, none).await?.total);
        }
        for states in [
            &["queued", "downloading", "done"][..],
            &["on_shelf"],
            &["failed", "stalled", "lost", "removed"],
        ] {
            let mut sum = 0;
            for state in states {
                let filter = store::grab::Filter {
                    state,
                    ..<_>::default()
                };
                sum += store::grab::list(&app.db, filter, none).await?.total;
            }
            grabs.push(sum);
        }
        Ok(Json(Stats {
            series,
            monitored,
            missing,
            wanted: wants[0],
            review: wants[1],
            on_its_way: wants[2],
            grabs_sent: grabs[0],
            grabs_on_shelf: grabs[1],
            grabs_failed: grabs[2],
            deliveries_waiting: store::delivery::list::count(&app.db, "due", None).await?,
            deliveries_dead: store::delivery::list::count(&app.db, "dead", None).await?,
        }))
    }
}
