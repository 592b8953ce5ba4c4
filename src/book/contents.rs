//! What is in an archive, summed up from its directory, whatever its format. Pure.

use super::{
    directory::{PAGES, TEXTS, file_of, is_resource_fork},
    path::{extension_of, is_one_of},
};

/// A file in an archive, as its directory names it. Nothing of this is to be believed.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its path; folders end in a slash.
    pub name: &'a [u8],
    /// Bytes in the archive.
    pub packed: u64,
    /// Bytes without compression.
    pub unpacked: u64,
    /// CRC-32 of those, where the directory has it.
    pub crc: Option<u32>,
    /// It needs a password.
    pub encrypted: bool,
    /// It is a symbolic link.
    pub is_link: bool,
}

/// What an archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Files, those included that were not looked at.
    pub entries: u64,
    /// Images.
    pub pages: u32,
    /// Images without a byte.
    pub empty: u32,
    /// Pages of text.
    pub texts: u32,
    /// Archives and documents.
    pub books: u32,
    /// Some of it needs a password.
    pub locked: bool,
    /// It goes on in another file.
    pub split: bool,
    /// Some of it is to be behind the end of the file.
    pub cut: bool,
    /// It says in its first lines that it is an EPUB.
    pub epub: bool,
    /// A file that an operating system runs.
    pub program: Option<String>,
    /// The same for one that runs in a reader too, as EPUBs may have them.
    pub script: Option<String>,
    /// A path that leads out of the folder into which it would be unpacked.
    pub escaping: Option<String>,
    /// A symbolic link.
    pub link: Option<String>,
    /// Bytes of all files in the archive.
    pub packed: u64,
    /// Bytes of all files without compression.
    pub unpacked: u64,
}

/// What an operating system runs when it is opened.
pub const PROGRAMS: [&[u8]; 35] = [
    b"exe",
    b"scr",
    b"com",
    b"bat",
    b"cmd",
    b"pif",
    b"msi",
    b"msp",
    b"ps1",
    b"vbs",
    b"vbe",
    b"jse",
    b"wsf",
    b"wsh",
    b"hta",
    b"lnk",
    b"jar",
    b"apk",
    b"dmg",
    b"pkg",
    b"deb",
    b"rpm",
    b"sh",
    b"bash",
    b"run",
    b"cpl",
    b"dll",
    b"sys",
    b"reg",
    b"gadget",
    b"appimage",
    b"command",
    b"chm",
    b"py",
    b"js",
];

/// What makes an archive of archives.
const BOOKS: [&[u8]; 11] = [
    b"cbz", b"cbr", b"cb7", b"cbt", b"zip", b"rar", b"7z", b"pdf", b"epub", b"mobi", b"azw3",
];

/// What the shops of Adobe, Apple and Readium put into an EPUB whose pages they lock.
const LOCKS: [&[u8]; 3] = [
    b"META-INF/rights.xml",
    b"META-INF/sinf.xml",
    b"META-INF/license.lcpl",
];

impl Contents {
    /// Takes note of a file; true when it is a page.
    pub fn add(&mut self, entry: Entry<'_>) -> bool {
        let (name, file) = (entry.name, file_of(entry.name));
        self.packed = self.packed.saturating_add(entry.packed);
        self.unpacked = self.unpacked.saturating_add(entry.unpacked);
        self.locked |= entry.encrypted;
        if escapes(name) {
            note(&mut self.escaping, name);
        }
        if entry.is_link {
            note(&mut self.link, name);
        }
        if file.is_empty() || is_resource_fork(name, file) {
            return false;
        }
        let extension = extension_of(file);
        let is = |list: &[&[u8]]| is_one_of(extension, list);
        if is(&PAGES) {
            self.pages += 1;
            self.empty += u32::from(entry.unpacked == 0);
            return true;
        }
        if is(&TEXTS) {
            self.texts += 1;
        } else if is(&BOOKS) {
            self.books += 1;
        } else if is(&[b"js"]) {
            note(&mut self.script, name);
        } else if is(&PROGRAMS) {
            note(&mut self.program, name);
        } else if LOCKS.iter().any(|lock| name.eq_ignore_ascii_case(lock)) {
            self.locked = true;
        }
        false
    }

    /// The program in it, or what is one outside of an EPUB.
    pub fn runs(&self) -> Option<&str> {
        let script = self.script.as_deref().filter(|_| !self.epub);
        self.program.as_deref().or(script)
    }
}

/// The first one is told.
fn note(place: &mut Option<String>, name: &[u8]) {
    place.get_or_insert_with(|| String::from_utf8_lossy(name).into_owned());
}

/// The path is absolute, begins with a drive, or goes up.
pub fn escapes(name: &[u8]) -> bool {
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    let has_drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    has_drive
        || name.first().is_some_and(is_slash)
        || name.split(|byte| is_slash(byte)).any(|part| part == b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Contents {
        let mut contents = Contents::default();
        for name in names {
            contents.add(Entry {
                name: name.as_bytes(),
                packed: 10,
                unpacked: 20,
                crc: None,
                encrypted: false,
                is_link: false,
            });
        }
        contents
    }

    #[test]
    fn paths_that_lead_out_are_told_from_odd_ones() {
        for (name, escapes) in [
            ("../1.jpg", true),
            ("a/../../1.jpg", true),
            ("a\\..\\1.jpg", true),
            ("/etc/passwd", true),
            ("\\\\nas\\1.jpg", true),
            ("C:\\1.jpg", true),
            ("a/..", true),
            ("..a/1..jpg", false),
            ("a/.../1.jpg", false),
            ("Re: Zero/1.jpg", false),
            ("1.jpg", false),
        ] {
            assert_eq!(of(&[name]).escaping.is_some(), escapes, "{name}");
        }
    }

    #[test]
    fn pages_are_counted_and_resource_forks_are_not() {
        let contents = of(&[
            "a/",
            "a/1.JPG",
            "a/._1.jpg",
            "__MACOSX/1.jpg",
            "2.webp",
            "1.xhtml",
            "T02.cbz",
        ]);
        assert_eq!((contents.pages, contents.texts, contents.books), (2, 1, 1));
        assert_eq!((contents.packed, contents.unpacked), (70, 140));
    }

    #[test]
    fn a_script_is_a_program_but_in_an_epub() {
        let mut contents = of(&["1.jpg", "OEBPS/toc.js"]);
        assert_eq!(contents.runs(), Some("OEBPS/toc.js"));
        contents.epub = true;
        assert_eq!(contents.runs(), None);
        assert_eq!(of(&["1.jpg", "Setup.EXE"]).runs(), Some("Setup.EXE"));
    }
}
