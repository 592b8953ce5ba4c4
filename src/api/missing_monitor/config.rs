//! `config`: our settings under the old names, as far as they have a counterpart.

use std::sync::Arc;

use serde_json::json;

use super::{Answer, Refusal, body::Body, time};
use crate::{
    app::App,
    domain::interval::{Every, Interval, Unit},
    schedules,
    settings::{self, Settings},
    store::{self, connection::Connection},
};

/// Names of the whole body that mean something here.
const KNOWN: [&str; 7] = [
    "enabled",
    "auto_check_enabled",
    "auto_check_interval",
    "auto_check_interval_unit",
    "search_enabled",
    "auto_download_enabled",
    MISSING,
];
/// And below [`MISSING`].
const KNOWN_BELOW: [&str; 5] = [
    "monitor_missing_volumes.enabled",
    "monitor_missing_volumes.search_enabled",
    "monitor_missing_volumes.auto_download_enabled",
    "monitor_missing_volumes.check_interval",
    "monitor_missing_volumes.check_interval_unit",
];
const MISSING: &str = "monitor_missing_volumes";
const BELOW: &str = "monitor_missing_volumes.";
/// Names told at most.
const MOST_IGNORED: usize = 50;

/// The settings in force.
pub async fn show(app: &Arc<App>) -> Result<Answer, Refusal> {
    let settings = app.settings().await?;
    let kinds = |rows: Vec<Connection>| {
        let mut kinds: Vec<String> = rows
            .into_iter()
            .filter(|row| row.enabled)
            .map(|row| row.kind)
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let sources = kinds(store::connection::list(&app.db, "source").await?);
    let clients = kinds(store::connection::list(&app.db, "client").await?);
    let checks = schedules::check(app, &settings).await?;
    // Without one interval between its runs, a schedule has no counterpart: null.
    let interval = Interval::of_schedule(&settings.check_schedule);
    let (every, unit) = (
        interval.map(|interval| interval.every),
        interval.map(|interval| interval.unit.word()),
    );
    Ok(json!({
        "enabled": settings.enabled,
        "auto_check_enabled": settings.enabled,
        "auto_check_interval": every,
        "auto_check_interval_unit": unit,
        "search_enabled": settings.search_enabled,
        "search_sources": sources,
        "auto_download_enabled": settings.auto_send,
        "preferred_client": clients.first(),
        "monitor_missing_volumes": {
            "enabled": settings.enabled,
            "search_enabled": settings.search_enabled,
            "auto_download_enabled": settings.auto_send,
            "search_sources": sources,
            "check_interval": every,
            "check_interval_unit": unit,
        },
        // There is one check for holes and new volumes alike.
        "monitor_new_volumes": {
            "enabled": false,
            "search_enabled": false,
            "auto_download_enabled": false,
            "check_nautiljon_updates": false,
            "search_sources": [],
            "check_interval": every,
            "check_interval_unit": unit,
        },
        "check_schedule": settings.check_schedule,
        "last_run": checks.last_run_at.map(time),
        "next_run": checks.next_run_at.map(time),
        "time_zone": settings.time_zone.name(),
    })
    .into())
}

/// Changes what has a counterpart, all of it or nothing, and names what has none.
pub async fn change(app: &Arc<App>, body: &Body) -> Result<Answer, Refusal> {
    let missing = body.part(MISSING, BELOW)?;
    let values = values(&app.settings().await?, body, &missing)?;
    settings::change(app, &values).await?;
    let whole = body.names().filter(|name| !KNOWN.contains(&&**name));
    let below = missing
        .names()
        .filter(|name| !KNOWN_BELOW.contains(&&**name));
    let ignored: Vec<String> = whole.chain(below).take(MOST_IGNORED).collect();
    Ok(json!({"success": true, "ignored": ignored}).into())
}

/// What is to be changed, by our names.
fn values(
    now: &Settings,
    body: &Body,
    missing: &Body,
) -> Result<Vec<(&'static str, String)>, Refusal> {
    // The old program checked by itself when both were on.
    let enabled = match (body.flag("enabled")?, body.flag("auto_check_enabled")?) {
        (Some(enabled), Some(checks)) => Some(enabled && checks),
        (enabled, checks) => enabled.or(checks),
    };
    let flags = [
        ("enabled", now.enabled, enabled, missing.flag("enabled")?),
        (
            "searchEnabled",
            now.search_enabled,
            body.flag("search_enabled")?,
            missing.flag("search_enabled")?,
        ),
        (
            "autoSend",
            now.auto_send,
            body.flag("auto_download_enabled")?,
            missing.flag("auto_download_enabled")?,
        ),
    ];
    let mut values: Vec<(&'static str, String)> = flags
        .into_iter()
        // A page sends back everything that it was shown: of two names for one setting, the one that was changed counts.
        .filter(|(_, now, whole, below)| [whole, below].iter().any(|flag| **flag == Some(!now)))
        .map(|(name, now, ..)| (name, (!now).to_string()))
        .collect();
    let current = Interval::of_schedule(&now.check_schedule);
    let whole = interval(
        body,
        "auto_check_interval",
        "auto_check_interval_unit",
        current,
    )?;
    let below = interval(missing, "check_interval", "check_interval_unit", current)?;
    let mut wanted = [whole, below]
        .into_iter()
        .flatten()
        .filter(|wanted| current.is_none_or(|current| !wanted.is_as_long_as(current)));
    if let Some(interval) = wanted.next() {
        if wanted.any(|other| !other.is_as_long_as(interval)) {
            return Err(Refusal::invalid(
                "auto_check_interval and monitor_missing_volumes.check_interval differ, and there is one schedule for both",
            ));
        }
        let schedule = Every::replacing(&now.check_schedule, interval)
            .map_err(|error| Refusal::invalid(error.to_string()))?;
        values.push(("checkSchedule", schedule.to_string()));
    }
    Ok(values)
}

/// An interval whose number or unit may be left out.
fn interval(
    body: &Body,
    every: &str,
    unit: &str,
    current: Option<Interval>,
) -> Result<Option<Interval>, Refusal> {
    let read = |word: String| {
        Unit::from_word(&word)
            .ok_or_else(|| Refusal::invalid(format!("{unit} must be minutes, hours or days")))
    };
    let given = (
        body.count(every)?,
        body.text(unit, 20)?.map(read).transpose()?,
    );
    Ok(match (given, current) {
        ((Some(every), Some(unit)), _) => Some(Interval { every, unit }),
        ((Some(every), None), Some(current)) => Some(Interval { every, ..current }),
        ((None, Some(unit)), Some(current)) => Some(Interval { unit, ..current }),
        ((None, None), _) => None,
        _ => {
            return Err(Refusal::invalid(format!(
                "{every} and {unit} are needed together"
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(now: &Settings, body: &str) -> Result<Vec<(&'static str, String)>, String> {
        let body = Body::read(body.as_bytes()).expect("an object");
        let missing = body.part(MISSING, BELOW).expect("an object");
        values(now, &body, &missing).map_err(|refusal| refusal.error)
    }

    #[test]
    fn the_name_that_was_changed_counts() {
        let now = Settings::default();
        let on = |name| Ok(vec![(name, "false".to_owned())]);
        for (body, changed) in [
            ("{}", Ok(vec![])),
            (r#"{"enabled": true, "auto_check_enabled": true}"#, Ok(vec![])),
            (r#"{"enabled": true, "auto_check_enabled": false}"#, on("enabled")),
            (
                r#"{"enabled": true, "monitor_missing_volumes": {"enabled": false}}"#,
                on("enabled"),
            ),
            (r#"{"search_enabled": false}"#, on("searchEnabled")),
            (
                r#"{"auto_download_enabled": true, "monitor_missing_volumes": {"auto_download_enabled": false}}"#,
                on("autoSend"),
            ),
            (
                r#"{"auto_check_interval": 1, "auto_check_interval_unit": "days"}"#,
                Ok(vec![]),
            ),
            (
                r#"{"monitor_missing_volumes": {"check_interval": 12, "check_interval_unit": "hours"}}"#,
                Ok(vec![("checkSchedule", "every 12 hours".into())]),
            ),
            (
                r#"{"auto_check_interval": 90, "auto_check_interval_unit": "minutes"}"#,
                Ok(vec![("checkSchedule", "every 90 minutes".into())]),
            ),
            (
                r#"{"auto_check_interval": 2}"#,
                Ok(vec![("checkSchedule", "every 2 days at 01:00".into())]),
            ),
            (
                r#"{"auto_check_interval": 1, "auto_check_interval_unit": "days", "monitor_missing_volumes": {"check_interval_unit": "hours"}}"#,
                Ok(vec![("checkSchedule", "every 1 hour".into())]),
            ),
            (
                r#"{"auto_check_interval": 30, "auto_check_interval_unit": "minutes", "monitor_missing_volumes": {"check_interval": 12, "check_interval_unit": "hours"}}"#,
                Err("auto_check_interval and monitor_missing_volumes.check_interval differ, and there is one schedule for both".into()),
            ),
        ] {
            assert_eq!(change(&now, body), changed, "{body}");
        }
    }

    #[test]
    fn what_has_no_schedule_is_told() {
        let now = Settings::default();
        for (body, told) in [
            (
                r#"{"auto_check_interval": 367, "auto_check_interval_unit": "days"}"#,
                "every 367 days",
            ),
            (
                r#"{"auto_check_interval": 7, "auto_check_interval_unit": "weeks"}"#,
                "minutes, hours or days",
            ),
            (r#"{"auto_check_interval": -1}"#, "above 0"),
        ] {
            let error = change(&now, body).expect_err(body);
            assert!(error.contains(told), "{error}");
        }
        let odd = Settings {
            check_schedule: "0 1 * * 1-5".into(),
            ..now
        };
        let error = change(&odd, r#"{"auto_check_interval": 2}"#).expect_err("no unit");
        assert!(error.contains("needed together"), "{error}");
    }
}
