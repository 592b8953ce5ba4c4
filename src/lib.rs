//! Lacunarr knows which volumes of a manga, BD or comics library are missing, finds them, and sends the right release exactly once.
//!
//! ```text
//!  hook of others ──┐
//!  cron tick ───────┼─► series is due            carries nothing else: a lost one costs time, never correctness
//!  POST /checks ────┘      │
//!                          ▼
//!    shelf ─► gaps ─► queries ─► offers ─► parsed ─► verdicts ─► picks ─► grabs        pipeline.rs, read it first
//!   library  domain   domain     search    domain     domain     domain   download
//!    (I/O)   (pure)   (pure)     (I/O)     (pure)     (pure)     (pure)    (I/O)
//!                          │
//!                          ▼ one transaction: offers + verdicts + grabs + events
//!                      store (SQL) ─► outbox ─► telling ─► notify (I/O)
//!
//!    grabs ─► followed ─► looked into ─► placed ─► on the shelf         worker/track.rs, worker/arrive.rs
//! ```

pub mod pipeline;

pub mod announcing;
pub mod arrival;
pub mod asking;
pub mod collection;
pub mod domain;
pub mod pushing;
pub mod shelving;
pub mod taste;

pub(crate) mod book;
pub mod catalogue;
pub mod download;
pub mod library;
pub mod notify;
pub mod placing;
pub mod search;
pub mod verification;

pub mod http;
pub(crate) mod markup;
pub mod ports;

pub mod store;

pub mod api;
pub mod app;
pub mod arming;
pub mod budget;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connection;
pub mod connections;
pub mod forums;
pub mod health;
pub mod hearing;
pub mod holdings;
pub mod lease;
pub mod links;
pub mod old_index;
pub mod pace;
pub mod reviewing;
pub mod schedules;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod telling;
pub mod torznab;
pub mod why;
pub mod worker;
