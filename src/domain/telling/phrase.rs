//! The parts of sentences: names on one line, volumes, counts and sizes as a language writes them. Pure.

use super::Tongue;
use crate::domain::{
    event::SeriesRef,
    release::Kind,
    units::{GIGABYTE, MEGABYTE},
    volume::VolumeSet,
};

/// Before `:`, before units and within « » in French.
pub const SPACE: char = '\u{a0}';
/// Before `;`, `!` and `?`, and between the thousands, in French.
pub const THIN: char = '\u{202f}';

/// The longest name within a sentence, in characters.
const LONGEST_NAME: usize = 90;
/// So many runs of volumes are written out.
const MOST_RUNS: usize = 6;

/// Signs without a width of their own, and those that turn the direction of what follows: a name could hide or reorder a message with them.
fn is_hidden(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    ) || ('\u{e0000}'..='\u{e0fff}').contains(&letter)
}

/// Foreign text on one line, without what cannot be seen; at most so many characters.
pub fn line(text: &str, most: usize) -> String {
    let mut line = String::new();
    // Of a hostile name no more is looked at than could be shown.
    for letter in text.chars().take(20 * most) {
        if matches!(letter, SPACE | THIN) {
            line.push(letter);
        } else if letter.is_whitespace() || letter.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_hidden(letter) {
            line.push(letter);
        }
    }
    cut(line.trim(), most)
}

/// At most so many characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(most.saturating_sub(1));
            let kept = &text[..end.map_or(0, |end| end.0)];
            format!("{}…", kept.trim_end())
        }
    }
}

/// A name within a sentence.
pub fn name(text: &str) -> String {
    match line(text, LONGEST_NAME) {
        name if name.is_empty() => "?".into(),
        name => name,
    }
}

/// `9 640` and `9,640`.
pub fn number(number: u64, tongue: Tongue) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(tongue.pick(THIN, ','));
        }
        grouped.push(digit);
    }
    grouped
}

/// `87 Mo`, `1,4 Go`; `87 MB`, `1.4 GB`.
pub fn size(bytes: u64, tongue: Tongue) -> String {
    let unit = |letter: &str| format!("{SPACE}{letter}{}", tongue.pick('o', 'B'));
    // Rounded first, so that nothing is 1,000 MB.
    let tenths = (bytes + GIGABYTE / 20) / (GIGABYTE / 10);
    if tenths >= 10 {
        let whole = number(tenths / 10, tongue);
        let rest = match tenths % 10 {
            0 => String::new(),
            tenth => format!("{}{tenth}", tongue.pick(',', '.')),
        };
        return format!("{whole}{rest}{}", unit("G"));
    }
    match (bytes + MEGABYTE / 2) / MEGABYTE {
        0 => format!("{}{}", bytes.div_ceil(1000), unit(tongue.pick("k", "K"))),
        megabytes => format!("{megabytes}{}", unit("M")),
    }
}

/// What is counted, as `(one, many)`.
pub type Noun = (&'static str, &'static str);

/// `1 tome`, `2 tomes`: French has its plural from two on, English wherever it is not one.
pub fn count(counted: u64, noun: Noun, tongue: Tongue) -> String {
    let is_one = match tongue {
        Tongue::French => counted < 2,
        Tongue::English => counted == 1,
    };
    let noun = if is_one { noun.0 } else { noun.1 };
    format!("{} {noun}", number(counted, tongue))
}

/// What the numbers of a series are.
pub fn noun(kind: Kind, tongue: Tongue) -> Noun {
    match kind {
        Kind::Auto | Kind::Manga | Kind::Bd => {
            tongue.pick(("tome", "tomes"), ("volume", "volumes"))
        }
        Kind::Comics => tongue.pick(("numéro", "numéros"), ("issue", "issues")),
        Kind::Chapters => tongue.pick(("chapitre", "chapitres"), ("chapter", "chapters")),
    }
}

/// `3 à 5, 7 et 9`; `3 to 5, 7 and 9`. Of many runs the first, and a count of the rest.
pub fn numbers(volumes: &VolumeSet, tongue: Tongue) -> String {
    let (to, and) = tongue.pick(("à", "et"), ("to", "and"));
    let mut parts = Vec::new();
    let mut left = volumes.len();
    for run in volumes.to_string().split(',').filter(|run| !run.is_empty()) {
        if parts.len() >= MOST_RUNS {
            break;
        }
        let whole = |text: &str| text.parse::<usize>().unwrap_or(0);
        match run.split_once('-') {
            Some((first, last)) if whole(last) > whole(first) + 1 => {
                parts.push(format!("{first} {to} {last}"));
                left = left.saturating_sub(whole(last) - whole(first) + 1);
            }
            // `3 et 4`, not `3 à 4`.
            Some((first, last)) => {
                parts.extend([first.to_owned(), last.to_owned()]);
                left = left.saturating_sub(2);
            }
            None => {
                parts.push(run.to_owned());
                left = left.saturating_sub(1);
            }
        }
    }
    if left > 0 {
        let others = tongue.pick(("autre", "autres"), ("other", "others"));
        parts.push(count(left as u64, others, tongue));
    }
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} {and} {last}", parts.join(", ")),
    }
}

/// What a headline is about: some volumes of a series.
pub struct Which<'a> {
    /// Of which.
    pub series: &'a SeriesRef,
    /// Which.
    pub volumes: &'a VolumeSet,
}

impl Which<'_> {
    /// `Naruto T03 est arrivé`, `Naruto : tomes 3 à 5 arrivés`, with one or many.
    pub fn headline(&self, one: &str, many: &str, tongue: Tongue) -> String {
        let title = name(&self.series.title);
        if self.volumes.is_empty() {
            return format!("{title} {one}");
        }
        match self.label(tongue) {
            Some(label) => format!("{title} {label} {one}"),
            None => format!("{title}{} {} {many}", colon(tongue), self.spelled(tongue)),
        }
    }

    /// `Naruto T03 : à vous de décider`.
    pub fn with_colon(&self, said: &str, tongue: Tongue) -> String {
        let title = name(&self.series.title);
        let colon = colon(tongue);
        if self.volumes.is_empty() {
            return format!("{title}{colon} {said}");
        }
        match self.label(tongue) {
            Some(label) => format!("{title} {label}{colon} {said}"),
            None => format!("{title}, {}{colon} {said}", self.spelled(tongue)),
        }
    }

    /// `tomes 3 à 5`.
    pub fn spelled(&self, tongue: Tongue) -> String {
        let noun = noun(self.series.kind, tongue);
        let noun = if self.is_one() { noun.0 } else { noun.1 };
        format!("{noun} {}", numbers(self.volumes, tongue))
    }

    /// One of them, or none that is known: what is said of it is in the singular.
    pub fn is_one(&self) -> bool {
        self.volumes.len() < 2
    }

    /// `T03`, as it stands on spines; of one only.
    fn label(&self, tongue: Tongue) -> Option<String> {
        let volume = self.volumes.single()?.to_string();
        let digits = volume.find('.').unwrap_or(volume.len());
        let zeros = "0".repeat(2_usize.saturating_sub(digits));
        Some(match self.series.kind {
            Kind::Comics => format!("#{volume}"),
            Kind::Chapters => format!("{} {volume}", noun(Kind::Chapters, tongue).0),
            Kind::Auto | Kind::Manga | Kind::Bd => {
                tongue.pick(format!("T{zeros}{volume}"), format!("vol. {volume}"))
            }
        })
    }
}

fn colon(tongue: Tongue) -> &'static str {
    tongue.pick("\u{a0}:", ":")
}
