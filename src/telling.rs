//! Tells targets what became true: each delivery at least once, in order, with the same id and the same bytes in every attempt.
//!
//! ```text
//!  event + a delivery for each target, in one transaction (store/event.rs)
//!        │
//!        ▼ worker/deliver.rs: a turn for each target, none waits for another
//!  turn.rs    under the lease target:{id}: what is held (target.rs), what is not wanted, what is told as one (gather.rs)
//!        │
//!        ▼ one after the other
//!  attempt.rs written down (ledger.rs) ─► message.rs (body, text, links.rs) ─► the adapter ─► settled: told, again later, dead, or switched off
//! ```

mod attempt;
mod gather;
mod ledger;
mod links;
mod message;
mod signing;
mod target;
mod turn;

pub mod by_hand;

pub use attempt::Outcome;
pub use ledger::Ledger;
pub use message::body_of;
pub use signing::{forget_former, new_secret, rotate};
pub use turn::{Turn, turn};
