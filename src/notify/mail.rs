//! Mail, handed to a server by SMTP. What a server says with 4 at the start passes, with 5 it does not (RFC 5321).

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use lettre::{
    message::Mailbox as LettreMailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        extension::ClientId,
        response::Response,
    },
};
use tokio::{sync::OnceCell, time::timeout};
use url::Host;

use self::letter::letter;
use super::{Mistake, hidden::Hidden};
use crate::{
    http::{
        guard::{Forbidden, Guard, NoAddress, Reach},
        harmless,
    },
    ports::{Fault, Message, Notifier, Told, Untold},
    secret::Secret,
};

mod letter;

/// How long one address of a server may take to answer before the next one is tried.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a goodbye may take; the letter is there by then.
const GOODBYE: Duration = Duration::from_secs(1);

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte on; usually port 465.
    Tls,
    /// After a word in the clear; usually port 587. A server that does not offer it is not spoken to further.
    StartTls,
    /// Not at all: for a server on this machine or network.
    Plain,
}

/// Who writes or is written to: `me@home.example` or `Me <me@home.example>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox(LettreMailbox);

impl Mailbox {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Mistake`] when it is none.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mailbox = text.trim().parse().map(Self);
        mailbox.map_err(|_| {
            Mistake::new("this is no mail address; write me@home.example or Me <me@home.example>")
        })
    }
}

/// What a server's certificate may be signed with, beside what the system trusts.
#[derive(Clone)]
pub struct Authority(Certificate);

impl Authority {
    /// Reads certificates in PEM.
    ///
    /// # Errors
    /// [`Mistake`] when there is none in it.
    pub fn parse(pem: &str) -> Result<Self, Mistake> {
        let certificate = Certificate::from_pem(pem.as_bytes()).ok();
        certificate
            .filter(|_| pem.contains("-----BEGIN CERTIFICATE-----"))
            .map(Self)
            .ok_or_else(|| {
                Mistake::new("this is no certificate; it begins with -----BEGIN CERTIFICATE-----")
            })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

/// Who we are for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Often the mail address.
    pub user: String,
    /// Or an app password.
    pub password: Secret,
}

/// A mail server, and who is written to.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: Security,
    /// None: the server takes letters from whoever reaches it.
    pub login: Option<Login>,
    /// For a server with a certificate of its own.
    pub authority: Option<Authority>,
    /// The sender.
    pub from: Mailbox,
    /// Everyone who gets the letter, and sees who else got it.
    pub to: Vec<Mailbox>,
    /// Which addresses the server may have.
    pub reach: Reach,
    /// For all of it, from the first look for the address on.
    pub timeout: Duration,
}

/// One mail server.
pub struct Mail {
    config: MailConfig,
    guard: Guard,
    tls: OnceCell<TlsParameters>,
}

impl Mail {
    /// Nothing is asked yet.
    pub fn new(config: MailConfig) -> Self {
        Self {
            guard: Guard::new(config.reach),
            config,
            tls: OnceCell::new(),
        }
    }

    async fn send(&self, message: &Message) -> Result<(AsyncSmtpConnection, Response), Untold> {
        let config = &self.config;
        let to: Vec<LettreMailbox> = config.to.iter().map(|mailbox| mailbox.0.clone()).collect();
        let letter = letter(message, &config.from.0, &to)
            .map_err(|error| self.refused(&format!("the letter cannot be written: {error}")))?;
        let mut line = self.connect().await?;
        if let Some(login) = &config.login {
            let known = Credentials::new(login.user.clone(), login.password.expose().to_owned());
            let in_turn = line.auth(&[Mechanism::Plain, Mechanism::Login], &known);
            in_turn
                .await
                .map_err(|error| self.failed("does not take the name and password", &error))?;
        }
        let sent = line.send(letter.envelope(), &letter.formatted()).await;
        let response = sent.map_err(|error| self.failed("did not take the letter", &error))?;
        Ok((line, response))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Untold> {
        let config = &self.config;
        // Connected to by address, so that it is the one that was looked at; TLS checks the name.
        let found = self.guard.addresses(&config.host).await;
        let found = found.map_err(|error| match error {
            NoAddress::Forbidden(why) => self.forbidden(why),
            NoAddress::Unknown(cause) => self.passing(&format!("cannot be reached: {cause}")),
        })?;
        let found = found
            .into_iter()
            .map(|address| SocketAddr::new(address, config.port));
        let found: Vec<SocketAddr> = found.collect();
        let tls = match config.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => Some(self.tls().await?),
        };
        let (hello, at_once) = (
            ClientId::default(),
            tls.clone().filter(|_| config.security == Security::Tls),
        );
        let patience = Some(CONNECT.min(config.timeout));
        let line = AsyncSmtpConnection::connect_tokio1(&*found, patience, &hello, at_once, None);
        let mut line = line
            .await
            .map_err(|error| self.failed("cannot be reached", &error))?;
        if let (Security::StartTls, Some(tls)) = (config.security, tls) {
            let secured = line.starttls(tls, &hello).await;
            secured.map_err(|error| self.failed("does not go over to TLS", &error))?;
        }
        Ok(line)
    }

    /// Reads the certificates of the system, once.
    async fn tls(&self) -> Result<TlsParameters, Untold> {
        let build = || async {
            let mut tls = TlsParameters::builder(self.config.host.clone());
            if let Some(authority) = &self.config.authority {
                tls = tls.add_root_certificate(authority.0.clone());
            }
            tls.build()
        };
        let tls = self.tls.get_or_try_init(build).await;
        tls.cloned()
            .map_err(|error| self.failed("cannot be called with TLS", &error))
    }

    fn failed(&self, what: &str, error: &SmtpError) -> Untold {
        let said = self.harmless(error);
        let fault = match error {
            // Our side cannot go on: no TLS is offered, or no way to log in that both know.
            error if error.is_permanent() || error.is_client() => Fault::Refused,
            _ => Fault::Passing { after: None },
        };
        let status = error.status().map(u16::from);
        let code = status
            .map(|code| format!(" (SMTP {code})"))
            .unwrap_or_default();
        Untold {
            status,
            answer: said.clone(),
            ..self.untold(fault, &format!("{what}{code}: {said}"))
        }
    }

    /// The innermost cause: what the server said, or what the system says of the connection.
    fn harmless(&self, error: &SmtpError) -> String {
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        self.short(&cause.to_string())
    }

    fn short(&self, text: &str) -> String {
        let mut hidden = Hidden::default();
        if let Some(Login { user, password }) = &self.config.login {
            let password = password.expose();
            hidden.login(user, password);
            // As LOGIN and PLAIN send them (RFC 4616).
            hidden.base64(password);
            hidden.base64(&format!("\0{user}\0{password}"));
        }
        let mut text = harmless(text, &hidden.secrets());
        text.truncate(text.floor_char_boundary(1024));
        text
    }

    /// For good if it is an address; a name may lead elsewhere a moment later.
    fn forbidden(&self, why: Forbidden) -> Untold {
        let host = self.config.host.as_str();
        let spelt = matches!(Host::parse(host), Ok(Host::Ipv4(_) | Host::Ipv6(_)));
        let why = format!("is not called: {why}");
        match spelt || host.parse::<IpAddr>().is_ok() {
            true => self.refused(&why),
            false => self.passing(&why),
        }
    }

    fn refused(&self, why: &str) -> Untold {
        self.untold(Fault::Refused, why)
    }

    fn passing(&self, why: &str) -> Untold {
        self.untold(Fault::Passing { after: None }, why)
    }

    fn untold(&self, fault: Fault, why: &str) -> Untold {
        let config = &self.config;
        Untold {
            fault,
            message: format!("{}:{} {why}", config.host, config.port),
            status: None,
            answer: String::new(),
        }
    }
}

#[async_trait]
impl Notifier for Mail {
    async fn tell(&self, message: &Message) -> Result<Told, Untold> {
        let limit = self.config.timeout;
        let in_time = timeout(limit, self.send(message)).await;
        let (mut line, response) = in_time.unwrap_or_else(|_| {
            Err(self.passing(&format!(
                "did not take the letter within {} s",
                limit.as_secs()
            )))
        })?;
        let _ = timeout(GOODBYE, line.quit()).await;
        let lines: Vec<&str> = response.message().collect();
        Ok(Told {
            status: Some(response.code().into()),
            answer: self.short(&lines.join(" ")),
            handle: None,
            pause: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_read_as_people_write_them() {
        for (text, is_taken) in [
            ("me@home.example", true),
            (" Mé <me@home.example> ", true),
            ("me", false),
            ("", false),
            ("a@b\r\nBcc: c@d", false),
        ] {
            assert_eq!(Mailbox::parse(text).is_ok(), is_taken, "{text}");
        }
        assert!(Authority::parse("no certificate").is_err());
    }
}
