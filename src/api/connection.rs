//! What libraries, sources and clients have in common.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object, types::MaybeUndefined};

use super::error::ApiError;
use crate::{
    app::{App, ConnectionError},
    clock::utc,
    connection::{Secrets, Settings},
    ports::TestReport,
    secret::Secret,
    store::connection::Connection,
};

/// Who may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Managed {
    /// This API.
    Api,
    /// The configuration file; changes here are refused (409).
    File,
}

impl Managed {
    /// As stored.
    pub fn of(word: &str) -> Self {
        match word {
            "file" => Self::File,
            _ => Self::Api,
        }
    }
}

/// How a connection is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ConnectionHealth {
    /// What is wrong; left out when it works.
    pub error: Option<String>,
    /// Since when.
    pub error_since: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: i64,
    /// It is left alone until then.
    pub blocked_until: Option<DateTime<Utc>>,
    /// When it last worked.
    pub worked_at: Option<DateTime<Utc>>,
}

impl From<&Connection> for ConnectionHealth {
    fn from(row: &Connection) -> Self {
        Self {
            error: row.error.clone(),
            error_since: row.error_at.map(utc),
            failures: row.failures,
            blocked_until: row.blocked_until.map(utc),
            worked_at: row.ok_at.map(utc),
        }
    }
}

/// What a test found.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TestResult {
    /// It works.
    pub success: bool,
    /// What is there, or what is wrong and what to do.
    pub message: String,
    /// Things that work but deserve attention.
    pub warnings: Vec<String>,
}

impl From<Result<TestReport, String>> for TestResult {
    fn from(result: Result<TestReport, String>) -> Self {
        match result {
            Ok(report) => Self {
                success: true,
                message: report.program,
                warnings: report.warnings,
            },
            Err(message) => Self {
                success: false,
                message,
                warnings: Vec::new(),
            },
        }
    }
}

/// Settings of a row. They are shown even while its secrets are locked.
pub fn settings(row: &Connection) -> Result<Settings, ApiError> {
    Settings::from_json(&row.kind, &row.config)
        .ok_or_else(|| ApiError::internal(&ConnectionError::Unreadable))
}

/// The secrets that stay, for a change that does not give new ones. Locked ones are lost only when all are given anew.
pub fn secrets(app: &App, row: &Connection) -> Secrets {
    app.connection(row)
        .map(|(_, secrets)| secrets)
        .unwrap_or_default()
}

/// Empty text counts as not given.
pub fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Fields, each with what is wrong with it.
pub type Mistakes = Vec<(&'static str, String)>;

/// A text with what is changed of it: `null`, and empty text, clear it.
pub fn changed(change: MaybeUndefined<String>, old: Option<String>) -> Option<String> {
    match change {
        MaybeUndefined::Undefined => old,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(text) => given(Some(text)),
    }
}

/// A secret with what is changed of it, in the same way.
pub fn changed_secret(change: MaybeUndefined<String>, old: Option<Secret>) -> Option<Secret> {
    changed(change, old.map(|old| old.expose().to_owned())).map(Secret::new)
}

/// Changes a field where a change was given.
pub fn set<T>(field: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *field = new;
    }
}

/// Fields that were given although this kind of connection does not have them.
///
/// # Errors
/// When there is one, with `why`.
pub fn refuse<const N: usize>(
    strangers: [(&'static str, bool); N],
    why: &str,
) -> Result<(), Mistakes> {
    let strangers = strangers.into_iter().filter(|field| field.1);
    let mistakes: Mistakes = strangers.map(|field| (field.0, why.to_owned())).collect();
    match mistakes.is_empty() {
        true => Ok(()),
        false => Err(mistakes),
    }
}
