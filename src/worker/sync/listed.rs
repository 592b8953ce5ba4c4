//! The lists that people keep at a catalogue, when it is its turn: each is read once a day, a request a page.

use super::Turn;
use crate::{
    catalogue::lists::{List, NoList},
    collection::lists,
    health,
    store::{self, StoreError, import_list::ImportList},
};

impl Turn<'_> {
    /// Lists of readers that are due. False when the catalogue failed, or is not to be asked further.
    pub(super) async fn lists(&mut self) -> Result<bool, StoreError> {
        loop {
            let now = self.app.clock.now();
            let due = store::import_list::due(&self.app.db, self.which(), now).await?;
            let Some(list) = due else { return Ok(true) };
            if !self.list(&list).await? {
                return Ok(false);
            }
        }
    }

    async fn list(&mut self, list: &ImportList) -> Result<bool, StoreError> {
        let Ok(reader) = self.app.list_reader(self.row) else {
            return Ok(false);
        };
        let mut pages = List::default();
        loop {
            let Some(pass) = self.pass().await? else {
                return Ok(false);
            };
            let more = reader.read_on(&list.user, &mut pages).await;
            self.asked(pass);
            match more {
                Ok(more) => {
                    health::worked_if_failed(self.app, self.row).await?;
                    if !more {
                        break;
                    }
                }
                Err(why) => return self.no_list(list, &why).await,
            }
        }
        self.synced.answered += 1;
        lists::take(self.app, list.id, &pages, false).await?;
        Ok(true)
    }

    async fn no_list(&mut self, list: &ImportList, why: &NoList) -> Result<bool, StoreError> {
        lists::not_read(self.app, list, why).await?;
        match why {
            NoList::NotAsked(error) if !lists::is_of_list(error) => {
                self.failed(error).await.map(|()| false)
            }
            _ => Ok(true),
        }
    }
}
