//! Which part of a name became which field. Pure.

use super::{Hints, Reading, Release, token::Role};

/// A part of a name, and the field that was read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// Byte offset of its first letter.
    pub start: usize,
    /// Byte offset behind its last letter.
    pub end: usize,
    /// The field as it is called in answers: `series`, `volumes`…; `ignored` for known words that say nothing.
    pub field: &'static str,
    /// The part itself.
    pub text: &'a str,
}

/// Reads a name as [`super::parse`] does, and says what each part of it became; parts that became nothing are left out.
pub fn explain<'a>(name: &'a str, hints: impl Into<Hints<'a>>) -> (Release<'a>, Vec<Span<'a>>) {
    let reading = Reading::of(name, hints.into());
    let mut spans: Vec<Span<'a>> = Vec::new();
    let mut before = None;
    for token in &reading.tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        let same_group = before == Some((token.role, token.group));
        before = Some((token.role, token.group));
        let Some(field) = field(token.role) else {
            continue;
        };
        match spans.last_mut().filter(|_| same_group) {
            Some(span) => {
                span.end = end;
                span.text = &name[span.start..end];
            }
            None => spans.push(Span {
                start,
                end,
                field,
                text: &name[start..end],
            }),
        }
    }
    (reading.release, spans)
}

fn field(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Unread => return None,
        Role::Series => "series",
        Role::OtherTitle => "other_title",
        Role::Volumes => "volumes",
        Role::Chapters => "chapters",
        Role::Count => "count",
        Role::Complete => "complete",
        Role::Special => "special",
        Role::Year => "year",
        Role::Language => "languages",
        Role::Edition => "edition",
        Role::Origin => "origin",
        Role::Format => "formats",
        Role::Group => "group",
        Role::Publisher => "publisher",
        Role::Authors => "authors",
        Role::Revision => "revision",
        Role::Resolution => "resolution",
        Role::NotABook => "is_book",
        Role::Noise => "ignored",
    })
}
