//! Which series: the one filter of lists, of what is decided of many at once, and of what a library's series come to.

use sqlx::FromRow;

use super::{Row, Stored, read};
use crate::{
    domain::{release::Kind, series::Status, title},
    store::{Db, Page, Result, Tx, Window, on, to_json, within},
};

/// What to look for. All of it has to hold; nothing of it means every series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the title; empty for all.
    pub title: String,
    /// Just those that are monitored, or are not.
    pub monitored: Option<bool>,
    /// Just those with missing volumes, or without.
    pub missing: Option<bool>,
    /// Just those of a library; then its word counts for status and tag, and else that of any.
    pub library: Option<i64>,
    /// Just those of this status; some none for those of which no library says it.
    pub status: Option<Option<Status>>,
    /// Just those under this word, whatever its accents and capitals; empty for all.
    pub tag: String,
    /// Just those of a kind.
    pub kind: Option<Kind>,
    /// ISO 639-1; empty for all.
    pub language: String,
    /// Just those of which someone says how many volumes exist, or nobody does.
    pub counted: Option<bool>,
    /// Just these; empty for all.
    pub ids: Vec<i64>,
}

/// Series of a library that stand alike.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Group {
    /// [`Status::word`]; none when the library does not say it.
    pub status: Option<String>,
    /// Volumes are missing.
    pub missing: bool,
    /// Of those without: someone says how many volumes exist.
    pub counted: Option<bool>,
    /// How many series.
    pub series: i64,
    /// Of these, monitored.
    pub monitored: i64,
    /// Missing volumes of all of them.
    pub volumes: i64,
}

/// The statements of a list, of which only the rows of JSON differ between the databases.
struct Statements {
    count: &'static str,
    list: &'static str,
    ids: &'static str,
}

// The status is what the catalogues say; else, of what its libraries do, the first in the order ongoing, hiatus, ended, abandoned, which is that of the letters from the end.
macro_rules! status {
    ($library:literal) => {
        concat!(
            "COALESCE(announced_status, (SELECT MAX(status) FROM series_link WHERE series_link.series_id = series.id AND (",
            $library,
            " = -1 OR series_link.library_id = ",
            $library,
            ")))"
        )
    };
}
macro_rules! matching {
    ($words:literal, $numbers:literal) => {
        concat!(" FROM series WHERE ($1 = '' OR folded LIKE $1) AND ($2 = -1 OR monitored = ($2 = 1)) AND ($3 = -1 OR (missing > 0) = ($3 = 1))
    AND ($4 = -1 OR EXISTS (SELECT 1 FROM series_link WHERE series_link.series_id = series.id AND series_link.library_id = $4))
    AND ($5 = '' OR COALESCE(", status!("$4"), ", 'unknown') = $5)
    AND ($6 = '' OR EXISTS (SELECT 1 FROM series_link, ", $words, " WHERE series_link.series_id = series.id
        AND ($4 = -1 OR series_link.library_id = $4) AND word.value = $6))
    AND ($7 = '' OR kind = $7) AND ($8 = '' OR language = $8)
    AND ($9 = -1 OR (COALESCE(total, announced_total, stated_total) IS NOT NULL) = ($9 = 1))
    AND ($10 = '[]' OR id IN (SELECT CAST(number.value AS BIGINT) FROM ", $numbers, "))")
    };
}
macro_rules! statements {
    ($words:literal, $numbers:literal) => {
        Statements {
            count: concat!("SELECT COUNT(*)", matching!($words, $numbers)),
            list: concat!(
                "SELECT ",
                columns!(),
                matching!($words, $numbers),
                " ORDER BY folded, id LIMIT $11 OFFSET $12"
            ),
            ids: concat!("SELECT id", matching!($words, $numbers), " ORDER BY id"),
        }
    };
}

const SQLITE: Statements = statements!(
    "json_each(series_link.folded_tags) AS word",
    "json_each($10) AS number"
);
const POSTGRES: Statements = statements!(
    "json_array_elements_text(CAST(series_link.folded_tags AS JSON)) AS word(value)",
    "json_array_elements_text(CAST($10 AS JSON)) AS number(value)"
);
const GROUPS: &str = concat!(
    "SELECT status, missing, counted, COUNT(*) AS series, CAST(SUM(CASE WHEN monitored THEN 1 ELSE 0 END) AS BIGINT) AS monitored,
    CAST(SUM(volumes) AS BIGINT) AS volumes FROM (SELECT ",
    status!("$1"),
    " AS status, missing > 0 AS missing, CASE WHEN missing > 0 THEN NULL ELSE COALESCE(total, announced_total, stated_total) IS NOT NULL END AS counted,
    monitored, missing AS volumes
    FROM series WHERE EXISTS (SELECT 1 FROM series_link WHERE series_link.series_id = series.id AND series_link.library_id = $1)) AS shown
    GROUP BY status, missing, counted"
);

/// What a filter stands for in the statements.
struct Bound {
    title: String,
    tag: String,
    flags: [i64; 3],
    library: i64,
    status: &'static str,
    kind: &'static str,
    ids: String,
}

impl Filter {
    fn bound(&self) -> Bound {
        let folded = title::fold(&self.title);
        let flag = |flag: Option<bool>| flag.map_or(-1, i64::from);
        Bound {
            title: match (&*self.title, &*folded) {
                ("", _) => String::new(),
                // No title holds what is neither letter nor digit.
                (_, "") => "\u{1}".into(),
                (_, folded) => format!("%{folded}%"),
            },
            tag: title::fold_word(&self.tag),
            flags: [self.monitored, self.missing, self.counted].map(flag),
            library: self.library.unwrap_or(-1),
            status: self
                .status
                .map_or("", |status| status.map_or("unknown", Status::word)),
            kind: self.kind.map_or("", Kind::word),
            ids: to_json(&self.ids),
        }
    }
}

/// The rest of a query whose first ten parameters are those of a filter.
macro_rules! bind {
    ($query:expr, $filter:expr, $bound:expr) => {
        $query
            .bind(&$bound.title)
            .bind($bound.flags[0])
            .bind($bound.flags[1])
            .bind($bound.library)
            .bind($bound.status)
            .bind(&$bound.tag)
            .bind($bound.kind)
            .bind(&$filter.language)
            .bind($bound.flags[2])
            .bind(&$bound.ids)
    };
}

impl Statements {
    fn on(db: &Db) -> Self {
        match db {
            Db::Sqlite { .. } => SQLITE,
            Db::Postgres(_) => POSTGRES,
        }
    }

    fn within(tx: &Tx) -> Self {
        match tx {
            Tx::Sqlite(_) => SQLITE,
            Tx::Postgres(_) => POSTGRES,
        }
    }
}

/// By title.
pub async fn list(db: &Db, filter: &Filter, window: Window) -> Result<Page<Stored>> {
    let (text, bound) = (Statements::on(db), filter.bound());
    let total = on!(db, pool => bind!(sqlx::query_scalar(text.count), filter, bound).fetch_one(pool).await?);
    let rows: Vec<Row> = on!(db, pool => bind!(sqlx::query_as(text.list), filter, bound)
        .bind(window.limit).bind(window.offset).fetch_all(pool).await?);
    Ok(Page {
        total,
        records: rows.into_iter().map(read).collect::<Result<_>>()?,
    })
}

/// The numbers of all of them, ascending, inside a transaction.
pub async fn matching(tx: &mut Tx, filter: &Filter) -> Result<Vec<i64>> {
    let (text, bound) = (Statements::within(tx), filter.bound());
    Ok(
        within!(tx, conn => bind!(sqlx::query_scalar(text.ids), filter, bound).fetch_all(conn).await?),
    )
}

/// The series that a library shows, by how they stand.
pub async fn groups(db: &Db, library: i64) -> Result<Vec<Group>> {
    Ok(on!(db, pool => sqlx::query_as(GROUPS).bind(library).fetch_all(pool).await?))
}
