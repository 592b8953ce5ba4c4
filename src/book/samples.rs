//! Books for tests.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

/// An archive with these entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a name");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// A file for [`rar_4`] and [`rar_5`].
#[derive(Clone, Copy, Default)]
pub struct File<'a> {
    pub name: &'a str,
    pub packed: &'a [u8],
    pub unpacked: u32,
    pub encrypted: bool,
    pub is_link: bool,
}

/// Stored pages of one byte with these names.
pub fn files<'a>(names: &[&'a str]) -> Vec<File<'a>> {
    let file = |name: &&'a str| File {
        name,
        packed: b"x",
        unpacked: 1,
        ..File::default()
    };
    names.iter().map(file).collect()
}

/// Stored files with these names and contents.
pub fn stored<'a>(files: &[(&'a str, &'a [u8])]) -> Vec<File<'a>> {
    let file = |&(name, packed): &(&'a str, &'a [u8])| File {
        name,
        packed,
        unpacked: u32::try_from(packed.len()).expect("short"),
        ..File::default()
    };
    files.iter().map(file).collect()
}

/// CRC-32 (ISO 3309), as ZIP and RAR have it.
pub fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let shift = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        (0..8).fold(crc ^ u32::from(*byte), shift)
    };
    !bytes.iter().fold(!0, step)
}

/// A RAR archive of version 4; `flags` are those of its main header.
pub fn rar_4(flags: u16, files: &[File<'_>]) -> Vec<u8> {
    let header = |kind: u8, flags: u16, body: &[u8]| {
        let size = u16::try_from(7 + body.len()).expect("short");
        let header = [&[kind], &flags.to_le_bytes()[..], &size.to_le_bytes(), body].concat();
        [&crc(&header).to_le_bytes()[..2], &header].concat()
    };
    let mut bytes = b"Rar!\x1a\x07\0".to_vec();
    bytes.extend(header(0x73, flags, &[0; 6]));
    for file in files {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short").to_le_bytes();
        let attributes: u32 = if file.is_link { 0o120_777 } else { 0o100_644 };
        let body = [
            &length(file.packed)[..],
            &file.unpacked.to_le_bytes(),
            // Made on Unix; checksum and time; version 2.9, stored.
            &[3],
            &crc(file.packed).to_le_bytes(),
            &[0; 4],
            &[29, 0x30],
            &length(file.name.as_bytes())[..2],
            &attributes.to_le_bytes(),
            file.name.as_bytes(),
        ];
        let flags = 0x8000 | if file.encrypted { 4 } else { 0 };
        bytes.extend(header(0x74, flags, &body.concat()));
        bytes.extend(file.packed);
    }
    bytes.extend(header(0x7b, 0x4000, &[]));
    bytes
}

/// A RAR archive of version 5.
pub fn rar_5(files: &[File<'_>]) -> Vec<u8> {
    let header = |body: &[u8]| {
        let header = [&figure(body.len())[..], body].concat();
        [&crc(&header).to_le_bytes()[..], &header].concat()
    };
    let mut bytes = b"Rar!\x1a\x07\x01\0".to_vec();
    bytes.extend(header(&[1, 0, 0]));
    for file in files {
        let mut extra = Vec::new();
        if file.encrypted {
            extra.extend([3, 1, 0, 0]);
        }
        if file.is_link {
            extra.extend([5, 5, 1, 0, 1, b'x']);
        }
        let body = [
            &[2, 3][..],
            &figure(extra.len()),
            &figure(file.packed.len()),
            // No time, but a checksum.
            &[4],
            &figure(file.unpacked as usize),
            // An ordinary file.
            &figure(0o100_644),
            &crc(file.packed).to_le_bytes(),
            // Stored; made on Unix.
            &[0, 1],
            &figure(file.name.len()),
            file.name.as_bytes(),
            &extra,
        ];
        bytes.extend(header(&body.concat()));
        bytes.extend(file.packed);
    }
    bytes.extend(header(&[5, 0, 0]));
    bytes
}

/// As RAR 5 writes numbers.
fn figure(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(0x80 | u8::try_from(number & 0x7f).expect("7 bits"));
        number >>= 7;
    }
    bytes.push(u8::try_from(number).expect("7 bits"));
    bytes
}

/// A 7z archive with this second header.
pub fn seven_zip(header: &[u8]) -> Vec<u8> {
    let content = b"packed";
    let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
    for figure in [content.len(), header.len()] {
        bytes.extend((figure as u64).to_le_bytes());
    }
    bytes.extend([0; 4]);
    [&bytes, &content[..], header].concat()
}
