//! Which of the numbers count: a marker beats brackets, brackets beat a bare number, and a revision is no volume. Pure.
//!
//! Numbers without a marker are weighed in [`bare`]; whether they are issues rather than volumes is in [`issues`].

mod bare;
mod issues;
mod marked;
mod revision;
mod specials;

use super::{
    Kind, NotABook, Place, Reading, Role,
    class::{Class, Format},
    numbers::{Expression, What},
    token::{Gap, Token},
};
use crate::domain::volume::{MAX_SET, VolumeSet};

/// No series has more volumes.
const MOST_COUNTED: u32 = 3_000;

impl Reading<'_> {
    /// Fills in volumes, chapters, count and the numbers of specials, and where the title ends.
    pub fn choose(&mut self) {
        let mut expressions = std::mem::take(&mut self.expressions);
        expressions.retain(|found| {
            self.tokens[found.first].role == Role::Unread
                && !self.is_in_note(found)
                && !self.names_the_folder(found)
        });
        if self.hints.kind == Kind::Comics {
            self.runs_of_comics(&mut expressions);
        }
        self.find_revisions(&mut expressions);
        self.chapters(&expressions);
        self.volumes(&expressions);
        self.without();
        self.specials(&expressions);
        self.bound();
    }

    /// In a bracket in front of the title.
    fn is_in_note(&self, found: &Expression) -> bool {
        found.first < self.title_start
            && self.tokens[found.first].group > 0
            && self.tokens[self.title_start..]
                .iter()
                .any(|token| token.group == 0)
    }

    /// `Terminator T2` is a title, `Naruto T01` and `Naruto T1-T72` are not; neither is a name that is nothing but a number.
    fn names_the_folder(&self, found: &Expression) -> bool {
        if self.hints.place != Place::Folder {
            return false;
        }
        let is_one_digit = self.tokens[found.number].digits < 2 && !found.several;
        self.has_one_letter(found) && is_one_digit || found.first <= self.title_start
    }

    /// Its marker is a letter, as in `T2`.
    fn has_one_letter(&self, found: &Expression) -> bool {
        let marker = &self.tokens[found.first];
        !marker.is_number() && marker.length() == 1
    }

    fn chapters(&mut self, expressions: &[Expression]) {
        let says_chapters =
            |found: &&Expression| matches!(found.what, What::Chapter | What::ChapterCount);
        if !expressions.iter().any(|found| says_chapters(&found)) {
            return;
        }
        let is_no_book = self.is_no_book();
        for found in expressions.iter().filter(says_chapters) {
            self.take(found, Role::Chapters);
            if is_no_book {
                continue;
            }
            if found.what == What::Chapter {
                let set = self.set(found);
                self.release.chapters.extend_with(&set);
            } else {
                let count = self.tokens[found.number].value.unwrap_or(0);
                self.release.chapters.insert_range(1, count);
            }
        }
    }

    /// The expression ends the title.
    fn take(&mut self, found: &Expression, role: Role) {
        self.give(found.first..found.end, role);
        if found.first >= self.title_start {
            self.title_end = self.title_end.min(found.first);
        }
    }

    fn volumes(&mut self, expressions: &[Expression]) {
        let find = |wanted: fn(What) -> bool| expressions.iter().position(|it| wanted(it.what));
        if let Some(lead) = self.leading(expressions) {
            self.release.marked = lead.what == What::Issue;
            self.number(lead);
        } else if let Some(at) = find(|what| matches!(what, What::Volume | What::Version)) {
            self.marked(expressions, at);
        } else if let Some(at) = find(|what| what == What::Bracketed)
            .filter(|at| self.is_bracketed_volume(&expressions[*at], expressions))
        {
            self.release.marked = expressions[at].several;
            self.number(&expressions[at]);
            self.after_plus(expressions, at);
        } else if let Some(at) = find(|what| what == What::Count) {
            self.count(&expressions[at]);
        } else if self.is_no_book() {
            self.episode(expressions);
        } else if self.release.chapters.is_empty() && self.hints.place != Place::Folder {
            self.unmarked(expressions);
        }
    }

    /// `04 - Asterix`: a number in front of the title, unless a marked one is better.
    fn leading<'e>(&self, expressions: &'e [Expression]) -> Option<&'e Expression> {
        if !self.leads || self.has_better_marker(expressions) {
            return None;
        }
        expressions.iter().find(|found| {
            found.first < self.title_start && matches!(found.what, What::Bare | What::Issue)
        })
    }

    /// `100 Bullets T03` means the marker, also where a number in front is the volume otherwise.
    fn has_better_marker(&self, expressions: &[Expression]) -> bool {
        expressions.iter().any(|found| {
            let is_glued = self.tokens[found.number].is_glued();
            let is_letter = is_glued && self.tokens[found.first].length() == 1;
            found.what == What::Volume && (is_letter || self.hints.place == Place::Alone)
        })
    }

    /// `(01-42)`; `(1)` at the end is a second download, and `(01)` behind a chapter or a bare range is no volume.
    fn is_bracketed_volume(&self, found: &Expression, expressions: &[Expression]) -> bool {
        if found.several {
            return true;
        }
        let has_bare_range = expressions
            .iter()
            .any(|other| other.what == What::Bare && other.several);
        if has_bare_range {
            return false;
        }
        if found.of.is_some() {
            return true;
        }
        let token = &self.tokens[found.number];
        let is_last = found.end >= self.tokens.len().saturating_sub(1);
        let is_download = token.digits == 1 && is_last;
        let is_resolution = token.digits >= 4;
        !is_download && !is_resolution && self.release.chapters.is_empty()
    }

    /// The number of an episode ends the title and is nothing else.
    fn episode(&mut self, expressions: &[Expression]) {
        let is_video = |token: &Token| token.class == Class::NotABook(NotABook::Video);
        if self.tokens.iter().any(is_video)
            && let Some(bare) = self.best_bare(expressions)
        {
            self.take(bare, Role::NotABook);
        }
    }

    /// `9 tomes`: from the first on. Only `全9巻` says that there are no more.
    fn count(&mut self, found: &Expression) {
        let Some(count) = self.tokens[found.number]
            .value
            .filter(|count| (1..=MOST_COUNTED).contains(count))
        else {
            return;
        };
        self.release.count = Some(count);
        self.release.complete = matches!(self.class(found.first), Class::All);
        self.release.marked = true;
        self.release.volumes.insert_range(1, count);
        self.take(found, Role::Count);
    }

    /// `3/12`: the twelve. `(11/11)`: all of them.
    fn out_of(&mut self, found: &Expression) {
        if let Some(of) = found.of {
            self.release.count = Some(of);
            // `Intégrale 3/3` is the third of them.
            let is_all = self.tokens[found.number].value == Some(of)
                && !matches!(self.phrase_before(found.first), Class::Integrale);
            self.release.complete |= is_all;
        }
    }

    /// Films and games are numbered too.
    fn is_no_book(&self) -> bool {
        let says = |class: fn(Class) -> bool| self.tokens.iter().any(|token| class(token.class));
        says(|class| matches!(class, Class::NotABook(_)))
            && !says(|class| matches!(class, Class::Format(Format::Cbz | Format::Cbr)))
    }

    /// No release holds more; such numbers are noise.
    fn bound(&mut self) {
        let release = &mut self.release;
        let specials = release.special.as_mut().map(|special| &mut special.numbers);
        for set in [&mut release.volumes, &mut release.chapters]
            .into_iter()
            .chain(specials)
        {
            if set.len() > MAX_SET {
                *set = VolumeSet::default();
            }
        }
    }
}
