//! Of a pack, the files that are fetched: those that hold what it was sent for. Pure.
//!
//! A promised volume is never lost because a name could not be read. When each of them is found by name, nothing else is fetched. When
//! some are, the numbers in the names are to be trusted: what is plainly another volume is left out, and whatever may be one of those
//! that lack is fetched. When none is, when there is just one book, or when it is an archive in parts, everything is fetched.

use super::volume::VolumeSet;

/// What a grab fetches of its torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choosing {
    /// Everything.
    Whole,
    /// It was added held back, and its files are still to be chosen.
    Pending,
    /// An earlier grab chose files of the same torrent; those of this one are still to be added to them.
    Adding,
    /// Its files are chosen.
    Made,
}

impl Choosing {
    /// All of them, with their words.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Whole, "whole"),
        (Self::Pending, "pending"),
        (Self::Adding, "adding"),
        (Self::Made, "made"),
    ];

    /// As stored.
    pub fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|known| known.0 == self);
        known.map_or("whole", |known| known.1)
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|known| known.1 == word);
        known.map(|known| known.0)
    }

    /// Its files are still to be chosen.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Adding)
    }

    /// Of a new grab. `is_part` is whether its name promises more than it is sent for, `there` whether its client has the torrent
    /// already, and `earlier` what the last grab that put it there chose.
    pub fn of_new(is_part: bool, there: bool, earlier: Option<Self>) -> Self {
        match (there, earlier) {
            (false, _) if is_part => Self::Pending,
            (true, Some(Self::Pending | Self::Adding | Self::Made)) => Self::Adding,
            // What somebody else put there is never touched.
            _ => Self::Whole,
        }
    }
}

/// A file of a torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How many it has.
    pub bytes: u64,
    /// What its name says.
    pub says: Says,
}

/// What the name of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It holds these collected volumes. `doubted` when its title is that of another series.
    Holds { volumes: VolumeSet, doubted: bool },
    /// It may hold any: a book without a number, a special, chapters, something unknown.
    Unclear,
    /// It is the only book.
    Sole,
    /// A part of an archive, of no use without the others.
    Part,
    /// It holds none: a cover, a note, a program.
    Beside,
}

/// What is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Of each file, whether it is.
    pub wanted: Vec<bool>,
    /// Bytes of those that are.
    pub bytes: u64,
    /// Bytes of all.
    pub all_bytes: u64,
    /// The volumes of the files that are fetched; none when their names do not say that they hold all that was asked for.
    pub volumes: Option<VolumeSet>,
}

impl Selection {
    /// Everything is fetched.
    pub fn is_whole(&self) -> bool {
        self.wanted.iter().all(|wanted| *wanted)
    }
}

/// The files that are fetched for these volumes.
pub fn select(entries: &[Entry], volumes: &VolumeSet) -> Selection {
    let closed = |entry: &Entry| matches!(entry.says, Says::Sole | Says::Part);
    let sure = held_by(entries, volumes, false);
    let in_doubt = held_by(entries, volumes, true).without(&sure);
    let lacks = sure.len() + in_doubt.len() < volumes.len();
    let whole = entries.iter().any(closed) || sure.is_empty() && in_doubt.is_empty();
    let wants = |entry: &Entry| match &entry.says {
        Says::Holds { volumes, doubted } => {
            let of = if *doubted { &in_doubt } else { &sure };
            !volumes.common_with(of).is_empty()
        }
        Says::Unclear => lacks,
        Says::Sole | Says::Part | Says::Beside => false,
    };
    let wanted: Vec<bool> = entries.iter().map(|entry| whole || wants(entry)).collect();
    let bytes = |entries: &mut dyn Iterator<Item = &Entry>| {
        entries.fold(0, |sum: u64, entry| sum.saturating_add(entry.bytes))
    };
    let chosen = entries.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
    let is_said = !whole && sure.len() == volumes.len();
    Selection {
        bytes: bytes(&mut chosen.map(|(entry, _)| entry)),
        all_bytes: bytes(&mut entries.iter()),
        volumes: is_said.then(|| held_with(entries, volumes)),
        wanted,
    }
}

/// What comes along with these volumes, they included.
fn held_with(entries: &[Entry], volumes: &VolumeSet) -> VolumeSet {
    let mut held = VolumeSet::default();
    for entry in entries {
        if let Says::Holds {
            volumes: of_file,
            doubted: false,
        } = &entry.says
            && !of_file.common_with(volumes).is_empty()
        {
            held.extend_with(of_file);
        }
    }
    held
}

/// Of these volumes, those that are in a file whose title is in doubt, or in one whose title is not.
fn held_by(entries: &[Entry], volumes: &VolumeSet, in_doubt: bool) -> VolumeSet {
    let mut held = VolumeSet::default();
    for entry in entries {
        match &entry.says {
            Says::Holds {
                volumes: of_file,
                doubted,
            } if *doubted == in_doubt => held.extend_with(&of_file.common_with(volumes)),
            _ => {}
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> VolumeSet {
        text.parse().expect("a set")
    }

    /// `3`, `4-6`, `?3` of another title, and the words `unclear`, `sole`, `part`, `beside`; ten bytes each.
    fn entry(text: &str) -> Entry {
        let holds = |volumes: &str, doubted| Says::Holds {
            volumes: set(volumes),
            doubted,
        };
        let says = match text {
            "unclear" => Says::Unclear,
            "sole" => Says::Sole,
            "part" => Says::Part,
            "beside" => Says::Beside,
            text => match text.strip_prefix('?') {
                Some(volumes) => holds(volumes, true),
                None => holds(text, false),
            },
        };
        Entry { bytes: 10, says }
    }

    /// A file that is fetched is a `+`.
    fn chosen(files: &str, volumes: &str) -> String {
        let entries: Vec<Entry> = files.split(' ').map(entry).collect();
        let selection = select(&entries, &set(volumes));
        let wanted = selection.wanted.iter().filter(|wanted| **wanted).count();
        assert_eq!(selection.bytes, wanted as u64 * 10);
        assert_eq!(selection.all_bytes, entries.len() as u64 * 10);
        let mark = |wanted: &bool| if *wanted { '+' } else { '-' };
        selection.wanted.iter().map(mark).collect()
    }

    #[test]
    fn what_holds_a_volume_is_fetched_and_nothing_else() {
        for (files, volumes, expected) in [
            ("1 2 3 4", "2,4", "-+-+"),
            ("1 2 unclear beside", "2", "-+--"),
            ("1-3 4-6 7-9", "3-4", "++-"),
            ("1 2 2 3", "2", "-++-"),
            ("1 2", "1-2", "++"),
            ("1 2 beside", "1-2", "++-"),
        ] {
            assert_eq!(chosen(files, volumes), expected, "{volumes} of {files}");
        }
    }

    #[test]
    fn whether_the_names_say_what_comes_is_known() {
        for (files, volumes, expected) in [
            ("1 2 3 beside", "2", Some("2")),
            ("1-10 11-20 beside", "3,13", Some("1-20")),
            ("1-10 11-20", "3", Some("1-10")),
            ("3", "3", Some("3")),
            ("1 2 unclear", "2-3", None),
            ("1 2", "2-3", None),
            ("?2 1", "2", None),
            ("sole", "2", None),
            ("1 2 part", "2", None),
        ] {
            let files: Vec<Entry> = files.split(' ').map(entry).collect();
            let said = select(&files, &set(volumes)).volumes;
            assert_eq!(said, expected.map(set), "{volumes} of {files:?}");
        }
    }

    #[test]
    fn what_lacks_may_be_in_what_no_one_can_read() {
        for (files, volumes, expected) in [
            ("1 2 unclear beside", "2-3", "-++-"),
            ("1 2 unclear unclear", "2-4", "-+++"),
            // The pack is smaller than its name.
            ("1 2 beside", "2-3", "-+-"),
        ] {
            assert_eq!(chosen(files, volumes), expected, "{volumes} of {files}");
        }
    }

    #[test]
    fn what_cannot_be_taken_apart_is_fetched_whole() {
        for (files, volumes) in [
            ("sole beside", "3"),
            ("part part part", "3"),
            ("1 2 part", "2"),
            ("unclear unclear beside", "3"),
            // Its numbers are not those that were promised.
            ("1 2 3 beside", "12"),
        ] {
            let all = "+".repeat(files.split(' ').count());
            assert_eq!(chosen(files, volumes), all, "{volumes} of {files}");
        }
    }

    #[test]
    fn another_title_counts_only_where_nothing_better_is() {
        for (files, volumes, expected) in [
            ("?3 3 4", "3", "-+-"),
            ("?3 ?4 4", "3-4", "+-+"),
            ("?3 ?4", "3", "+-"),
        ] {
            assert_eq!(chosen(files, volumes), expected, "{volumes} of {files}");
        }
    }

    #[test]
    fn a_new_grab_touches_only_what_was_added_from_here() {
        use Choosing::{Adding, Made, Pending, Whole};
        for (is_part, there, earlier, expected) in [
            (true, false, None, Pending),
            (false, false, None, Whole),
            // It was taken out of the client in the meantime.
            (true, false, Some(Made), Pending),
            (true, true, None, Whole),
            (true, true, Some(Whole), Whole),
            (true, true, Some(Made), Adding),
            (false, true, Some(Made), Adding),
            (true, true, Some(Pending), Adding),
            (true, true, Some(Adding), Adding),
        ] {
            let chosen = Choosing::of_new(is_part, there, earlier);
            assert_eq!(chosen, expected, "{is_part} {there} {earlier:?}");
        }
    }

    #[test]
    fn words_read_back() {
        for (choosing, word) in Choosing::ALL {
            assert_eq!(Choosing::from_word(word), Some(choosing));
            assert_eq!(choosing.word(), word);
        }
    }
}
