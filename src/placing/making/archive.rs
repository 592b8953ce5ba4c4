//! The archive that is being written: files of another ZIP as they are packed there, or what comes out of RAR and 7z. Blocking.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use zip::{
    CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions,
};

use super::{Fault, of_file};
use crate::{
    book::{
        listed::Listed,
        unpack::{UnpackError, Unpacked, unpack},
    },
    placing::{
        disk::{forget, free},
        error::{PlaceError, refused},
        known::BUFFER,
        point::reached,
    },
};

/// The archive that is being written.
pub struct Made<'a> {
    zip: ZipWriter<Unbroken>,
    temp: &'a Path,
}

impl<'a> Made<'a> {
    pub fn new(temp: &'a Path, room: u64) -> Result<Self, PlaceError> {
        if free(temp).is_some_and(|free| free < room) {
            return Err(PlaceError::NoSpace {
                place: temp.to_owned(),
            });
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(temp)
            .map_err(refused("made", temp))?;
        reached();
        Ok(Self {
            zip: ZipWriter::new(Unbroken {
                file,
                broken: false,
            }),
            temp,
        })
    }

    /// Every file of another ZIP, packed as it is.
    pub fn take_over(&mut self, source: File, stop: &AtomicBool) -> Result<(), Fault> {
        let mut source = ZipArchive::new(io::BufReader::with_capacity(BUFFER, source))
            .map_err(|error| self.of_zip(error))?;
        for at in 0..source.len() {
            if stop.load(Ordering::Relaxed) {
                return Err(PlaceError::Stopped.into());
            }
            let entry = source
                .by_index_raw(at)
                .map_err(|error| self.of_zip(error))?;
            if let Err(error) = self.zip.raw_copy_file(entry) {
                return Err(self.of_zip(error));
            }
            reached();
        }
        Ok(())
    }

    /// Every file of a RAR or 7z archive. `listed` is what they have to be, where that is known; what they are.
    pub fn unpack(
        &mut self,
        archive: File,
        listed: Option<Vec<Listed>>,
        most: u64,
        stop: &AtomicBool,
    ) -> Result<Vec<Listed>, Fault> {
        // What says how much it holds does not hold more.
        let most = listed.as_ref().map_or(most, |files| {
            let sum: u64 = files.iter().map(|file| file.bytes).sum();
            sum.min(most)
        });
        let mut came = Vec::new();
        let said = unpack(archive, most, stop, |file: Unpacked<'_>| {
            let one = Listed {
                name: file.name,
                bytes: file.bytes,
                crc: None,
            };
            if let Some(listed) = &listed
                && !listed
                    .get(came.len())
                    .is_some_and(|known| known.is_same(&one))
            {
                let name = &one.name;
                return Err(Fault::File(format!(
                    "what comes out of it is not what its directory says, first in '{name}'"
                )));
            }
            self.file(&one.name, one.bytes, file.content)?;
            came.push(one);
            Ok(())
        })?;
        match listed {
            Some(listed) if listed.len() == came.len() => Ok(listed),
            Some(listed) => Err(Fault::File(format!(
                "only {} of its {} files came out of it{}",
                came.len(),
                listed.len(),
                because(&said)
            ))),
            // Where nothing can be compared, a complaint is one too many: a file may have been passed over.
            None if !said.is_empty() => Err(Fault::File(said)),
            None => Ok(came),
        }
    }

    /// One file, stored as it is: images hardly shrink. Without a time of its own, so that the same pages give the same archive.
    pub fn file(&mut self, name: &str, bytes: u64, content: &mut dyn Read) -> Result<(), Fault> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(bytes >= u64::from(u32::MAX));
        self.zip
            .start_file(name, options)
            .map_err(|error| self.of_zip(error))?;
        let mut buffer = vec![0; BUFFER.min(usize::try_from(bytes).unwrap_or(BUFFER)).max(1)];
        loop {
            let read = match content.read(&mut buffer) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.map_err(UnpackError::Stream)?,
            };
            self.zip
                .write_all(&buffer[..read])
                .map_err(refused("written", self.temp))?;
        }
        reached();
        Ok(())
    }

    /// Puts it on the disk.
    pub fn finish(self) -> Result<(), Fault> {
        let temp = self.temp;
        let Unbroken { file, .. } = self.zip.finish().map_err(|error| of_zip(error, temp))?;
        file.sync_all().map_err(refused("written", temp))?;
        forget(&file);
        reached();
        Ok(())
    }

    fn of_zip(&self, error: ZipError) -> Fault {
        of_zip(error, self.temp)
    }
}

fn because(said: &str) -> String {
    match said.is_empty() {
        true => String::new(),
        false => format!(" ({said})"),
    }
}

fn of_zip(error: ZipError, temp: &Path) -> Fault {
    match error {
        ZipError::Io(error) => of_file("it cannot be taken over", error, temp),
        error => Fault::File(error.to_string()),
    }
}

/// A file of which nothing is wanted any more once it refused something: the zip crate would write a directory when it is dropped, and
/// print to the terminal that it cannot.
struct Unbroken {
    file: File,
    broken: bool,
}

impl Write for Unbroken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken {
            return Ok(bytes.len());
        }
        self.file.write(bytes).inspect_err(|error| {
            self.broken = error.kind() != io::ErrorKind::Interrupted;
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Unbroken {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}
