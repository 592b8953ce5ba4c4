//! Titles that are known before the name is read: a number in them is no volume. Pure.

use super::{Reading, token::Role};
use crate::domain::title::fold;

impl Reading<'_> {
    /// Marks the tokens of a known title at the front of the name, or of a well-known title with a number anywhere.
    pub fn know_title(&mut self) {
        if let Some(end) = self.title_at_front() {
            let first = self
                .tokens
                .iter()
                .position(|token| (token.end as usize) > end.0)
                .unwrap_or(0);
            let behind = self
                .tokens
                .iter()
                .position(|token| token.start as usize >= end.1)
                .unwrap_or(self.tokens.len());
            self.give(first..behind, Role::Series);
            self.title_start = first;
            return;
        }
        let starts = (0..self.tokens.len().min(24)).filter(|at| self.tokens[*at].titles != 0);
        let known = starts.map(|at| (at, self.hints.lexicon.known_title(&self.tokens[at..])));
        let longest = known
            .filter(|known| known.1 > 0)
            .max_by_key(|known| known.1);
        if let Some((at, length)) = longest {
            self.give(at..at + length, Role::Series);
        }
    }

    /// Byte offsets of a title of the series to which the name belongs, however it is spelt; brackets in front of it are skipped.
    fn title_at_front(&self) -> Option<(usize, usize)> {
        let longest = self.hints.titles.iter().map(String::len).max()?;
        let mut start = 0;
        loop {
            if let Some(end) = self.end_of_title(start, longest) {
                return Some((start, end));
            }
            let rest = self.name[start..].trim_start();
            let inside = rest.strip_prefix('[')?.split_once(']')?.1.trim_start();
            if inside.is_empty() {
                return None;
            }
            start = self.name.len() - inside.len();
        }
    }

    /// Where the longest of these titles ends that stands there.
    fn end_of_title(&self, start: usize, longest: usize) -> Option<usize> {
        let shortest = self.hints.titles.iter().map(String::len).min()?;
        let ends = self
            .tokens
            .iter()
            .map(|token| token.end as usize)
            .filter(|end| *end > start);
        // Folding is dear: a front is not looked at before it can be long enough, nor after it is too long.
        ends.skip_while(|end| 2 * (end - start) < shortest)
            .map(|end| (end, fold(&self.name[start..end])))
            .take_while(|(_, front)| front.len() <= longest)
            .filter(|(_, front)| !front.is_empty() && self.hints.titles.contains(front))
            .map(|(end, _)| end)
            .last()
    }
}
