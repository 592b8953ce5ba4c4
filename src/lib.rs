//! Lacunarr.
pub mod domain;
pub mod download;
pub mod http;
pub mod ports;
pub mod search;
pub mod secret;
