//! An answer that does not end: its bytes as they come, until nothing comes any more.

use std::time::Duration;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use reqwest::RequestBuilder;

use super::{Answer, Http};
use crate::ports::PortError;

/// The longest that an answer without an end is read.
const LONGEST_STREAM: Duration = Duration::from_secs(24 * 3600);

/// The bytes of an answer, as they come.
pub type Bytes = BoxStream<'static, Result<Vec<u8>, PortError>>;

impl Http {
    /// Sends it and hands on the answer's bytes as they come, for a day at most: the time of a request does not end it, and what comes
    /// is not bounded. It ends with an error when nothing comes for `silence`; the first bytes of the answer may take as long.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn stream(
        &self,
        request: RequestBuilder,
        silence: Duration,
    ) -> Result<(Answer, Bytes), PortError> {
        let (request, origin) = self.build(request.timeout(LONGEST_STREAM))?;
        let (answer, response) = timely(silence, &origin, self.execute(request, &origin)).await?;
        let http = self.clone();
        let chunks = Box::pin(response.bytes_stream());
        let bytes = stream::unfold(chunks, move |mut chunks| {
            let (http, origin) = (http.clone(), origin.clone());
            async move {
                let next = async { Ok(chunks.next().await) };
                let chunk = match timely(silence, &origin, next).await {
                    Ok(chunk) => chunk?.map(|chunk| chunk.to_vec()),
                    Err(silent) => return Some((Err(silent), chunks)),
                };
                Some((chunk.map_err(|error| http.fault(&origin, error)), chunks))
            }
        });
        Ok((answer, bytes.boxed()))
    }
}

/// What comes within this time, or that nothing did.
async fn timely<T>(
    within: Duration,
    origin: &str,
    what: impl Future<Output = Result<T, PortError>>,
) -> Result<T, PortError> {
    let silent = |_| PortError::Timeout {
        origin: origin.to_owned(),
        after: within,
    };
    tokio::time::timeout(within, what).await.map_err(silent)?
}

#[cfg(test)]
mod tests {
    use reqwest::Method;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_stream_outlives_a_request_and_ends_when_nothing_comes() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = server.local_addr().expect("an address").port();
        let http = Http::new(Duration::from_millis(200));
        let serve = async {
            let (mut stream, _) = server.accept().await.expect("a connection");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.expect("a request");
            tokio::time::sleep(Duration::from_millis(300)).await;
            let head = b"HTTP/1.1 200 OK\r\n\r\n";
            stream.write_all(head).await.expect("written");
            for _ in 0..4 {
                stream.write_all(b"x").await.expect("written");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        };
        let listen = async {
            let url = format!("http://127.0.0.1:{port}/").parse().expect("a URL");
            let silence = Duration::from_millis(800);
            let (answer, mut bytes) = http
                .stream(http.request(Method::GET, url), silence)
                .await
                .expect("an answer");
            assert!(answer.status.is_success());
            let mut heard = Vec::new();
            loop {
                match bytes.next().await.expect("no end") {
                    Ok(chunk) => heard.extend(chunk),
                    Err(error) => return (heard, error),
                }
            }
        };
        let ((heard, error), ()) = tokio::join!(listen, serve);
        assert_eq!(heard, b"xxxx");
        assert!(matches!(error, PortError::Timeout { .. }), "{error:?}");
    }
}
