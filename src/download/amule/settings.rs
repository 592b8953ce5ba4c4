//! What aMule says of itself: categories, folders, and how it is connected. Pure.

use super::codec::{
    Packet, Tag,
    names::{state, tag},
};

/// Before it, numbers on a server mean that nobody reaches us from outside.
const HIGH_ID: u64 = 0x0100_0000;

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Category {
    /// It changes when a category before it is removed.
    pub index: u64,
    pub title: String,
    pub path: String,
}

/// What `SET_PREFERENCES` says of categories and folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub categories: Vec<Category>,
    /// Where files of no category come to be; empty when it does not say.
    pub incoming: String,
    /// What is added stays paused.
    pub pauses_new: bool,
}

impl Settings {
    pub fn read(packet: &Packet) -> Self {
        let categories = packet.tag(tag::PREFS_CATEGORIES).into_iter();
        let categories = categories.flat_map(|tag| tag.children());
        let incoming = packet.tag(tag::PREFS_DIRECTORIES);
        let new_paused = packet
            .tag(tag::PREFS_FILES)
            .and_then(|files| files.child(tag::FILES_NEW_PAUSED));
        Self {
            categories: categories.filter_map(Category::read).collect(),
            incoming: incoming
                .and_then(|tag| tag.text_of(tag::DIRECTORIES_INCOMING))
                .unwrap_or_default(),
            // It has no number where its being there says it.
            pauses_new: new_paused.is_some_and(|tag| tag.number() != Some(0)),
        }
    }

    /// The category of a name.
    pub fn named(&self, title: &str) -> Option<&Category> {
        self.categories.iter().find(|known| known.title == title)
    }

    /// Where files of a category come to be; none when aMule does not say.
    pub fn folder(&self, category: Option<&Category>) -> Option<String> {
        let own = category.map(|category| &category.path);
        let own = own.filter(|path| !path.is_empty());
        let folder = own.unwrap_or(&self.incoming);
        (!folder.is_empty()).then(|| folder.clone())
    }
}

impl Category {
    fn read(category: Tag<'_>) -> Option<Self> {
        if category.name != tag::CATEGORY {
            return None;
        }
        Some(Self {
            index: category.number()?,
            title: category.text_of(tag::CATEGORY_TITLE)?,
            path: category.text_of(tag::CATEGORY_PATH).unwrap_or_default(),
        })
    }
}

/// How it is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Network {
    pub ed2k: bool,
    pub kad: bool,
    /// Its server cannot reach it from outside.
    pub low_id: bool,
    /// Kad cannot reach it from outside.
    pub firewalled: bool,
}

impl Network {
    /// None when the packet does not say it.
    pub fn read(packet: &Packet) -> Option<Self> {
        let connections = packet.tag(tag::CONNSTATE)?;
        let bits = connections.number()?;
        let (ed2k, kad) = (bits & state::ED2K != 0, bits & state::KAD != 0);
        let id = connections.number_of(tag::ED2K_ID);
        Some(Self {
            ed2k,
            kad,
            low_id: ed2k && (1..HIGH_ID).contains(&id),
            firewalled: kad && bits & state::KAD_FIREWALLED != 0,
        })
    }

    /// Somebody can be reached.
    pub fn is_up(self) -> bool {
        self.ed2k || self.kad
    }

    pub fn warnings(self) -> impl Iterator<Item = String> {
        let said = [
            (
                !self.is_up(),
                "it is connected neither to a server nor to Kad: nothing comes until it is",
            ),
            (
                self.low_id,
                "its server gives it a low ID, so fewer others can give to it: let its TCP port (4662 unless changed) through from outside",
            ),
            (
                self.firewalled,
                "Kad finds it firewalled, so fewer others are found: let its UDP port (4672 unless changed) through from outside",
            ),
        ];
        let true_ones = said.into_iter().filter(|(is_so, _)| *is_so);
        true_ones.map(|(_, what)| what.to_owned())
    }
}

#[cfg(test)]
mod tests;
