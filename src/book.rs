//! One file of a library or of a download: what its name says, what it is, and what is in it. Everything in it may be hostile.
//!
//! [`path`] knows names of the file system and [`name`] reads one in the light of its series; [`look`] opens a file at few places
//! ([`blocks`]) and says whether it holds pages ([`directory`], [`zip`]) and what it says of itself ([`metadata`], [`xml`]).
//! [`listed`] and [`unpack`] are for making another archive of the same pages, [`describe`] for what that says of itself.

pub mod blocks;
pub mod contents;
pub mod describe;
pub mod directory;
pub mod listed;
pub mod look;
pub mod magic;
pub mod metadata;
pub mod name;
pub mod path;
pub mod rar;
#[cfg(test)]
pub mod samples;
pub mod seven_zip;
pub mod unpack;
mod xml;
pub mod zip;
