//! Stage 3: who offers releases. A file per kind of source; each answers as a [`Source`](crate::ports::Source).

pub mod ebdz;
pub mod prowlarr;
pub mod push;
mod reading;
mod resolve;
pub mod torznab;

pub use reading::moment;
