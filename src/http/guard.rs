//! Which addresses may be called when a user names the target: looked at after the name is resolved, and what was looked at is what is
//! connected to, so a name that resolves differently a moment later changes nothing.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use reqwest::dns::{Name, Resolve, Resolving};

use self::address::forbidden;
pub use self::address::{Danger, Forbidden, Reach, forbidden_literal};

mod address;

/// Asks who a name is.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Resolves names to addresses that may be called.
#[derive(Clone)]
pub struct Guard {
    reach: Reach,
    lookup: Lookup,
}

/// Why a name gives no address.
#[derive(Debug, thiserror::Error)]
pub enum NoAddress {
    /// It has none that may be called.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// It could not be asked for, or has none.
    #[error("the name cannot be resolved")]
    Unknown(#[source] io::Error),
}

impl Guard {
    /// Names are resolved as the system does.
    pub fn new(reach: Reach) -> Self {
        Self::asking(reach, |host| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((host, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        })
    }

    /// Names are resolved as `lookup` says.
    pub(super) fn asking(
        reach: Reach,
        lookup: impl Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            reach,
            lookup: Arc::new(lookup),
        }
    }

    /// How far it lets go.
    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    /// Where a host may be called: of several addresses those that are allowed, as many a name has a link-local one beside a good one.
    ///
    /// # Errors
    /// [`NoAddress`] when there is none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NoAddress> {
        let mut allowed = (self.lookup)(host.to_owned())
            .await
            .map_err(NoAddress::Unknown)?;
        let first = allowed.first().copied();
        allowed.retain(|address| forbidden(*address, self.reach).is_none());
        match first.and_then(|address| forbidden(address, self.reach)) {
            Some(why) if allowed.is_empty() => Err(why.into()),
            _ if allowed.is_empty() => {
                Err(NoAddress::Unknown(io::Error::other("it has no address")))
            }
            _ => Ok(allowed),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = guard
                .addresses(name.as_str())
                .await
                .map_err(|error| match error {
                    NoAddress::Forbidden(why) => {
                        Box::<dyn std::error::Error + Send + Sync>::from(why)
                    }
                    NoAddress::Unknown(cause) => cause.into(),
                })?;
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::Ipv4Addr,
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::http::Http;

    #[tokio::test]
    async fn of_several_addresses_those_that_may_be_called_remain() {
        let ask = |names: &'static [&'static str], reach| async move {
            let parsed = move |_| -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
                let names = names.iter().map(|name| name.parse().expect("an address"));
                Box::pin(std::future::ready(Ok(names.collect())))
            };
            let guard = Guard::asking(reach, parsed);
            let found = guard.addresses("nas").await;
            found.map_err(|error| error.to_string())
        };
        let nas: IpAddr = "192.168.1.5".parse().expect("an address");
        assert_eq!(
            ask(&["fe80::1", "192.168.1.5"], Reach::Home).await,
            Ok(vec![nas])
        );
        assert_eq!(
            ask(&["fe80::1", "192.168.1.5"], Reach::Internet).await,
            Err("it leads to fe80::1, a link-local address".into())
        );
        assert_eq!(
            ask(&[], Reach::Home).await,
            Err("the name cannot be resolved".into())
        );
    }

    /// A name that leads here the first time, and to a cloud's metadata ever after.
    #[tokio::test]
    async fn what_was_looked_at_is_what_is_connected_to() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = server.local_addr().expect("an address").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let guard = Guard::asking(Reach::Home, move |_| {
            let address = match counted.fetch_add(1, Ordering::SeqCst) {
                0 => Ipv4Addr::LOCALHOST,
                _ => Ipv4Addr::new(169, 254, 169, 254),
            };
            Box::pin(std::future::ready(Ok(vec![address.into()])))
        });
        let http = Http::guarded(Duration::from_secs(5), guard, "test");
        let ask = async || {
            let url = format!("http://rebinds.example:{port}/")
                .parse()
                .expect("a URL");
            let request = http.request(reqwest::Method::GET, url);
            http.send_for_start(request, 10).await
        };
        let serve = async {
            let (mut stream, _) = server.accept().await.expect("a connection");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.expect("a request");
            let answer =
                b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\nhello, world";
            stream.write_all(answer).await.expect("written");
        };
        let (answer, ()) = tokio::join!(ask(), serve);
        let answer = answer.expect("an answer");
        assert_eq!(
            (answer.text().as_str(), answer.excerpt().as_str()),
            ("hello, wor", "hello,")
        );
        assert_eq!(
            asked.load(Ordering::SeqCst),
            1,
            "resolved once for a connection"
        );
        let error = ask().await.expect_err("it leads elsewhere now").to_string();
        assert_eq!(
            error,
            format!(
                "http://rebinds.example:{port} is not called: it leads to 169.254.169.254, where a cloud keeps the keys of its machines"
            )
        );
    }
}
