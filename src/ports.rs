//! The traits behind which other programs stand, and the one error that they all answer with.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{
    following::Sight,
    link::{ContentId, Network, Payload},
    telling::Text,
};
use crate::http::guard::Forbidden;

mod catalogue;
mod library;

pub use catalogue::Catalogue;
pub use library::{
    FolderPlace, Heard, Inbox, InboxName, KnownFiles, Library, Listener, Scan, ScanProblem,
    ScanProgress, ScannedFile, ScannedSeries, ServerPlace, WANTED,
};

/// Why another program did not do what it was asked. Each variant is a sentence for the user; none carries a URL's path or query.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// No connection, or it broke.
    #[error("{origin} cannot be reached: {cause}")]
    Unreachable { origin: String, cause: String },
    /// No complete answer in time.
    #[error("{origin} did not answer within {} s", after.as_secs())]
    Timeout { origin: String, after: Duration },
    /// Wrong or missing key, name or password.
    #[error("{origin} refuses the credentials: {hint}")]
    Unauthorised { origin: String, hint: &'static str },
    /// The other side has locked us out for a while.
    #[error("{origin} has banned this address: {message}")]
    Banned { origin: String, message: String },
    /// Too many requests.
    #[error("{origin} asks to wait{}", match retry_after { Some(wait) => format!(" {} s (HTTP 429)", wait.as_secs()), None => " (HTTP 429)".into() })]
    RateLimited {
        origin: String,
        retry_after: Option<Duration>,
    },
    /// An address that is not called.
    #[error("{origin} is not called: {why}")]
    Forbidden { origin: String, why: Forbidden },
    /// An answer over our limit. `limit` in bytes.
    #[error("{origin} answered with more than {} MB", limit / 1024 / 1024)]
    TooLarge { origin: String, limit: usize },
    /// Any other HTTP status. `detail` is what the server says of it, shortened.
    #[error("{origin} answered HTTP {status}{}", if detail.is_empty() { String::new() } else { format!(": {detail}") })]
    Status {
        origin: String,
        status: u16,
        detail: String,
    },
    /// An answer that is not what the protocol says.
    #[error("{origin} gave an answer that cannot be read: {detail}")]
    BadAnswer { origin: String, detail: String },
    /// The release is not there any more.
    #[error("the release is gone at {origin}")]
    Gone { origin: String },
    /// The program understood and declined.
    #[error("{origin} declined: {message}")]
    Declined { origin: String, message: String },
    /// A source that answers but could not ask: this is not "found nothing".
    #[error("{origin} could not ask its indexers: {message}")]
    Unavailable { origin: String, message: String },
    /// An add that was accepted and then did not show up.
    #[error("{origin} accepted the download but did not list it within {} s", after.as_secs())]
    NotListed { origin: String, after: Duration },
    /// A file system that does not let us.
    #[error("{place} cannot be read: {cause}")]
    Files { place: String, cause: String },
}

impl PortError {
    /// How long the other side asked us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// True when the fault lies with one release, not with the program that offers it.
    pub fn concerns_release(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::Declined { .. })
    }

    /// True when the fault lies with what a catalogue was asked about, not with the catalogue.
    pub fn is_of_one(&self) -> bool {
        match self {
            Self::Gone { .. } | Self::Declined { .. } | Self::TooLarge { .. } => true,
            Self::Status { status, .. } => matches!(status, 400 | 404 | 410 | 414 | 422),
            _ => false,
        }
    }

    /// True when the request may have taken effect although no answer says so.
    pub fn is_uncertain(&self) -> bool {
        match self {
            Self::Timeout { .. }
            | Self::Unreachable { .. }
            | Self::NotListed { .. }
            | Self::TooLarge { .. }
            | Self::BadAnswer { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// What a successful *Test* says, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestReport {
    /// For example "qBittorrent v4.5.2 (API 2.8.19)".
    pub program: String,
    /// Things that work but deserve attention.
    pub warnings: Vec<String>,
}

// ------------------------------------------------------------------ sources

/// Who offers releases.
#[async_trait]
pub trait Source: Send + Sync {
    /// It answers out of what was read before, so that no one has to be spared and nothing can be down.
    fn is_local(&self) -> bool {
        false
    }

    /// The indexers behind it, and those that it has put on hold itself.
    async fn indexers(&self) -> Result<Vec<Indexer>, PortError>;

    /// Asks for one page of one term.
    async fn search(&self, request: &SearchRequest) -> Result<SearchPage, PortError>;

    /// Turns a link of this source into bytes or a magnet.
    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError>;

    /// Says whether a search would work.
    async fn test(&self) -> Result<TestReport, PortError>;
}

/// One indexer behind a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexer {
    /// The source's own number for it.
    pub id: i64,
    /// Its name there.
    pub name: String,
    /// From a private tracker: a smaller budget, and downloads are never removed. None when that is not known: it is as it was, or taken for one.
    pub private: Option<bool>,
    /// Of what it offers, ISO 639-1, when the source says it.
    pub language: Option<String>,
    /// The source will not ask it before then; milliseconds since the epoch.
    pub blocked_until: Option<i64>,
}

/// What a search is for: one that happens by itself leaves enough of the day's budget for the looks at recent releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// By itself, for a series.
    Sweep,
    /// Recent releases.
    Fresh,
    /// Asked for, or needed for what is about to be sent.
    Asked,
}

/// One page of one query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRequest {
    /// Free text.
    pub term: String,
    /// Results to skip.
    pub offset: u32,
    /// Results wanted.
    pub limit: u32,
    /// Ask just these; empty asks all.
    pub indexers: Vec<i64>,
    /// For which series, when it is for one: where a user said where that is found, it is looked for there too.
    pub series: Option<i64>,
}

/// What a source answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// In the source's order.
    pub offers: Vec<RawOffer>,
    /// Results to skip for the next page; none when there is none.
    pub next: Option<u32>,
}

/// One release as a source offers it, not yet read.
#[derive(Clone, PartialEq, Eq)]
pub struct RawOffer {
    /// The source's own id for it. It may be a link with a key in it: hashed before it is stored.
    pub guid: String,
    /// Release name.
    pub title: String,
    /// The source's number for the indexer.
    pub indexer_id: i64,
    /// The indexer's name.
    pub indexer: String,
    /// Newznab categories, at most 50.
    pub categories: Vec<u32>,
    /// Bytes; none when unknown (some indexers say 0).
    pub size: Option<u64>,
    /// None when unknown.
    pub seeders: Option<u32>,
    /// Milliseconds since the epoch.
    pub published_at: Option<i64>,
    /// What it is, when the source knows it.
    pub content: Option<ContentId>,
    /// None for usenet and whatever else no client of ours takes.
    pub network: Option<Network>,
    /// How to get it. Kept in memory only.
    pub link: Option<ReleaseLink>,
}

/// Never the guid, which can be a link with a key in it.
impl std::fmt::Debug for RawOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawOffer")
            .field("title", &self.title)
            .field("indexer", &self.indexer)
            .finish_non_exhaustive()
    }
}

/// A link that may carry passkeys and API keys: never stored, printed or shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ReleaseLink(String);

impl ReleaseLink {
    /// Wraps a link.
    pub fn new(link: impl Into<String>) -> Self {
        Self(link.into())
    }

    /// The link, to be asked and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ReleaseLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReleaseLink(…)")
    }
}

// ------------------------------------------------------------------ clients

/// Who downloads.
#[async_trait]
pub trait Client: Send + Sync {
    /// Looks for a download in the client's own list.
    async fn find(&self, content: &ContentId) -> Result<Option<ClientItem>, PortError>;

    /// Hands over bytes, a magnet or a link. What the client already has is a success: [`Added::AlreadyThere`].
    async fn add(&self, payload: &Payload) -> Result<Added, PortError>;

    /// The same, but what is new fetches nothing of its files before [`Client::start`]; a magnet fetches its metadata. A client that
    /// cannot hold a magnet back fetches all of it until its files are chosen.
    async fn add_held(&self, payload: &Payload) -> Result<Added, PortError>;

    /// Has these files of a download fetched, or not. Numbers are those of [`ContentFile::index`].
    async fn want(&self, content: &ContentId, files: &[u32], wanted: bool)
    -> Result<(), PortError>;

    /// Starts what was held back, unless the user wants all that is added to stay stopped. One that it does not list is no fault.
    async fn start(&self, content: &ContentId) -> Result<(), PortError>;

    /// Takes a download out of its list and leaves everything that was written of it; where that would be lost, it is paused. One that it does not list is no fault.
    async fn remove(&self, content: &ContentId) -> Result<(), PortError>;

    /// Marks a download for the user's eyes. One that it does not list is no fault.
    async fn tag(&self, content: &ContentId, tag: &str) -> Result<(), PortError>;

    /// The files of a download; none when it does not list it.
    async fn contents(&self, content: &ContentId) -> Result<Option<Contents>, PortError>;

    /// The folder in which it saves what it is given, as it sees it.
    async fn folder(&self) -> Result<String, PortError>;

    /// Everything that it has, whoever added it, and how much room there is.
    async fn holdings(&self) -> Result<Holdings, PortError>;

    /// Says whether an add would work.
    async fn test(&self) -> Result<TestReport, PortError>;
}

/// Everything that a client has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Whoever added it.
    pub items: Vec<Holding>,
    /// Bytes free where it saves by default; none when it does not say.
    pub free_bytes: Option<u64>,
    /// It reaches others, as far as it says.
    pub connected: bool,
}

/// One download of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Every form of its identity that the client gives, in small letters.
    pub hashes: Vec<String>,
    /// Its name there.
    pub name: String,
    /// Bytes that are still to be written; 0 when it is complete.
    pub left_bytes: u64,
    /// The client's own word for its state, for example `stalledDL`.
    pub state: String,
    /// What that means, and what is there of it.
    pub sight: Sight,
}

/// The files of a download.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The folder in which they are once they are complete, as the client sees it.
    pub folder: String,
    /// In its order; none while a magnet has no metadata.
    pub files: Vec<ContentFile>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFile {
    /// The client's own number for it.
    pub index: u32,
    /// Below the folder, with `/`: where it is when it is complete.
    pub path: String,
    /// Bytes of all of it.
    pub bytes: u64,
    /// The client fetches it.
    pub wanted: bool,
}

/// How an add ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new in the client.
    New,
    /// The client had it already.
    AlreadyThere,
}

/// One download in a client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientItem {
    /// Its name there.
    pub name: String,
    /// The client's own word for its state, for example `stalledDL`.
    pub state: String,
    /// 0 to 1.
    pub progress: f64,
}

// ---------------------------------------------------------------- targets

/// Who is told of events.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Tells one message, once. Whoever calls it repeats what failed for now, with the same [`Message::id`].
    ///
    /// # Errors
    /// [`Untold`], which says whether it is worth another attempt.
    async fn tell(&self, message: &Message) -> Result<Told, Untold>;
}

/// What is told: an event, or several at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `msg_` and 32 hexadecimal digits: the same in every attempt and at every target.
    pub id: String,
    /// For example `grab.sent`.
    pub kind: String,
    /// When it became true; milliseconds since the epoch.
    pub at: i64,
    /// When this attempt is made; milliseconds since the epoch.
    pub now: i64,
    /// Which attempt it is, from 1 on.
    pub attempt: u32,
    /// JSON of Standard Webhooks: `type`, `timestamp`, `data`. The same bytes in every attempt.
    pub body: String,
    /// For people, in the target's language.
    pub text: Text,
    /// What a person can do about it, the most important first.
    pub actions: Vec<Action>,
    /// What the message is about, where later messages are about the same: `grab:7`. A target that can change what it told does so.
    pub thread: Option<String>,
    /// What this target answered for the last message of the thread, see [`Told::handle`].
    pub earlier: Option<String>,
}

/// A signed link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// A word or two in the target's language.
    pub label: String,
    /// Whoever follows it needs no key.
    pub url: String,
}

/// A message was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// HTTP status, or the SMTP code.
    pub status: Option<u16>,
    /// First characters of the answer, without secrets.
    pub answer: String,
    /// By which the target finds the message again, to change it.
    pub handle: Option<String>,
    /// The target takes no other message before this has passed.
    pub pause: Option<Duration>,
}

/// A message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// Whether it is worth another attempt.
    pub fault: Fault,
    /// Why, as a sentence for the user, without the target's path or query.
    pub message: String,
    /// HTTP status, or the SMTP code.
    pub status: Option<u16>,
    /// First characters of the answer, without secrets.
    pub answer: String,
}

/// What a failed attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may work later, not before `after` has passed.
    Passing {
        /// What the target asked for.
        after: Option<Duration>,
    },
    /// This message is never taken.
    Refused,
    /// No message is ever taken again: the target is gone, or does not know us.
    Gone,
}
