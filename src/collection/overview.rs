//! What the series of a library come to, before anything is monitored: by status, and by whether volumes are missing.

use crate::{
    app::App,
    domain::series::Status,
    store::{
        self, StoreError, Window,
        series::{Filter, Group},
    },
};

/// Titles that are named of each group.
const MOST_NAMED: i64 = 5;

/// All series of a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Its series.
    pub series: u64,
    /// Of these, monitored.
    pub monitored: u64,
    /// Missing volumes of all of them.
    pub missing: u64,
    /// They, by how they stand: first the ongoing ones with a gap, then the others with a gap.
    pub groups: Vec<Standing>,
}

/// Series that stand alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What finds exactly these.
    pub filter: Filter,
    /// How many series.
    pub series: u64,
    /// Of these, monitored.
    pub monitored: u64,
    /// Volumes that are missing, or would be if they were monitored.
    pub missing: u64,
    /// The first titles.
    pub examples: Vec<String>,
}

/// Looks at a library as a whole.
///
/// # Errors
/// When the database fails.
pub async fn overview(app: &App, library: i64) -> Result<Overview, StoreError> {
    let mut groups = store::series::groups(&app.db, library).await?;
    groups.sort_by_key(rank);
    let mut overview = Overview::default();
    let first = Window {
        limit: MOST_NAMED,
        offset: 0,
    };
    for group in groups {
        let filter = Filter {
            library: Some(library),
            status: Some(group.status.as_deref().and_then(Status::from_word)),
            missing: Some(group.missing),
            counted: group.counted,
            ..Filter::default()
        };
        let titles = store::series::list(&app.db, &filter, first).await?.records;
        let count = |count: i64| count.unsigned_abs();
        let standing = Standing {
            series: count(group.series),
            monitored: count(group.monitored),
            missing: count(group.volumes),
            examples: titles.into_iter().map(|row| row.series.title).collect(),
            filter,
        };
        overview.series += standing.series;
        overview.monitored += standing.monitored;
        overview.missing += standing.missing;
        overview.groups.push(standing);
    }
    Ok(overview)
}

/// What is worth most stands first: a gap, of a series that goes on.
fn rank(group: &Group) -> (bool, Option<bool>, usize) {
    let status = group.status.as_deref().and_then(Status::from_word);
    let among = Status::ALL.iter().position(|known| Some(*known) == status);
    (
        !group.missing,
        group.counted,
        among.unwrap_or(Status::ALL.len()),
    )
}
