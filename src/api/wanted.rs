//! Resource `wanted`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi, param::Query};

use super::{
    Tag,
    error::{Failure, QUERY},
    guard::Key,
    json::Json,
    page::{Asked, Page},
};
use crate::{
    app::App,
    clock::utc,
    domain::{units::DAY, volume::VolumeNumber},
    store::want,
};

/// What is being done about a missing volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum WantState {
    /// It is looked for.
    Wanted,
    /// Something was found and waits for a human.
    Review,
    /// A download was sent for it.
    OnItsWay,
}

impl WantState {
    const WORDS: [(Self, &str); 3] = [
        (Self::Wanted, "wanted"),
        (Self::Review, "review"),
        (Self::OnItsWay, "on_its_way"),
    ];
}

/// Why a volume counts as missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum Cause {
    /// Later volumes are there.
    Hole,
    /// It is behind the last one that is there, up to the known total.
    Tail,
    /// It is there, in a file that no reader can show.
    Damaged,
    /// It may be there: a file's name and its server say different numbers.
    Doubtful,
}

/// A missing volume of a monitored series.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Want {
    /// Its series.
    series_id: i64,
    /// The title of that.
    title: String,
    /// For example `3` or `10.5`.
    volume: String,
    /// What is being done about it.
    state: WantState,
    /// Why it counts as missing.
    cause: Cause,
    /// Since when it is missing.
    since: DateTime<Utc>,
}

impl From<want::Want> for Want {
    fn from(row: want::Want) -> Self {
        Self {
            series_id: row.series_id,
            title: row.title,
            volume: VolumeNumber::from_hundredths(row.volume)
                .map(|volume| volume.to_string())
                .unwrap_or_default(),
            state: WantState::WORDS
                .iter()
                .find(|known| known.1 == row.state)
                .map_or(WantState::Wanted, |known| known.0),
            cause: match row.cause.as_str() {
                "tail" => Cause::Tail,
                "damaged" => Cause::Damaged,
                "doubtful" => Cause::Doubtful,
                _ => Cause::Hole,
            },
            since: utc(row.since),
        }
    }
}

pub struct WantedApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Wanted")]
impl WantedApi {
    /// List missing volumes
    ///
    /// Of monitored series, by title and volume.
    #[oai(path = "/wanted", method = "get", operation_id = "list_wanted")]
    #[expect(
        clippy::too_many_arguments,
        reason = "an argument is a parameter of the query"
    )]
    async fn list(
        &self,
        _key: Key,
        app: Data<&Arc<App>>,
        /// Just those in this state.
        state: Query<Option<WantState>>,
        /// Just those of a series.
        #[oai(name = "seriesId", validator(minimum(value = "1")))]
        series_id: Query<Option<i64>>,
        /// Just those that have been missing for at least so many days.
        #[oai(
            name = "missingDays",
            validator(minimum(value = "0"), maximum(value = "36500"))
        )]
        missing_days: Query<Option<u32>>,
        /// From 1.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
        page: Query<Option<u32>>,
        /// 1 to 200.
        #[oai(
            name = "pageSize",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        page_size: Query<Option<u32>>,
    ) -> Result<Json<Page<Want>>, Failure<QUERY>> {
        let asked = Asked::new(page.0, page_size.0);
        let state = WantState::WORDS
            .iter()
            .find(|known| Some(known.0) == state.0)
            .map_or("", |known| known.1);
        let until = |days: u32| app.clock.now() - i64::from(days) * DAY;
        let filter = want::Filter {
            state,
            series: series_id.0,
            since: missing_days.0.map_or(i64::MAX, until),
        };
        let listed = want::list(&app.db, filter, asked.window()).await?;
        Ok(Json(asked.of(listed, Want::from)))
    }
}
