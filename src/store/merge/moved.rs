//! Rows of other tables that become another series', and become its own again.

use serde::{Deserialize, Serialize};

use crate::store::{OfRows, Result, Tx, of_rows, to_json, within};

/// Numbers of the rows that became another series'.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Moved {
    grabs: Vec<i64>,
    offers: Vec<i64>,
    reviews: Vec<i64>,
    rules: Vec<i64>,
    blocked: Vec<i64>,
    placements: Vec<i64>,
    events: Vec<i64>,
    listed: Vec<i64>,
}

impl Moved {
    /// True for an offer that was not the other's from the beginning.
    pub fn has_offer(&self, id: i64) -> bool {
        self.offers.contains(&id)
    }
}

const GRABS: &str = "UPDATE grab SET series_id = $2 WHERE series_id = $1 RETURNING id";
const GRAB_VOLUMES: &str = "UPDATE grab_volume SET series_id = $2 WHERE series_id = $1";
// What the other has too is not moved; see `kept`.
const OFFERS: &str = "UPDATE offer SET series_id = $2 WHERE series_id = $1 AND NOT EXISTS (SELECT 1 FROM offer AS other
    WHERE other.series_id = $2 AND other.source_id = offer.source_id AND other.fingerprint = offer.fingerprint) RETURNING id";
const BLOCKED: &str = "UPDATE blocked SET series_id = $2 WHERE series_id = $1 AND NOT EXISTS (SELECT 1 FROM blocked AS other
    WHERE other.series_id = $2 AND other.fingerprint = blocked.fingerprint) RETURNING id";
const REVIEWS: &str = "UPDATE review SET series_id = $2 WHERE series_id = $1 RETURNING id";
const RULES: &str = "UPDATE rule SET series_id = $2 WHERE series_id = $1 RETURNING id";
const PLACEMENTS: &str = "UPDATE placement SET series_id = $2 WHERE series_id = $1 RETURNING id";
const EVENTS: &str = "UPDATE event SET series_id = $2 WHERE series_id = $1 RETURNING seq";
const LISTED: &str =
    "UPDATE import_list_entry SET series_id = $2 WHERE series_id = $1 RETURNING id";
const WANTS: &str = "UPDATE want SET series_id = $2 WHERE series_id = $1
    AND NOT EXISTS (SELECT 1 FROM want AS other WHERE other.series_id = $2 AND other.volume = want.volume)";
const LINKS: &str = "UPDATE series_link SET series_id = $2, merged_from = COALESCE(merged_from, $1) WHERE series_id = $1";
const IDENTITIES: &str =
    "UPDATE series_identity SET series_id = $2 WHERE series_id = $1 AND library_id IS NOT NULL";
const THREADS: &str = "UPDATE series_thread SET series_id = $2, merged_from = CASE WHEN merged_from = 0 THEN $1 ELSE merged_from END WHERE series_id = $1";

const GRABS_BACK: OfRows = of_rows!(
    "UPDATE grab SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const GRAB_VOLUMES_BACK: OfRows = of_rows!(
    "UPDATE grab_volume SET series_id = $3 WHERE series_id = $2 AND grab_id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const OFFERS_BACK: OfRows = of_rows!(
    "UPDATE offer SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const BLOCKED_BACK: OfRows = of_rows!(
    "UPDATE blocked SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const REVIEWS_BACK: OfRows = of_rows!(
    "UPDATE review SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const RULES_BACK: OfRows = of_rows!(
    "UPDATE rule SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const PLACEMENTS_BACK: OfRows = of_rows!(
    "UPDATE placement SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const EVENTS_BACK: OfRows = of_rows!(
    "UPDATE event SET series_id = $3 WHERE series_id = $2 AND seq IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const LISTED_BACK: OfRows = of_rows!(
    "UPDATE import_list_entry SET series_id = $3 WHERE series_id = $2 AND id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const LINKS_BACK: OfRows = of_rows!(
    "UPDATE series_link SET series_id = $3, merged_from = CASE WHEN merged_from = $3 THEN NULL ELSE merged_from END
    WHERE series_id = $2 AND merged_from IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const THREADS_BACK: OfRows = of_rows!(
    "UPDATE series_thread SET series_id = $3, merged_from = CASE WHEN merged_from = $3 THEN 0 ELSE merged_from END
    WHERE series_id = $2 AND merged_from IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT)",
    ")"
);
const FOLLOW_LINKS: &str = "UPDATE series_identity SET series_id = $2 WHERE series_id = $1 AND EXISTS (SELECT 1 FROM series_link
    WHERE series_link.series_id = $2 AND series_link.library_id = series_identity.library_id AND series_link.external_key = series_identity.external_key)";

const SENT: &str = "UPDATE grab SET offer_id = $3 WHERE series_id = $1 AND offer_id = $2";
const NO_QUESTION: &str =
    "UPDATE want SET state = 'wanted' WHERE series_id = $1 AND state = 'review'
    AND NOT EXISTS (SELECT 1 FROM review WHERE review.series_id = $1 AND review.state = 'open')";

/// Everything of a series that can be another's becomes that one's: first the offers, then what names them. Of two open questions of one
/// cause the caller has closed one.
pub async fn move_all(tx: &mut Tx, from: i64, into: i64) -> Result<Moved> {
    let moved = Moved {
        offers: ids(tx, OFFERS, from, into).await?,
        grabs: ids(tx, GRABS, from, into).await?,
        reviews: ids(tx, REVIEWS, from, into).await?,
        rules: ids(tx, RULES, from, into).await?,
        blocked: ids(tx, BLOCKED, from, into).await?,
        placements: ids(tx, PLACEMENTS, from, into).await?,
        events: ids(tx, EVENTS, from, into).await?,
        listed: ids(tx, LISTED, from, into).await?,
    };
    for text in [GRAB_VOLUMES, WANTS, LINKS, IDENTITIES, THREADS] {
        within!(&mut *tx, conn => sqlx::query(text).bind(from).bind(into).execute(conn).await.map(drop))?;
    }
    Ok(moved)
}

async fn ids(tx: &mut Tx, text: &'static str, from: i64, into: i64) -> Result<Vec<i64>> {
    Ok(within!(tx, conn => sqlx::query_scalar(text).bind(from).bind(into).fetch_all(conn).await?))
}

/// What was moved, and is still the other's, becomes its own again; so do the keys of libraries that meant it, or one of `all_within` it.
pub async fn move_back(
    tx: &mut Tx,
    moved: &Moved,
    (into, back): (i64, i64),
    all_within: &[i64],
) -> Result<()> {
    for (of_rows, ids) in [
        (&OFFERS_BACK, moved.offers.as_slice()),
        (&GRABS_BACK, &moved.grabs),
        (&GRAB_VOLUMES_BACK, &moved.grabs),
        (&REVIEWS_BACK, &moved.reviews),
        (&RULES_BACK, &moved.rules),
        (&BLOCKED_BACK, &moved.blocked),
        (&PLACEMENTS_BACK, &moved.placements),
        (&EVENTS_BACK, &moved.events),
        (&LISTED_BACK, &moved.listed),
        (&LINKS_BACK, all_within),
        (&THREADS_BACK, all_within),
    ] {
        let text = of_rows.text(tx);
        within!(&mut *tx, conn => sqlx::query(text).bind(to_json(&ids)).bind(into).bind(back).execute(conn).await.map(drop))?;
    }
    follow_links(tx, into, back).await
}

/// What libraries say by keys that mean another series now is said of that.
pub async fn follow_links(tx: &mut Tx, from: i64, to: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(FOLLOW_LINKS).bind(from).bind(to).execute(conn).await.map(drop))?;
    Ok(())
}

/// What of a series was sent for one offer was sent for another.
pub async fn sent_for(tx: &mut Tx, series: i64, before: i64, now: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(SENT).bind(series).bind(before).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// Nothing of a series waits for an answer when none is asked for.
pub async fn settle_wants(tx: &mut Tx, series: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(NO_QUESTION).bind(series).execute(conn).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    /// Tables with a series, and what a merge does with their rows.
    const KNOWN: [(&str, &str); 19] = [
        ("series_alias", "kept"),
        ("want", "kept and moved"),
        ("offer", "moved, twins kept"),
        ("blocked", "moved, twins kept"),
        ("grab", "moved"),
        ("grab_volume", "moved"),
        ("review", "moved or joined"),
        ("rule", "moved"),
        ("placement", "moved"),
        ("event", "moved"),
        ("import_list_entry", "moved"),
        ("series_link", "moved, and says so"),
        ("series_identity", "moved or kept"),
        ("series_thread", "moved, and says so"),
        ("catalogue_link", "kept; catalogues are asked anew"),
        ("catalogue_candidate", "given up: catalogues are asked anew"),
        ("catalogue_statement", "given up with it"),
        ("release_day", "given up with it"),
        ("check_series", "stays: it says what came of a check"),
    ];

    #[test]
    fn a_merge_knows_every_table_that_names_a_series() {
        let tables = include_str!("../../../migrations/sqlite/0001_first.sql");
        for table in tables.split("CREATE TABLE ").skip(1) {
            let name = table.split(' ').next().expect("a name");
            let columns = table.split(");").next().expect("columns");
            let is_known = KNOWN.iter().any(|(known, _)| *known == name);
            assert!(
                is_known || !columns.contains("series_id"),
                "{name} has rows of series: say in store/merge what becomes of them when one is merged into another"
            );
        }
    }
}
