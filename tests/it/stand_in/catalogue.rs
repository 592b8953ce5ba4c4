//! Catalogues that say how many volumes there are.

pub mod anilist;
pub mod api;
pub mod bedetheque;
pub mod bnf;
pub mod mangaupdates;
pub mod myanimelist;
pub mod nautiljon;
pub mod opentome;
pub mod site;
