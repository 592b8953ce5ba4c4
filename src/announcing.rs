//! How many volumes there are, as catalogues say: what they say is taken, or held back, and the series are counted anew.

mod by_hand;
mod calendar;
mod choosing;
mod counting;
mod taking;

pub use by_hand::{
    AskError, Question, Searched, ask, choose_there, is_in_use, read_page, search, search_all,
};
pub use calendar::{Dated, calendar};
pub use choosing::{ChoiceError, choose, chosen, chosen_in, id_of, refresh};
pub use counting::{count_all, count_reached, recount};
pub use taking::{Taken, accept, planned, sentence, take, take_in};

use chrono::NaiveDate;

use crate::{
    app::App,
    domain::{
        catalogue::count::Who,
        units::{DAY, HOUR},
    },
    health,
    ports::PortError,
    store::{self, StoreError},
};

/// How long a catalogue that has locked us out is left alone.
const LOCKED_OUT: i64 = DAY;

/// A catalogue did not answer; one that has locked us out is left alone for a day.
///
/// # Errors
/// When the database fails.
pub async fn failed(app: &App, id: i64, error: &PortError) -> Result<(), StoreError> {
    health::failed(app, id, error).await?;
    if matches!(error, PortError::Banned { .. }) {
        let mut tx = app.db.begin().await?;
        store::connection::rests(&mut tx, id, app.clock.now() + LOCKED_OUT).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// So that what was asked in one hour is not always asked in one hour; milliseconds.
pub fn spread(series: i64) -> i64 {
    series.rem_euclid(24) * HOUR
}

/// By what series are counted.
pub struct Reckoning {
    /// Whose word counts.
    pub order: Vec<Who>,
    /// The day where the user is.
    pub today: NaiveDate,
    /// Milliseconds.
    pub now: i64,
}

impl Reckoning {
    /// As it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn now(app: &App) -> Result<Self, StoreError> {
        let (settings, now) = (app.settings().await?, app.clock.now());
        Ok(Self {
            today: crate::clock::date(now, settings.time_zone),
            order: settings.count_order,
            now,
        })
    }
}
