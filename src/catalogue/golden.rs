//! What was read of a page, on one line for each thing: for tests.

use crate::domain::catalogue::{Entry, Statement};

/// An entry.
pub(super) fn outline(entry: &Entry) -> Vec<String> {
    let year = entry.year.map_or("-".into(), |year| year.to_string());
    let kind = entry.kind.map_or("-", |kind| kind.word());
    let mut lines = vec![format!("{} | {} | {year} {kind}", entry.id, entry.title)];
    if !entry.titles.is_empty() {
        lines.push(format!("also {}", entry.titles.join("; ")));
    }
    if !entry.authors.is_empty() {
        lines.push(format!("by {}", entry.authors.join("; ")));
    }
    lines.extend(entry.statements.iter().map(statement));
    lines
}

fn statement(said: &Statement) -> String {
    let mut line = format!(
        "{} {} {} {}",
        said.market.word(),
        said.language.as_deref().unwrap_or("-"),
        said.count.map_or("-".into(), |count| count.to_string()),
        said.status.map_or("-", |status| status.word()),
    );
    for release in &said.releases {
        let day = release.day.map_or("-".into(), |day| day.to_string());
        line += &format!(" {}@{day}", release.volume);
        if let Some(isbn) = &release.isbn {
            line += &format!("#{isbn}");
        }
    }
    line
}
