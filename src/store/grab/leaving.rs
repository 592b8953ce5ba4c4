//! What is given up and is still to be taken out of its client.

use super::{Grab, Row, columns, read};
use crate::store::{Db, Result, Tx, on, within};

const LEAVES: &str = "UPDATE grab SET leaving = true WHERE id = $1";
const LEFT: &str = "UPDATE grab SET leaving = false WHERE id = $1";
const OF_CLIENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM grab WHERE client_id = $1 AND leaving ORDER BY id"
);

/// It is to be taken out.
pub async fn leaves(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LEAVES).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// It was taken out, or is left there for good.
pub async fn left(tx: &mut Tx, id: i64) -> Result<()> {
    within!(tx, conn => sqlx::query(LEFT).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Those of a client.
pub async fn of_client(db: &Db, client: i64) -> Result<Vec<Grab>> {
    let rows: Vec<Row> =
        on!(db, pool => sqlx::query_as(OF_CLIENT).bind(client).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}
