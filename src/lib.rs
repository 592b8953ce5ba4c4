//! Lacunarr knows which volumes of a manga, BD or comics library are missing, finds them, and sends the right release exactly once.
pub mod config;
pub mod connection;
pub mod domain;
pub mod http;
pub mod ports;
pub mod secret;
pub mod settings;
pub mod store;
