//! Stage 5: who downloads. A file per kind of client; each answers as a [`Client`](crate::ports::Client).

pub mod amule;
pub mod qbittorrent;
