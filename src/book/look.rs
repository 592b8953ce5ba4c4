//! Looks at one file: what it is by its first bytes, whether it holds pages, and what it says of itself.
//!
//! Of an archive only the directory and the metadata entry are read. Extensions are not believed: many `.cbr` are ZIP files.

use std::{
    fmt::Display,
    io::{self, Read, Seek},
    path::Path,
};

use super::{
    blocks::Blocks,
    directory::Directory,
    magic::{self, Magic},
    metadata::{self, Metadata},
    zip::content,
};

const EMPTY: &str =
    "empty archive: it holds no page; replace it, or unpack it when it holds other archives";
const LOCKED: &str =
    "the pages need a password, so no reader can show them; replace the file by one without";
const UNKNOWN: &str = "neither an archive (zip, rar, 7z) nor a PDF by its content; replace it";
const NO_BYTES: &str = "the file has 0 bytes; copy or download it again";

/// How a problem begins that may be gone without a change of the file: permissions, a disk that was away.
const PASSING: &str = "cannot be read now";

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What the file says of itself.
    pub metadata: Metadata,
    /// A sentence when something is wrong.
    pub problem: Option<String>,
}

impl Look {
    fn problem(problem: impl Into<String>) -> Self {
        Self {
            problem: Some(problem.into()),
            ..Self::default()
        }
    }

    /// No reader can show it, and that does not pass by itself.
    pub fn is_damaged(&self) -> bool {
        let mut problem = self.problem.iter();
        problem.any(|problem| !is_passing(problem))
    }
}

/// True for a problem of an earlier scan that deserves another look although the file did not change.
pub fn is_passing(problem: &str) -> bool {
    problem.starts_with(PASSING)
}

/// Says why something cannot be read now, and what to do.
pub fn passing(cause: impl Display) -> String {
    format!("{PASSING}: {cause}; check its permissions and the disk")
}

/// Opens a file of this size and looks at it.
pub fn look(place: &Path, size: u64) -> Look {
    if size == 0 {
        return Look::problem(NO_BYTES);
    }
    match Blocks::open(place, size).and_then(|mut blocks| examine(&mut blocks)) {
        Ok(look) => look,
        Err(error) => Look::problem(sentence(&error)),
    }
}

fn sentence(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::InvalidData => format!("broken archive: {error}; replace the file"),
        io::ErrorKind::UnexpectedEof => {
            "broken archive: it ends too early; download or copy it again".into()
        }
        _ => passing(error),
    }
}

fn examine<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Look> {
    Ok(match magic::read(blocks)? {
        Magic::Zip => return zip(blocks),
        Magic::Rar4 | Magic::Rar5 | Magic::SevenZip | Magic::Pdf => Look::default(),
        Magic::Program | Magic::Unknown => Look::problem(UNKNOWN),
    })
}

fn zip<F: Read + Seek>(blocks: &mut Blocks<F>) -> io::Result<Look> {
    let directory = Directory::read(blocks)?;
    let is_epub = directory.container.is_some();
    let problem = if directory.pages == 0 && !(is_epub && directory.texts > 0) {
        Some(EMPTY.to_owned())
    } else {
        directory.encrypted.then(|| LOCKED.to_owned())
    };
    Ok(Look {
        metadata: described(blocks, &directory),
        problem,
    })
}

/// `ComicInfo.xml` when there is one, else the OPF package that the container names, else the only one there is.
fn described<F: Read + Seek>(blocks: &mut Blocks<F>, directory: &Directory) -> Metadata {
    if let Some(entry) = directory.comic_info {
        return metadata::comic_info(&content(blocks, entry));
    }
    let Some(container) = directory.container else {
        return Metadata::default();
    };
    let path = metadata::package_path(&content(blocks, container));
    let named = directory
        .packages
        .iter()
        .find(|(name, _)| Some(name) == path.as_ref());
    match named.or(directory.packages.first()) {
        Some(&(_, entry)) => metadata::package(&content(blocks, entry)),
        None => Metadata::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{super::samples::zip as archive, *};

    fn examined(bytes: &[u8]) -> Look {
        let mut blocks = Blocks::new(Cursor::new(bytes), bytes.len() as u64);
        examine(&mut blocks).unwrap_or_else(|error| Look::problem(sentence(&error)))
    }

    /// Counts the bytes that are read.
    struct Counting<'a>(Cursor<&'a [u8]>, &'a mut usize);

    impl Read for Counting<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(buffer)?;
            *self.1 += read;
            Ok(read)
        }
    }

    impl Seek for Counting<'_> {
        fn seek(&mut self, place: io::SeekFrom) -> io::Result<u64> {
            self.0.seek(place)
        }
    }

    const NUMBER_7: &[u8] = b"<ComicInfo><Number>7</Number></ComicInfo>";

    fn number(look: &Look) -> Option<String> {
        look.metadata.number.as_ref().map(ToString::to_string)
    }

    /// Where the central header of the named entry is.
    fn header(bytes: &[u8], name: &[u8]) -> usize {
        let at = bytes.windows(name.len()).rposition(|window| window == name);
        at.expect("it is there") - 46
    }

    #[test]
    fn only_the_directory_and_the_metadata_are_read() {
        let page = vec![7; 1024 * 1024];
        let bytes = archive(&[
            ("1.jpg", &page),
            ("ComicInfo.xml", NUMBER_7),
            ("2.jpg", &noise()),
        ]);
        assert!(bytes.len() > 1_000_000);
        let mut read = 0;
        let mut blocks = Blocks::new(Counting(Cursor::new(&bytes), &mut read), bytes.len() as u64);
        let look = examine(&mut blocks).expect("a good archive");
        assert_eq!((number(&look).as_deref(), look.problem), (Some("7"), None));
        assert!(read < 64 * 1024, "{read}");
    }

    /// A megabyte that does not shrink.
    fn noise() -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..1 << 20).map(|_| next()).collect()
    }

    #[test]
    fn the_comic_info_nearest_to_the_root_counts_however_it_is_spelt() {
        let other = b"<ComicInfo><Number>9</Number></ComicInfo>";
        for (entries, expected) in [
            (
                vec![("1.jpg", b"x".as_slice()), ("comicinfo.XML", NUMBER_7)],
                Some("7"),
            ),
            (
                vec![
                    ("a/1.jpg", b"x"),
                    ("a/b/ComicInfo.xml", other),
                    ("a/ComicInfo.xml", NUMBER_7),
                ],
                Some("7"),
            ),
            (vec![("1.jpg", b"x"), ("OldComicInfo.xml", other)], None),
        ] {
            let look = examined(&archive(&entries));
            assert_eq!((number(&look).as_deref(), look.problem), (expected, None));
        }
    }

    #[test]
    fn an_archive_with_something_before_or_behind_it_is_read() {
        let bytes = archive(&[("1.jpg", b"x"), ("ComicInfo.xml", NUMBER_7)]);
        for (before, behind) in [
            (&b"PK\x03\x04junk"[..], &b""[..]),
            (b"", b"trailing junk"),
            (b"", &[0; 50_000]),
        ] {
            let look = examined(&[before, &bytes, behind].concat());
            assert_eq!((number(&look).as_deref(), look.problem), (Some("7"), None));
        }
    }

    #[test]
    fn a_bomb_is_read_to_the_limit_only() {
        let mut document = b"<ComicInfo><Number>7</Number><Notes>".to_vec();
        document.resize(20 * 1024 * 1024, b' ');
        let look = examined(&archive(&[("1.jpg", b"x"), ("ComicInfo.xml", &document)]));
        assert_eq!((number(&look).as_deref(), look.problem), (Some("7"), None));
    }

    #[test]
    fn sizes_and_counts_that_lie_do_no_harm() {
        let honest = archive(&[("1.jpg", b"x"), ("ComicInfo.xml", NUMBER_7)]);
        let header = header(&honest, b"ComicInfo.xml");
        let end = honest.len() - 22;
        for (at, lie, problem) in [
            (header + 20, &[0xfe; 4][..], None),
            (header + 20, &[0xff; 8], None),
            (header + 24, &[0xfe; 4], None),
            (header + 42, &[0xff; 4], None),
            (header + 28, &[0xff; 2], Some("broken archive")),
            (end + 8, &[0xfe; 4], Some("broken archive")),
            (end + 10, &[0xff; 2], Some("broken archive")),
            (end + 16, &[0xfe; 4], Some("broken archive")),
            (end + 20, &[0xff; 2], Some("broken archive")),
        ] {
            let mut bytes = honest.clone();
            bytes[at..at + lie.len()].copy_from_slice(lie);
            let said = examined(&bytes).problem;
            assert!(
                said.as_deref()
                    .unwrap_or("none")
                    .contains(problem.unwrap_or("none")),
                "{at}: {said:?}"
            );
        }
    }

    #[test]
    fn a_zip64_record_is_followed_and_its_count_is_not_believed() {
        let honest = archive(&[("1.jpg", b"x"), ("ComicInfo.xml", NUMBER_7)]);
        let end = honest.len() - 22;
        let (size, offset) = (&honest[end + 12..end + 16], &honest[end + 16..end + 20]);
        let large = |entries: u64| {
            let mut bytes = honest[..end].to_vec();
            bytes.extend(
                [
                    b"PK\x06\x06".as_slice(),
                    &44u64.to_le_bytes(),
                    &[45, 0, 45, 0],
                    &[0; 8],
                ]
                .concat(),
            );
            bytes.extend([entries.to_le_bytes(), entries.to_le_bytes()].concat());
            bytes.extend([size, &[0; 4], offset, &[0; 4]].concat());
            bytes.extend(
                [
                    b"PK\x06\x07".as_slice(),
                    &[0; 4],
                    &(end as u64).to_le_bytes(),
                    &[1, 0, 0, 0],
                ]
                .concat(),
            );
            bytes.extend([b"PK\x05\x06".as_slice(), &[0; 4], &[0xff; 12], &[0, 0]].concat());
            bytes
        };
        let look = examined(&large(2));
        assert_eq!((number(&look).as_deref(), look.problem), (Some("7"), None));
        let look = examined(&large(u64::MAX));
        assert!(
            look.problem
                .is_some_and(|said| said.contains("directory is damaged"))
        );
    }

    #[test]
    fn seventy_thousand_entries_are_looked_at_to_the_limit() {
        let header = [
            b"PK\x01\x02".as_slice(),
            &[0; 24],
            &[5, 0],
            &[0; 16],
            b"1.jpg",
        ]
        .concat();
        let entries = header.repeat(70_000);
        let size = u32::try_from(entries.len())
            .expect("a few megabytes")
            .to_le_bytes();
        let end = [
            b"PK\x05\x06".as_slice(),
            &[0; 4],
            &[0xff; 4],
            &size,
            &4u32.to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        let bytes = [b"PK\x03\x04".as_slice(), &entries, &end].concat();
        assert_eq!(examined(&bytes), Look::default());
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let honest = archive(&[
            ("1.jpg", b"x"),
            ("ComicInfo.xml", NUMBER_7),
            ("META-INF/container.xml", b"<rootfile full-path='a.opf'/>"),
            ("a.opf", b"<meta/>"),
        ]);
        for at in 0..honest.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = honest.clone();
                bytes[at] = byte;
                examined(&bytes);
            }
            examined(&honest[..at]);
        }
    }
}
