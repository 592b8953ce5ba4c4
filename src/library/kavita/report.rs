//! What a test of Kavita says.

use chrono::{DateTime, Utc};
use reqwest::header::DATE;

use super::{
    server::{MOST_NAMES, Order, Server, named},
    times,
};
use crate::{
    domain::units::DAY,
    http::Answer,
    ports::{PortError, TestReport},
};

/// A key that ends within this time is told of, in milliseconds.
const SOON: i64 = 14 * DAY;

const NO_ADMIN: &str = "this account is no admin's: volumes that are put into the library show up when Kavita scans by itself; use the key of an admin to have it scan at once";
const COLLAPSED: &str = "this account hides series that are related to another one, so they look missing; switch off 'Collapse Series Relationships' in its preferences";
const NO_LIBRARY: &str = "this account sees no library; give it access in Kavita's user list";
const NO_FOLDERS: &str = "Kavita does not say where its libraries lie, so files are known by the id of their series only";

/// Asks what a scan would.
///
/// # Errors
/// When a scan would fail too.
pub async fn report(server: &Server) -> Result<TestReport, PortError> {
    let libraries = server.libraries().await?;
    let mut warnings = Vec::new();
    let (mut counts, mut total, mut now) = (Vec::new(), 0, Utc::now().timestamp_millis());
    for library in &libraries {
        let page = server
            .page(std::slice::from_ref(library), Order::Created, 1, 1)
            .await?;
        let name = library.name.as_deref().unwrap_or("without a name");
        let name = named(&page.answer, name);
        counts.push(format!("{name} ({})", page.total));
        total += page.total;
        now = date(&page.answer).unwrap_or(now);
    }
    let version = match server.version_for_admins().await? {
        Some(version) => Some(version),
        None => {
            warnings.push(NO_ADMIN.to_owned());
            server.session.version().await?
        }
    };
    if server.session.by_key() {
        let ends = times::utc(server.key_expires().await?.as_deref());
        warnings.extend(ends.and_then(|ends| ending(ends, now)));
    }
    if server.preferences().await?.collapse_series_relationships {
        warnings.push(COLLAPSED.into());
    }
    if libraries.is_empty() {
        warnings.push(NO_LIBRARY.into());
    } else if libraries
        .iter()
        .all(|library| library.folders.iter().flatten().next().is_none())
    {
        warnings.push(NO_FOLDERS.into());
    }
    let more = counts.len().saturating_sub(MOST_NAMES);
    counts.truncate(MOST_NAMES);
    if more > 0 {
        counts.push(format!("{more} more"));
    }
    let shown = if counts.is_empty() {
        String::new()
    } else {
        format!(": {}", counts.join(", "))
    };
    let (many, version) = (libraries.len(), version.unwrap_or_default());
    let libraries = if many == 1 { "library" } else { "libraries" };
    Ok(TestReport {
        program: format!("Kavita {version}, {many} {libraries} with {total} series{shown}"),
        warnings,
    })
}

/// By the server's clock.
fn date(answer: &Answer) -> Option<i64> {
    let text = answer.headers.get(DATE)?.to_str().ok()?;
    Some(DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis())
}

fn ending(ends: i64, now: i64) -> Option<String> {
    let days = (ends - now).div_euclid(DAY);
    let when = match days {
        _ if ends - now > SOON => return None,
        ..=0 => "within a day".to_owned(),
        1 => "in one day".to_owned(),
        _ => format!("in {days} days"),
    };
    Some(format!(
        "the auth key ends {when}; make a new one in Kavita's user settings and enter it here"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_ends_soon_is_told_of() {
        for (days, expected) in [
            (15, None),
            (14, Some("in 14 days")),
            (1, Some("in one day")),
            (0, Some("within a day")),
        ] {
            let told = ending(days * DAY, 0);
            assert_eq!(told.is_some(), expected.is_some(), "{days}");
            let expected = expected.unwrap_or_default();
            assert!(told.unwrap_or_default().contains(expected), "{days}");
        }
    }
}
