//! What catalogues say. [`link`]: which of their series one is, and when they are asked; [`said`]: the statements, and the days of volumes; [`waiting`]: the series that a catalogue does not know, or not for sure.

pub mod link;
pub mod said;
pub mod waiting;
