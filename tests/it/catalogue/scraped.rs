//! The catalogues against their stand-ins: what they ask, what they read, and what they say when something is wrong.

use std::time::Duration;

use lacunarr::{
    catalogue::Place,
    domain::catalogue::{Entry, Sought},
    ports::PortError,
};
use url::Url;

use crate::stand_in::install_tls;

mod bedetheque;
mod nautiljon;
mod opentome;

fn place(url: Url) -> Place {
    install_tls();
    Place {
        url,
        timeout: Duration::from_secs(2),
        pace: Duration::ZERO,
        key: None,
    }
}

fn sought(title: &str) -> Sought {
    Sought {
        title: title.into(),
        aliases: vec!["never asked for".into()],
        language: "fr".into(),
        ..Sought::default()
    }
}

fn ids(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| &*entry.id).collect()
}

/// The variant, and what it says.
fn told(error: &PortError) -> String {
    let variant = format!("{error:?}");
    let variant = variant.split([' ', '{']).next().unwrap_or_default();
    format!("{variant}: {error}")
}
