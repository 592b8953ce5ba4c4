//! A target as it is now: its settings, its adapter, and what holds it back.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::{
    app::App,
    clock::{last_time, next_time, utc},
    connection::{Settings, target::TargetSettings},
    ports::Notifier,
    store::{self, StoreError, connection::Connection},
};

/// A target that can be told something.
pub struct Target {
    /// Its connection.
    pub row: Connection,
    /// How it is told, and what it wants to hear.
    pub settings: TargetSettings,
    /// What its connection does not say.
    pub state: store::target::Target,
    /// Its adapter.
    pub notifier: Arc<dyn Notifier>,
    /// The user's zone.
    pub zone: Tz,
    /// Where a person reaches this program; none when the user does not say.
    pub public_url: Option<String>,
}

/// What may be told now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Everything.
    Open,
    /// What is of high importance; everything then.
    Quiet { until: i64 },
    /// That and summaries; the others as a digest then.
    Digest { until: i64 },
    /// Nothing before then.
    Shut { until: i64 },
}

impl Target {
    /// As it is now; none when it cannot be used, which health says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(app: &App, row: Connection) -> Result<Option<Self>, StoreError> {
        let Ok(notifier) = app.notifier(&row) else {
            return Ok(None);
        };
        let Some(Settings::Target(settings)) = Settings::from_json(&row.kind, &row.config) else {
            return Ok(None);
        };
        let program = app.settings().await?;
        Ok(Some(Self {
            state: store::target::get(&app.db, row.id).await?,
            settings: *settings,
            notifier,
            zone: program.time_zone,
            public_url: Some(program.public_url).filter(|url| !url.is_empty()),
            row,
        }))
    }

    /// What may be told.
    pub fn gate(&self, now: i64) -> Gate {
        let held = [self.state.paused_until, self.row.blocked_until];
        let held = held.into_iter().flatten().max();
        if let Some(until) = held.filter(|until| *until > now) {
            return Gate::Shut { until };
        }
        if let Some(until) = self.quiet_until(now) {
            return Gate::Quiet { until };
        }
        let times = self.settings.tells.digest.iter();
        let next = times.map(|time| next_time(now, *time, self.zone)).min();
        next.map_or(Gate::Open, |until| Gate::Digest { until })
    }

    /// What became true before then and still waits is told as one now; none when there is nothing of the kind now.
    pub fn digest_of(&self, now: i64) -> Option<i64> {
        if self.quiet_until(now).is_some() {
            return None;
        }
        let times = self.settings.tells.digest.iter();
        times.map(|time| last_time(now, *time, self.zone)).max()
    }

    fn quiet_until(&self, now: i64) -> Option<i64> {
        let time = utc(now).with_timezone(&self.zone).time();
        let quiet = self.settings.tells.quiet.filter(|quiet| quiet.holds(time));
        quiet.map(|quiet| next_time(now, quiet.to, self.zone))
    }
}
