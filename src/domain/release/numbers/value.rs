//! What a single number may be: figures, with a decimal behind them, roman numerals and words. Pure.

use super::{Class, Gap, Mark, Reading};
use crate::domain::volume::{MAX_VOLUME, VolumeNumber};

/// The ones of a roman numeral, by their value.
const ROMAN_ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];

/// Canonical roman numerals from 1 to 39, in capitals.
fn roman(text: &str) -> Option<u32> {
    let tens = text.bytes().take_while(|letter| *letter == b'X').count();
    let ones = ROMAN_ONES.iter().position(|ones| *ones == &text[tens..])?;
    let value = (10 * tens + ones) as u32;
    (1..40).contains(&value).then_some(value)
}

impl Reading<'_> {
    /// A number of at most four digits that is no year, with `.5` behind it when that follows directly; and the token behind it.
    pub(super) fn number_at(&self, at: usize) -> Option<(VolumeNumber, usize)> {
        let token = self.tokens.get(at)?;
        if !token.is_number() {
            let number = self.roman(at).or_else(|| self.number_word(at))?;
            return Some((VolumeNumber::whole(number)?, at + 1));
        }
        let is_taken = matches!(
            token.class,
            Class::Continued | Class::PartNumber | Class::Edition(_)
        );
        if is_taken || token.digits > 4 || self.is_year(at) {
            return None;
        }
        let value = token.value.filter(|value| *value <= MAX_VOLUME)?;
        let Some(tenths) = self.decimal(at) else {
            return Some((VolumeNumber::whole(value)?, at + 1));
        };
        let hundredths = i64::from(value * 100 + tenths * 10);
        Some((VolumeNumber::from_hundredths(hundredths)?, at + 2))
    }

    /// The `5` of `10.5` and of `10,5`; not of `1.2.3` or `1,2`.
    fn decimal(&self, at: usize) -> Option<u32> {
        let (token, part) = (&self.tokens[at], self.tokens.get(at + 1)?);
        let is_tight = part.start == token.end + 1 && part.digits == 1;
        if !is_tight || self.goes_on_with_figures(at + 2) {
            return None;
        }
        if part.gap == Gap::DOT && !self.goes_on_with_letters(at + 2) {
            return part.value;
        }
        let is_half = part.value == Some(5) && part.value <= token.value;
        part.value.filter(|_| part.gap == Gap::COMMA && is_half)
    }

    /// The `.3` of `1.2.3`.
    fn goes_on_with_figures(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|next| {
            next.is_number() && next.gap.has(Gap::DOT.or(Gap::COMMA)) && !next.gap.has(Gap::SPACE)
        })
    }

    /// Letters that are neither a version nor the word for what the number counts.
    fn goes_on_with_letters(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|next| {
            next.is_glued()
                && !self.is_version(at)
                && !matches!(next.class, Class::Volume(Mark::Behind) | Class::Chapter(_))
        })
    }

    pub(super) fn roman(&self, at: usize) -> Option<u32> {
        let token = self.tokens.get(at)?;
        if token.is_number() {
            return None;
        }
        roman(token.text(self.name))
    }

    fn number_word(&self, at: usize) -> Option<u32> {
        match self.class(at) {
            Class::NumberWord(number) => Some(number.into()),
            Class::Half(half) => Some(u32::from(half).max(1)),
            _ => None,
        }
    }
}
