//! What happens by itself. Each worker is a `step()` that says what it did; clock.rs wakes them.

pub mod arrive;
pub mod check;
pub mod clock;
pub mod crawl;
pub mod deliver;
pub mod fresh;
pub mod health;
pub mod hint;
pub mod scan;
pub mod sync;
pub mod track;
pub mod watch;
