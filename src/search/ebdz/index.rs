//! The local index as a source: what is asked is compared with the names that were read, and no forum is asked.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use crate::{
    domain::{
        link::{ContentId, Ed2kLink, Network, Payload},
        release::{Hints, Lexicon, Place, parse},
        title::{TitleMatch, fold, same_series},
    },
    ports::{
        Indexer, PortError, RawOffer, ReleaseLink, SearchPage, SearchRequest, Source, TestReport,
    },
    store::{self, Db, StoreError, forum::Indexed},
};

/// The forum is the only indexer.
const FORUM: i64 = 1;
/// Links that are new are looked through at most, the newest first.
const MOST_RECENT: i64 = 500;
/// Books of all kinds, as Newznab counts them.
const BOOKS: u32 = 7000;

/// The index of one source.
pub struct Index {
    db: Db,
    source: i64,
    name: String,
    lexicon: &'static Lexicon,
    keys: Mutex<Option<Keys>>,
}

/// The titles that there are, as they were when the index was last written.
struct Keys {
    written: i64,
    all: Arc<Vec<String>>,
}

impl Index {
    /// Of the source with this number and name.
    pub fn new(db: Db, source: i64, name: String, lexicon: &'static Lexicon) -> Self {
        Self {
            db,
            source,
            name,
            lexicon,
            keys: Mutex::default(),
        }
    }

    async fn found(&self, request: &SearchRequest) -> Result<Vec<RawOffer>, StoreError> {
        let key = fold(&request.term);
        let mut links = match key.is_empty() {
            true => store::forum::recent(&self.db, self.source, MOST_RECENT).await?,
            false => self.alike(&key).await?,
        };
        let mut offers: Vec<RawOffer> = Vec::with_capacity(links.len());
        let tied = match request.series {
            Some(series) => store::series_thread::tied_links(&self.db, self.source, series).await?,
            None => Vec::new(),
        };
        // The user says what these are: where the name says nothing, and the thread holds nothing else, it is what is asked for.
        for (link, is_alone) in tied {
            let title = match self.reads_title(&link.link.name) || !is_alone {
                true => self.title(&link),
                false => format!("{} - {}", request.term, link.link.name),
            };
            links.retain(|other| other.link.id != link.link.id);
            offers.push(self.offer(link, title));
        }
        for link in links {
            let title = self.title(&link);
            offers.push(self.offer(link, title));
        }
        Ok(offers)
    }

    /// The links of every title that is the same, or may be: a human looks at those.
    async fn alike(&self, key: &str) -> Result<Vec<Indexed>, StoreError> {
        let mut links = store::forum::by_key(&self.db, self.source, key).await?;
        let keys = self.keys().await?;
        let near = keys
            .iter()
            .filter(|known| same_series(key, &[], known) == TitleMatch::Near);
        for near in near {
            links.extend(store::forum::by_key(&self.db, self.source, near).await?);
        }
        Ok(links)
    }

    async fn keys(&self) -> Result<Arc<Vec<String>>, StoreError> {
        let written = store::forum::written(&self.db, self.source).await?;
        {
            let keys = self.keys.lock().expect("no one panics while holding it");
            if let Some(keys) = keys.as_ref().filter(|keys| keys.written == written) {
                return Ok(Arc::clone(&keys.all));
            }
        }
        let all = Arc::new(store::forum::keys(&self.db, self.source).await?);
        let mut keys = self.keys.lock().expect("no one panics while holding it");
        *keys = Some(Keys {
            written,
            all: Arc::clone(&all),
        });
        Ok(all)
    }

    fn reads_title(&self, name: &str) -> bool {
        let hints = Hints {
            lexicon: self.lexicon,
            ..Hints::default()
        };
        parse(name, hints).series.is_some()
    }

    /// The name of the file, behind the title of its thread where it says none.
    fn title(&self, link: &Indexed) -> String {
        let name = &link.link.name;
        if self.reads_title(name) {
            return name.clone();
        }
        let hints = Hints {
            place: Place::Folder,
            lexicon: self.lexicon,
            ..Hints::default()
        };
        let thread = parse(&link.thread, hints);
        let series = thread.series.as_deref().unwrap_or(&link.thread);
        format!("{series} - {name}")
    }

    fn offer(&self, link: Indexed, title: String) -> RawOffer {
        let content: ContentId = link.link.id.into();
        RawOffer {
            // The same file in two threads is one offer.
            guid: content.as_text(),
            title,
            indexer_id: FORUM,
            indexer: self.name.clone(),
            categories: vec![BOOKS],
            size: Some(link.link.id.size),
            seeders: None,
            // When it was first read here says nothing of when it was first given.
            published_at: None,
            content: Some(content),
            network: Some(Network::Ed2k),
            link: Some(ReleaseLink::new(link.link.to_uri())),
        }
    }

    fn fault(&self, error: &StoreError) -> PortError {
        PortError::Unavailable {
            origin: self.name.clone(),
            message: format!("its local index cannot be read ({error})"),
        }
    }
}

#[async_trait]
impl Source for Index {
    fn is_local(&self) -> bool {
        true
    }

    async fn indexers(&self) -> Result<Vec<Indexer>, PortError> {
        Ok(vec![Indexer {
            id: FORUM,
            name: self.name.clone(),
            private: Some(false),
            language: Some("fr".into()),
            blocked_until: None,
        }])
    }

    async fn search(&self, request: &SearchRequest) -> Result<SearchPage, PortError> {
        let found = self.found(request).await;
        let found = found.map_err(|error| self.fault(&error))?;
        let (offset, limit) = (request.offset as usize, request.limit as usize);
        let next = (found.len() > offset + limit).then_some(request.offset + request.limit);
        let offers = found.into_iter().skip(offset).take(limit).collect();
        Ok(SearchPage { offers, next })
    }

    async fn resolve(&self, link: &ReleaseLink) -> Result<Payload, PortError> {
        let link = Ed2kLink::parse(link.expose());
        link.map(Payload::Ed2k)
            .map_err(|error| PortError::BadAnswer {
                origin: self.name.clone(),
                detail: error.to_string(),
            })
    }

    async fn test(&self) -> Result<TestReport, PortError> {
        let counts = store::forum::counts(&self.db, self.source).await;
        let counts = counts.map_err(|error| self.fault(&error))?;
        let mut warnings = Vec::new();
        if counts.links == 0 {
            warnings
                .push("nothing is in its local index yet; the forum is still to be read".into());
        }
        Ok(TestReport {
            program: format!("a local index of {} links", counts.links),
            warnings,
        })
    }
}
