//! Catalogues: each in a file of its own, behind [`crate::ports::Catalogue`].

use std::time::Duration;

use url::Url;

use crate::secret::Secret;

/// Where a catalogue is, and how it is asked.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address, ending in a slash.
    pub url: Url,
    /// Until an answer is given up.
    pub timeout: Duration,
    /// What it lets programs in with, where it wants that.
    pub key: Option<Secret>,
}
