//! Table `series_identity`: which series of which catalogue a series is. [`same`]: the series that a library means.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::{
    edition::Edition,
    identity::{Catalogue, Identity},
    release::Kind,
    title,
};

use super::{Db, OfRows, Result, StoreError, Tx, of_rows, on, within};

/// Merges of merges are followed so far.
const MOST_MERGES: usize = 100;

/// An identity, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// What is said.
    pub identity: Identity,
    /// The library that says it; none for the user.
    pub library_id: Option<i64>,
}

/// A series as a library names it.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// Its title.
    pub title: &'a str,
    /// ISO 639-1.
    pub language: &'a str,
    /// Its edition.
    pub edition: Edition,
    /// Whether it counts chapters.
    pub kind: Kind,
    /// What the library says that it is.
    pub identities: &'a [Identity],
}

#[derive(sqlx::FromRow)]
struct Row {
    catalogue: String,
    external_id: String,
    library_id: Option<i64>,
}

const OF_SERIES: &str =
    "SELECT catalogue, external_id, library_id FROM series_identity WHERE series_id = $1
    ORDER BY catalogue, external_id, COALESCE(library_id, 0)";
const OF_LIBRARY: &str = "SELECT external_key, catalogue, external_id FROM series_identity
    WHERE library_id = $1 ORDER BY external_key, catalogue, external_id";
const FORGET: &str = "DELETE FROM series_identity WHERE library_id = $1 AND external_key = $2";
const FORGET_BY_HAND: &str =
    "DELETE FROM series_identity WHERE series_id = $1 AND library_id IS NULL";
const FORGET_ONE: &str = "DELETE FROM series_identity WHERE series_id = $1 AND library_id IS NULL AND catalogue = $2 AND external_id = $3";
const RENAME: &str =
    "UPDATE series_identity SET external_key = $3 WHERE library_id = $1 AND external_key = $2";
const PUT: &str = "INSERT INTO series_identity (series_id, catalogue, external_id, library_id, external_key) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING";
const SAME_IDENTITY: OfRows = of_rows!(
    "SELECT DISTINCT series.id",
    "JOIN series_identity ON series_identity.catalogue = value ->> 'catalogue' AND series_identity.external_id = value ->> 'id'
    JOIN series ON series.id = series_identity.series_id
    WHERE series.language = $2 AND series.edition = $3 AND (series.kind = 'chapters') = $4 ORDER BY series.id"
);
const SAME_TITLE: &str = "SELECT id FROM series WHERE folded = $1 AND language = $2 AND edition = $3 AND (kind = 'chapters') = $4 ORDER BY id LIMIT 1";
const SAME_ALIAS: &str = "SELECT series.id, series.title FROM series JOIN series_alias ON series_alias.series_id = series.id WHERE series_alias.folded = $1
    AND language = $2 AND edition = $3 AND (kind = 'chapters') = $4 ORDER BY series.id LIMIT 1";
const MERGED_TITLE: &str = "SELECT into_id FROM series_merge WHERE folded = $1 AND language = $2 AND edition = $3 AND (kind = 'chapters') = $4 ORDER BY id LIMIT 1";
const IS_THERE: &str = "SELECT COUNT(*) FROM series WHERE id = $1";
const MERGED_INTO: &str = "SELECT into_id FROM series_merge WHERE from_id = $1";

/// The series that a library means: one of the same catalogue's id, else one of exactly this title, else the one into which that was
/// merged. Always of the same language and edition, and counting the same.
pub async fn same(tx: &mut Tx, sought: &Sought<'_>) -> Result<Option<i64>> {
    if !sought.identities.is_empty() {
        let row = |identity: &Identity| json!({"catalogue": identity.catalogue.word(), "id": identity.id});
        let rows: Value = sought.identities.iter().map(row).collect();
        let same = SAME_IDENTITY.text(tx);
        let found: Vec<i64> = within!(&mut *tx, conn => sqlx::query_scalar(same).bind(rows.to_string()).bind(sought.language)
            .bind(sought.edition.word().into_owned()).bind(sought.kind == Kind::Chapters).fetch_all(conn).await?);
        if let Some(id) = found.first() {
            return Ok(Some(*id));
        }
    }
    match by_title(tx, SAME_TITLE, sought).await? {
        Some(id) => Ok(Some(id)),
        None => match by_title(tx, MERGED_TITLE, sought).await? {
            Some(into) => now_in(tx, into).await,
            None => Ok(None),
        },
    }
}

/// The series of exactly this title, language and edition that counts the same.
pub async fn called(tx: &mut Tx, sought: &Sought<'_>) -> Result<Option<i64>> {
    by_title(tx, SAME_TITLE, sought).await
}

/// The series of which this title is an alias, in the same language and edition and counting the same; with its own title.
pub async fn also_called(tx: &mut Tx, sought: &Sought<'_>) -> Result<Option<(i64, String)>> {
    Ok(
        within!(tx, conn => sqlx::query_as(SAME_ALIAS).bind(title::fold(sought.title)).bind(sought.language).bind(sought.edition.word().into_owned())
        .bind(sought.kind == Kind::Chapters).fetch_optional(conn).await?),
    )
}

async fn by_title(tx: &mut Tx, text: &'static str, sought: &Sought<'_>) -> Result<Option<i64>> {
    let chapters = sought.kind == Kind::Chapters;
    Ok(
        within!(tx, conn => sqlx::query_scalar(text).bind(title::fold(sought.title)).bind(sought.language).bind(sought.edition.word().into_owned())
        .bind(chapters).fetch_optional(conn).await?),
    )
}

/// The series itself, or the one into which it was merged in the end.
async fn now_in(tx: &mut Tx, mut id: i64) -> Result<Option<i64>> {
    for _ in 0..MOST_MERGES {
        let there: i64 =
            within!(&mut *tx, conn => sqlx::query_scalar(IS_THERE).bind(id).fetch_one(conn).await?);
        if there > 0 {
            return Ok(Some(id));
        }
        let into: Option<i64> = within!(&mut *tx, conn => sqlx::query_scalar(MERGED_INTO).bind(id).fetch_optional(conn).await?);
        let Some(into) = into else { break };
        id = into;
    }
    Ok(None)
}

/// What is said of a series.
pub async fn of_series(db: &Db, series: i64) -> Result<Vec<Stated>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_SERIES).bind(series).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

/// What the user says of a series.
pub async fn by_hand(tx: &mut Tx, series: i64) -> Result<Vec<Identity>> {
    let rows: Vec<Row> =
        within!(tx, conn => sqlx::query_as(OF_SERIES).bind(series).fetch_all(conn).await?);
    let by_hand = rows.into_iter().filter(|row| row.library_id.is_none());
    by_hand.map(|row| Ok(read(row)?.identity)).collect()
}

/// What a library says, by its keys.
pub async fn of_library(tx: &mut Tx, library: i64) -> Result<HashMap<String, Vec<Identity>>> {
    let rows: Vec<(String, String, String)> =
        within!(tx, conn => sqlx::query_as(OF_LIBRARY).bind(library).fetch_all(conn).await?);
    let mut said: HashMap<String, Vec<Identity>> = HashMap::new();
    for (key, catalogue, id) in rows {
        let identity = identity(&catalogue, id)?;
        said.entry(key).or_default().push(identity);
    }
    Ok(said)
}

/// The user says this of a series, and nothing else.
pub async fn put_by_hand(tx: &mut Tx, series: i64, identities: &[Identity]) -> Result<()> {
    within!(&mut *tx, conn => sqlx::query(FORGET_BY_HAND).bind(series).execute(conn).await.map(drop))?;
    add_by_hand(tx, series, identities).await
}

/// The user says this of a series too.
pub async fn add_by_hand(tx: &mut Tx, series: i64, identities: &[Identity]) -> Result<()> {
    for identity in identities {
        within!(&mut *tx, conn => sqlx::query(PUT).bind(series).bind(identity.catalogue.word()).bind(&identity.id).bind(None::<i64>).bind(None::<String>).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// The user does not say this of a series any more.
pub async fn take_by_hand(tx: &mut Tx, series: i64, identities: &[Identity]) -> Result<()> {
    for identity in identities {
        within!(&mut *tx, conn => sqlx::query(FORGET_ONE).bind(series).bind(identity.catalogue.word()).bind(&identity.id).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// A library says this, and nothing else, of the series that one of its keys means.
pub async fn put_of_key(
    tx: &mut Tx,
    (library, key): (i64, &str),
    series: i64,
    identities: &[Identity],
) -> Result<()> {
    forget(tx, library, key).await?;
    for identity in identities {
        within!(&mut *tx, conn => sqlx::query(PUT).bind(series).bind(identity.catalogue.word()).bind(&identity.id).bind(Some(library)).bind(Some(key)).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// A key of a library says nothing any more.
pub(super) async fn forget(tx: &mut Tx, library: i64, key: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(FORGET).bind(library).bind(key).execute(conn).await.map(drop))?;
    Ok(())
}

/// A key of a library has another name.
pub(super) async fn rename(tx: &mut Tx, library: i64, from: &str, to: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(RENAME).bind(library).bind(from).bind(to).execute(conn).await.map(drop))?;
    Ok(())
}

/// From the words of a row.
pub(super) fn identity(catalogue: &str, id: String) -> Result<Identity> {
    let catalogue = Catalogue::from_word(catalogue).ok_or(StoreError::Unreadable {
        place: "series_identity.catalogue",
    })?;
    Ok(Identity { catalogue, id })
}

fn read(row: Row) -> Result<Stated> {
    Ok(Stated {
        identity: identity(&row.catalogue, row.external_id)?,
        library_id: row.library_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::series::Series,
        store::{connection, merge, scratch, series},
    };

    async fn insert(tx: &mut Tx, title: &str, change: impl FnOnce(&mut Series)) -> i64 {
        let mut series = Series {
            title: title.into(),
            language: "fr".into(),
            kind: Kind::Manga,
            ..Series::default()
        };
        change(&mut series);
        series::insert(tx, &series, 1).await.expect("inserted")
    }

    fn sought<'a>(title: &'a str, identities: &'a [Identity]) -> Sought<'a> {
        Sought {
            title,
            language: "fr",
            edition: Edition::Standard,
            kind: Kind::Manga,
            identities,
        }
    }

    fn anilist(id: &str) -> Identity {
        Identity {
            catalogue: Catalogue::AniList,
            id: id.into(),
        }
    }

    #[tokio::test]
    async fn a_catalogue_s_id_counts_more_than_a_title_and_neither_crosses_language_edition_or_kind()
     {
        let folder = tempfile::tempdir().expect("a folder");
        let (db, _) = scratch::new(folder.path()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let naruto = insert(&mut tx, "Naruto", |_| ()).await;
        let piece = insert(&mut tx, "One Piece", |_| ()).await;
        add_by_hand(&mut tx, piece, &[anilist("13")])
            .await
            .expect("said");
        let english = insert(&mut tx, "Naruto", |series| series.language = "en".into()).await;
        let chapters = insert(&mut tx, "Naruto", |series| series.kind = Kind::Chapters).await;
        let perfect = insert(&mut tx, "Naruto", |series| {
            series.edition = Edition::Perfect
        })
        .await;
        for (sought, expected) in [
            (sought("NARUTO", &[]), Some(naruto)),
            (sought("Naruto", &[anilist("13")]), Some(piece)),
            (sought("Naruto", &[anilist("14")]), Some(naruto)),
            (
                sought("Wan Pīsu", &[anilist("14"), anilist("13")]),
                Some(piece),
            ),
            (sought("Wan Pīsu", &[]), None),
            (
                Sought {
                    language: "en",
                    ..sought("Naruto", &[anilist("13")])
                },
                Some(english),
            ),
            (
                Sought {
                    kind: Kind::Chapters,
                    ..sought("Naruto", &[anilist("13")])
                },
                Some(chapters),
            ),
            (
                Sought {
                    kind: Kind::Auto,
                    ..sought("Naruto", &[])
                },
                Some(naruto),
            ),
            (
                Sought {
                    edition: Edition::Perfect,
                    ..sought("Naruto", &[anilist("13")])
                },
                Some(perfect),
            ),
            (
                Sought {
                    edition: Edition::Deluxe,
                    ..sought("Naruto", &[anilist("13")])
                },
                None,
            ),
        ] {
            let found = same(&mut tx, &sought).await.expect("an answer");
            assert_eq!(found, expected, "{sought:?}");
        }
    }

    #[tokio::test]
    async fn what_a_library_says_follows_its_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let (db, _) = scratch::new(folder.path()).await;
        let mut tx = db.begin().await.expect("a transaction");
        let draft = connection::Draft {
            role: "library",
            name: "manga",
            kind: "folder",
            managed: "api",
            enabled: true,
            config: "{}",
            sealed: None,
        };
        let library = connection::insert(&mut tx, &draft, 1)
            .await
            .expect("a library");
        let naruto = insert(&mut tx, "Naruto", |_| ()).await;
        let other = insert(&mut tx, "Boruto", |_| ()).await;
        for (key, series) in [("a", naruto), ("b", naruto)] {
            let link = super::super::link::Link {
                key: key.into(),
                ..super::super::link::Link::wanted(library, series)
            };
            super::super::link::put(&mut tx, &link, 1)
                .await
                .expect("a link");
        }
        put_of_key(
            &mut tx,
            (library, "a"),
            naruto,
            &[anilist("1"), anilist("1")],
        )
        .await
        .expect("said");
        put_of_key(
            &mut tx,
            (library, "b"),
            naruto,
            &[anilist("1"), anilist("2")],
        )
        .await
        .expect("said");
        put_by_hand(&mut tx, naruto, &[anilist("1")])
            .await
            .expect("said");
        super::super::link::rename(&mut tx, library, "b", "c")
            .await
            .expect("renamed");
        let said = of_library(&mut tx, library).await.expect("read");
        assert_eq!(said["a"], [anilist("1")]);
        assert_eq!(said["c"], [anilist("1"), anilist("2")]);
        super::super::link::take_apart(&mut tx, library, "c", other)
            .await
            .expect("taken");
        merge::moved::follow_links(&mut tx, naruto, other)
            .await
            .expect("followed");
        put_of_key(&mut tx, (library, "a"), naruto, &[])
            .await
            .expect("said");
        assert_eq!(
            by_hand(&mut tx, naruto).await.expect("read"),
            [anilist("1")]
        );
        tx.commit().await.expect("committed");
        let of = async |series| of_series(&db, series).await.expect("read").len();
        assert_eq!((of(naruto).await, of(other).await), (1, 2));
    }
}
