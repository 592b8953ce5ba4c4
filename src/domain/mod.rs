//! What the program decides, without clock, network, database or log. Everything here is a function of its arguments.

pub mod backoff;
pub mod decide;
pub mod edition;
pub mod event;
pub mod following;
pub mod gaps;
pub mod grab;
pub mod hold;
pub mod interval;
pub mod language;
pub mod link;
pub mod mapping;
pub mod naming;
pub mod offer;
pub mod pick;
pub mod placement;
pub mod profile;
pub mod query;
pub mod release;
pub mod report;
pub mod selection;
pub mod series;
pub mod telling;
pub mod title;
pub mod units;
pub mod volume;
