//! A file that is read at a few places, a block at a time: the head, the directory at its end, one entry in the middle.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// Up to this size a file is read in one go.
const WHOLE: u64 = 40 * 1024;

/// What is read beyond the bytes that were asked for: the next ones are mostly wanted too.
const AHEAD: usize = 8 * 1024;

/// The most bytes that are read of one file. A directory of 20,000 entries has 2 MB.
const BUDGET: u64 = 8 * 1024 * 1024;

/// The same two where what is wanted is scattered: a header of a few hundred bytes in front of each of 20,000 pages.
const SCATTERED: (usize, u64) = (1024, 32 * 1024 * 1024);

/// The file, and the block that was read last.
pub struct Blocks<F> {
    file: F,
    len: u64,
    start: u64,
    block: Vec<u8>,
    ahead: usize,
    left: u64,
}

impl Blocks<File> {
    /// Opens a file of this size.
    pub fn open(place: &std::path::Path, len: u64) -> io::Result<Self> {
        Ok(Self::new(File::open(place)?, len))
    }
}

impl<F: Read + Seek> Blocks<F> {
    /// Over a file of this size.
    pub fn new(file: F, len: u64) -> Self {
        Self {
            file,
            len,
            start: 0,
            block: Vec::new(),
            ahead: AHEAD,
            left: BUDGET,
        }
    }

    /// For a file that is read at many places.
    pub fn scattered(&mut self) {
        (self.ahead, self.left) = SCATTERED;
    }

    /// Bytes of the file.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Just these bytes.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends before them, `InvalidData` when it makes us read too much.
    pub fn at(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let end = offset
            .checked_add(length as u64)
            .filter(|end| *end <= self.len);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if offset < self.start || end > self.start + self.block.len() as u64 {
            self.load(offset, length)?;
        }
        let from =
            usize::try_from(offset - self.start).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        Ok(&self.block[from..from + length])
    }

    fn load(&mut self, offset: u64, length: usize) -> io::Result<()> {
        let (start, length) = if self.len <= WHOLE {
            (0, usize::MAX)
        } else {
            (offset, length.max(self.ahead))
        };
        let length = usize::try_from(self.len - start).map_or(length, |rest| rest.min(length));
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "its directory is too large")
        })?;
        self.start = start;
        self.block.clear();
        self.block.resize(length, 0);
        self.file.seek(SeekFrom::Start(start))?;
        // It may be shorter than it was when the folder was listed.
        self.file
            .read_exact(&mut self.block)
            .inspect_err(|_| self.block.clear())
    }

    /// Reads on from a place, `length` bytes at most.
    pub fn reader(&mut self, offset: u64, length: u64) -> impl Read {
        Stretch {
            offset,
            end: offset.saturating_add(length).min(self.len),
            blocks: self,
        }
    }
}

struct Stretch<'a, F> {
    blocks: &'a mut Blocks<F>,
    offset: u64,
    end: u64,
}

impl<F: Read + Seek> Read for Stretch<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left).min(AHEAD);
        buffer[..length].copy_from_slice(self.blocks.at(self.offset, length)?);
        self.offset += length as u64;
        Ok(length)
    }
}
