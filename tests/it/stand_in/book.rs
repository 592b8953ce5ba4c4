//! Volumes that a reader can open: a CBZ of pages that are whole images, and no two alike.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::torrent::Torrent;

/// A volume of fewer than eighty is doubted.
const PAGES: usize = 100;
/// Pixels, and bytes, of a row.
const WIDTH: usize = 100;
/// Bytes of a block that is stored in a zlib stream, at most.
const BLOCK: usize = 65_535;

/// A volume of a hundred pages and about so many bytes. The same seed gives the same volume, another one shares no page with it.
pub fn cbz(seed: u64, bytes: usize) -> Vec<u8> {
    cbz_of(PAGES, seed, bytes)
}

/// The same, of other pages.
pub fn cbz_of(pages: usize, seed: u64, bytes: usize) -> Vec<u8> {
    let rows = (bytes / pages / WIDTH).max(1);
    // As in most scans: images do not shrink.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for page in 1..=pages {
        zip.start_file(format!("{page:03}.png"), stored)
            .expect("a name");
        let seed = seed * 1000 + page as u64;
        zip.write_all(&png(seed, rows)).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// A torrent of one volume that bears its name, with its extension.
pub fn volume(name: &str, seed: u64, bytes: usize) -> Torrent {
    let name = format!("{name}.cbz");
    Torrent::new(&name).file(&name, cbz(seed, bytes))
}

/// A torrent of volumes such as `Naruto T01.cbz` in one folder. The number of each is its seed.
pub fn pack(
    name: &str,
    series: &str,
    volumes: impl IntoIterator<Item = u64>,
    bytes: usize,
) -> Torrent {
    volumes
        .into_iter()
        .fold(Torrent::new(name), |pack, number| {
            pack.file(&format!("{series} T{number:02}.cbz"), cbz(number, bytes))
        })
}

/// Grey noise (PNG, third edition: 8 bits, no filter, nothing compressed).
fn png(seed: u64, rows: usize) -> Vec<u8> {
    let size = |pixels: usize| u32::try_from(pixels).expect("small").to_be_bytes();
    let header = [&size(WIDTH)[..], &size(rows), &[8, 0, 0, 0, 0]].concat();
    let mut state = 2 * seed + 1;
    let mut pixels = Vec::with_capacity((WIDTH + 1) * rows);
    for at in 0..(WIDTH + 1) * rows {
        // Xorshift; the first byte of a row says that it has no filter.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        pixels.push(match at % (WIDTH + 1) {
            0 => 0,
            _ => state.to_be_bytes()[0],
        });
    }
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &zlib(&pixels)),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("small").to_be_bytes();
    let named = [kind, body].concat();
    [&length[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// RFC 1950 and 1951, stored blocks only.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a block");
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (mut low, mut high) = (1u32, 0u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                value = (value >> 1) ^ (0xedb8_8320 & (value & 1).wrapping_neg());
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    let step = |crc: u32, byte: &u8| TABLE[(crc as u8 ^ byte) as usize] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

/// The pages of such a volume as a RAR of version 4, stored (`technote.txt` of RAR 3). With `damaged`, one of them is not what its
/// checksum says.
pub fn rar(seed: u64, bytes: usize, damaged: bool) -> Vec<u8> {
    let header = |kind: u8, flags: u16, body: &[u8]| {
        let size = u16::try_from(7 + body.len()).expect("short").to_le_bytes();
        let header = [&[kind], &flags.to_le_bytes()[..], &size, body].concat();
        [&crc(&header).to_le_bytes()[..2], &header].concat()
    };
    let rows = (bytes / PAGES / WIDTH).max(1);
    let mut rar = b"Rar!\x1a\x07\0".to_vec();
    rar.extend(header(0x73, 0, &[0; 6]));
    for number in 1..=PAGES {
        let mut page = png(seed * 1000 + number as u64, rows);
        let name = format!("{number:03}.png");
        let size = u32::try_from(page.len()).expect("small").to_le_bytes();
        let body = [
            &size[..],
            &size,
            // Made on Unix; no time; version 2.9, stored; an ordinary file.
            &[3],
            &crc(&page).to_le_bytes(),
            &[0; 4],
            &[29, 0x30],
            &u16::try_from(name.len()).expect("short").to_le_bytes(),
            &0o100_644u32.to_le_bytes(),
            name.as_bytes(),
        ];
        rar.extend(header(0x74, 0x8000, &body.concat()));
        if damaged && number == PAGES / 2 {
            page[100] ^= 1;
        }
        rar.extend(page);
    }
    rar.extend(header(0x7b, 0x4000, &[]));
    rar
}
