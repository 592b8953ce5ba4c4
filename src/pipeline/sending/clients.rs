//! The clients that are used: of each network the first that is enabled and can be built.

use std::sync::Arc;

use crate::{
    app::App,
    connection::Settings,
    domain::link::Network,
    ports::Client,
    store::{self, StoreError, connection::Connection},
};

/// A client that is used.
#[derive(Clone)]
pub struct Used {
    /// What it downloads from.
    pub network: Network,
    /// Its connection.
    pub row: Connection,
    /// It.
    pub client: Arc<dyn Client>,
}

/// One client at most for each network.
#[derive(Clone, Default)]
pub struct Clients(Vec<Used>);

impl Clients {
    /// Those that are used now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App) -> Result<Self, StoreError> {
        let mut clients = Self::default();
        for row in store::connection::list(&app.db, "client").await? {
            let Some(network) = network_of(&row).filter(|network| clients.on(*network).is_none())
            else {
                continue;
            };
            match app.client(&row) {
                Ok(client) => clients.0.push(Used {
                    network,
                    row,
                    client,
                }),
                Err(error) => tracing::warn!(client = row.name, %error, "a client cannot be used"),
            }
        }
        Ok(clients)
    }

    /// The one that downloads from this network.
    pub fn on(&self, network: Network) -> Option<&Used> {
        self.0.iter().find(|used| used.network == network)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Used> {
        self.0.iter()
    }

    /// There is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The networks from which some enabled client of these downloads.
pub fn networks_of<'a>(rows: impl IntoIterator<Item = &'a Connection>) -> Vec<Network> {
    let mut networks: Vec<Network> = rows.into_iter().filter_map(network_of).collect();
    networks.dedup();
    networks
}

/// None of what is no enabled client.
fn network_of(row: &Connection) -> Option<Network> {
    let settings = Settings::from_json(&row.kind, &row.config).filter(|_| row.enabled)?;
    settings.network()
}
