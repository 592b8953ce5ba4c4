//! What the program decides, without clock, network, database or log. Everything here is a function of its arguments.

pub mod link;
pub mod release;
pub mod title;
pub mod volume;
