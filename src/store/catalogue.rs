//! What catalogues say. [`link`]: which of their series one is, and when they are asked; [`said`]: the statements, and the days of volumes.

pub mod link;
pub mod said;
