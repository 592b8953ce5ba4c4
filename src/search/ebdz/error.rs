//! Why pages of a forum are not read.

use crate::{domain::units::HOUR, ports::PortError};

/// Why it does not let us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The cookie, and there is no password.
    WrongCookie,
    /// Name and password.
    WrongPassword,
    /// It wants the letters of a picture first.
    Captcha,
    /// It takes no login for a while.
    TooManyLogins,
    /// It let us in, and forgot that.
    SessionLost,
    /// There is nothing to show.
    NoCredentials,
    /// It answers the login with this.
    Says(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Says(text) => write!(
                out,
                "it answers the login with '{text}'. Log in once with a browser"
            ),
            known => out.write_str(known.sentence()),
        }
    }
}

impl Refusal {
    fn sentence(&self) -> &'static str {
        match self {
            Self::WrongCookie => {
                "the cookie is not, or no longer, valid; log in with a browser and paste the new 'mybbuser' cookie, or give a name and a password"
            }
            Self::WrongPassword => {
                "the user name or password is wrong. They are not sent again until they are changed, because a few failures lock the account"
            }
            Self::Captcha => {
                "it wants the letters of a picture, after too many failed logins. Log in once with a browser, then test this source again; or paste the cookie of that browser"
            }
            Self::TooManyLogins => {
                "too many logins failed, so it takes none for a while. Wait, correct the user name and password, then test this source again"
            }
            Self::SessionLost => {
                "it took the login and shows the next page as to a stranger; does a proxy drop its cookies?"
            }
            Self::NoCredentials => "it wants a user name and a password, or a cookie",
            Self::Says(_) => "it answers the login with a message",
        }
    }

    /// For how long the same name and password are not sent again, whoever asks; in milliseconds. Where they were not sent, or would not be
    /// while that stands before them, it may be tried at any time.
    pub fn hold(&self) -> Option<i64> {
        let were_sent = matches!(
            self,
            Self::WrongPassword | Self::TooManyLogins | Self::Says(_)
        );
        were_sent.then_some(HOUR)
    }
}

/// Why a page was not read. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ForumError {
    /// It cannot be reached, or wants to be left alone.
    #[error(transparent)]
    Port(#[from] PortError),
    /// It does not let us in. To try again without a change would only make it worse.
    #[error("{origin} refuses the credentials: {why}")]
    Refused { origin: String, why: Refusal },
    /// It went wrong at the login: no other page can be read either.
    #[error(transparent)]
    Login(Box<ForumError>),
    /// It is closed for maintenance.
    #[error("{origin} {CLOSED}")]
    Closed { origin: String },
    /// The account may not see this.
    #[error("{origin} {NOT_ALLOWED}")]
    NotAllowed { origin: String },
    /// There is no such thread or forum.
    #[error("{origin} {MISSING}")]
    Missing { origin: String },
    /// It shows a message instead, in words that are not known.
    #[error("{origin} {SAYS}'{text}'")]
    Says {
        origin: String,
        /// Short, and without what it says of a member.
        text: String,
    },
    /// What answers is no forum.
    #[error("{origin} {STRANGER}")]
    Stranger { origin: String },
    /// A thread that had links has none.
    #[error("{origin} shows a thread with none of its {links} links")]
    Emptied {
        origin: String,
        /// How many it had.
        links: i64,
        /// The page, without secrets.
        sample: String,
    },
    /// A page that its reader does not know.
    #[error("the layout of {origin} has changed: {what}, and this page is another")]
    Changed {
        origin: String,
        /// What is missed in it.
        what: &'static str,
        /// The page, without secrets.
        sample: String,
    },
}

impl ForumError {
    /// What came of a login. It is no fault of the page that was to be read.
    pub fn at_login(self) -> Self {
        match self {
            Self::Refused { .. } => self,
            Self::Says { origin, text } => Self::Refused {
                origin,
                why: Refusal::Says(text),
            },
            other => Self::Login(Box::new(other)),
        }
    }

    /// Nothing is asked for hours: it is no hiccup.
    pub fn is_grave(&self) -> bool {
        match self {
            Self::Login(inner) => inner.is_grave(),
            Self::Changed { .. } | Self::Emptied { .. } => true,
            Self::Port(error) => matches!(error, PortError::Banned { .. }),
            _ => false,
        }
    }

    /// It lies in the page: others can be read.
    pub fn is_of_page(&self) -> bool {
        match self {
            Self::Changed { .. }
            | Self::Emptied { .. }
            | Self::Says { .. }
            | Self::NotAllowed { .. } => true,
            Self::Port(error) => matches!(
                error,
                PortError::TooLarge { .. } | PortError::BadAnswer { .. }
            ),
            _ => false,
        }
    }

    /// It may lie in the page, or the forum is in trouble.
    pub fn may_be_of_page(&self) -> bool {
        let Self::Port(error) = self else {
            return self.is_of_page();
        };
        let may_be = matches!(error, PortError::Timeout { .. } | PortError::Status { .. });
        may_be || self.is_of_page()
    }

    /// The page, where it is of use to whoever looks into it.
    pub fn sample(&self) -> Option<&str> {
        match self {
            Self::Changed { sample, .. } | Self::Emptied { sample, .. } => Some(sample),
            Self::Login(inner) => inner.sample(),
            _ => None,
        }
    }

    /// As connections say what is wrong.
    pub fn into_port(self) -> PortError {
        let declined = |origin, message: &str| PortError::Declined {
            origin,
            message: message.into(),
        };
        match self {
            Self::Port(error) => error,
            Self::Login(inner) => inner.into_port(),
            Self::Refused {
                origin,
                why: Refusal::Says(text),
            } => declined(origin, &Refusal::Says(text).to_string()),
            Self::Refused { origin, why } => PortError::Unauthorised {
                origin,
                hint: why.sentence(),
            },
            Self::Closed { origin } => declined(origin, CLOSED),
            Self::NotAllowed { origin } => declined(origin, NOT_ALLOWED),
            Self::Missing { origin } => declined(origin, MISSING),
            Self::Says { origin, text } => declined(origin, &format!("{SAYS}'{text}'")),
            Self::Stranger { origin } => PortError::BadAnswer {
                origin,
                detail: STRANGER.into(),
            },
            Self::Emptied { origin, links, .. } => PortError::BadAnswer {
                origin,
                detail: format!("threads have none of their links any more, one of them {links}"),
            },
            Self::Changed { origin, what, .. } => PortError::BadAnswer {
                origin,
                detail: format!("its layout has changed: {what}, and this page is another"),
            },
        }
    }
}

const CLOSED: &str = "is closed for maintenance";
const NOT_ALLOWED: &str = "does not show this to the account; may it read the forum?";
const MISSING: &str = "has no such thread or forum";
const SAYS: &str = "shows a message instead of the page: ";
const STRANGER: &str = "what answers there is no MyBB forum. The URL has to be that of the page with the list of its forums, for example https://ebdz.net/forum/; look at it with a browser";
