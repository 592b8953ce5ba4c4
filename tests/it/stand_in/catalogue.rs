//! Catalogues.

pub mod anilist;
pub mod api;
pub mod bnf;
pub mod mangaupdates;
pub mod myanimelist;
