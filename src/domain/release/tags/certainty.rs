//! What the tags say together: whether it is a book at all, and how sure the reading is. Pure.

use super::{NotABook, Reading, Role};

fn is_comic(format: &str) -> bool {
    matches!(format, "cbz" | "cbr" | "cb7" | "cbt")
}

fn is_book(format: &str) -> bool {
    matches!(format, "epub" | "pdf" | "mobi" | "azw3")
}

impl Reading<'_> {
    /// A comic format says that it is a book, and film words and a game's publisher do not.
    pub(super) fn settle_book(&mut self) {
        let release = &mut self.release;
        let Some(not_a_book) = release.not_a_book else {
            return;
        };
        let has = |is: fn(&str) -> bool| release.formats.iter().any(|format| is(format));
        let is_doubtful = matches!(not_a_book, NotABook::Game | NotABook::Video);
        if has(is_comic) || is_doubtful && has(is_book) {
            release.not_a_book = None;
            return;
        }
        release.revision = None;
        release.resolution = None;
    }

    /// How sure the reading is, from what it rests on.
    pub fn weigh(&mut self) {
        let release = &self.release;
        let (has_volumes, has_chapters) =
            (!release.volumes.is_empty(), !release.chapters.is_empty());
        let by_title = if release.series.is_none() { 30 } else { 0 };
        let by_number = match (has_volumes, has_chapters) {
            (false, false) if release.complete => 25,
            (false, false) => 40,
            _ if release.marked => 0,
            (false, true) => 15,
            (true, _) => 25,
        };
        let unread = self
            .tokens
            .iter()
            .filter(|token| token.role == Role::Unread && token.group == 0)
            .count();
        let doubt = by_title + by_number + unread.min(10) as u8;
        self.release.confidence = 100 - doubt;
    }
}
