//! Lacunarr.
pub mod domain;
pub mod http;
pub mod library;
pub mod ports;
pub mod secret;
