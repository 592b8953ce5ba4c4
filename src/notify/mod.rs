//! Stage 10: who is told. A file per kind of target; each answers as a [`Notifier`](crate::ports::Notifier).
//!
//! ```text
//!   Message ─► webhook · discord · home_assistant · ntfy · apprise ─► http (guard: which addresses) ─► answer ─► Told | Untold
//!      │          │           │
//!      │      signature    discord/body (limits), discord/markdown
//!      └───► mail (letter) ─► SMTP, to the addresses that the same guard allows
//! ```
//!
//! An adapter makes one attempt. When, how often and in which order is for whoever calls it; what its answer means stands in `answer.rs`.

pub mod address;
mod answer;
pub mod apprise;
pub mod discord;
pub mod header;
mod hidden;
pub mod home_assistant;
pub mod mail;
pub mod ntfy;
mod plain;
pub mod signature;
pub mod webhook;

/// Why a setting of a target cannot be used, as a sentence for the user; it repeats nothing that is secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mistake(String);

impl Mistake {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
