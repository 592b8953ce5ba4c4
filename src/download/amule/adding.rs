//! Handing over a link, once: looked for before, listed afterwards, and what "invalid link or already on list" means in between.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    Amule,
    answers::Seen,
    codec::{
        Draft, DraftTag,
        names::{op, prefs, tag},
    },
};
use crate::{
    domain::link::{Ed2kId, Ed2kLink},
    ports::{Added, PortError},
};

/// How long a link that was taken may need to be listed. aMule 2.3.3 lists it before it answers.
const LISTED_WITHIN: Duration = Duration::from_secs(10);

/// Between two looks at the list.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Amule {
    /// Hands over a link. What it already has is a success: [`Added::AlreadyThere`]. A file that it still lists, but that is not where
    /// it was, it fetches again.
    ///
    /// # Errors
    /// [`PortError::Declined`] when it does not take this link, [`PortError::NotListed`] when it took it and does not list it.
    pub async fn add(&self, link: &Ed2kLink) -> Result<Added, PortError> {
        if let Some(Seen::Queued(file)) = self.seen(&link.id).await? {
            self.same_size(link.id, file.id)?;
            // We pause what nothing came of; who sends it again wants it after all.
            if file.is_halted() {
                self.resume(&link.id).await?;
            }
            return Ok(Added::AlreadyThere);
        }
        let category = self.category_index().await?;
        // One link at a time: of several, 2.3.3 tells only what became of the last one.
        let mut named = DraftTag::text(tag::STRING, &link.to_uri());
        if category != 0 {
            named = named.with(DraftTag::number(tag::PARTFILE_CAT, category));
        }
        let took_it = self
            .session
            .act(&Draft::new(op::ADD_LINK).with(named))
            .await?;
        match took_it {
            true => self.accepted(link.id).await,
            false => self.refused(link.id).await,
        }
    }

    /// The index of our category, which is made when it is not there; 0 for none.
    async fn category_index(&self) -> Result<u64, PortError> {
        let Some(name) = &self.category else {
            return Ok(0);
        };
        let which = prefs::CATEGORIES | prefs::DIRECTORIES;
        let settings = self.settings(which).await?;
        if let Some(known) = settings.named(name) {
            return Ok(known.index);
        }
        let made = DraftTag::number(tag::CATEGORY, 0)
            .with(DraftTag::text(tag::CATEGORY_PATH, &settings.incoming))
            .with(DraftTag::text(tag::CATEGORY_COMMENT, ""))
            .with(DraftTag::number(tag::CATEGORY_COLOR, 0))
            .with(DraftTag::number(tag::CATEGORY_PRIO, 0))
            .with(DraftTag::text(tag::CATEGORY_TITLE, name));
        // A no may concern the folder alone: whether it is there now is what counts.
        self.session
            .act(&Draft::new(op::CREATE_CATEGORY).with(made))
            .await?;
        let settings = self.settings(which).await?;
        match settings.named(name) {
            Some(known) => Ok(known.index),
            None => {
                let client = self.session.origin();
                tracing::warn!(%client, category = %name, "aMule does not let us make this category; what is sent goes into none");
                Ok(0)
            }
        }
    }

    /// Once it was taken nothing but "not listed" can be said, whatever goes wrong.
    async fn accepted(&self, file: Ed2kId) -> Result<Added, PortError> {
        let after = LISTED_WITHIN.min(self.timeout);
        let deadline = Instant::now() + after;
        loop {
            if let Ok(Some(seen)) = self.seen(&file).await {
                self.same_size(file, seen.id())?;
                return Ok(Added::New);
            }
            if Instant::now() >= deadline {
                let origin = self.session.origin();
                return Err(PortError::NotListed { origin, after });
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// The answer is the same for what it cannot read and for what it has.
    async fn refused(&self, file: Ed2kId) -> Result<Added, PortError> {
        match self.seen(&file).await? {
            Some(seen) => {
                self.same_size(file, seen.id())?;
                Ok(Added::AlreadyThere)
            }
            None => {
                Err(self.declined("it did not take the link, and does not list the file either"))
            }
        }
    }

    fn same_size(&self, asked: Ed2kId, there: Ed2kId) -> Result<(), PortError> {
        match asked.size == there.size {
            true => Ok(()),
            false => Err(self.declined(&format!(
                "it has a file of this hash with {} bytes, not {}: one of the two links is wrong",
                there.size, asked.size
            ))),
        }
    }

    pub(super) fn declined(&self, message: &str) -> PortError {
        PortError::Declined {
            origin: self.session.origin(),
            message: message.into(),
        }
    }
}
