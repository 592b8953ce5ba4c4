//! Lacunarr.
pub mod domain;
pub mod http;
pub mod ports;
pub mod secret;
