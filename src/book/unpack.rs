//! The content of a RAR or 7z archive, unpacked by `bsdtar` (libarchive) and read as a tar stream. Blocking.
//!
//! No crate unpacks every version of RAR, and what unpacks hostile archives had better be another process: it gets the open file and
//! no name, no shell and next to no environment, it may write no file, and it is ended when it takes too long or too much. What it says
//! is not believed: libarchive 3.6 passes over wrong checksums and over names that it cannot translate without failing, so whoever
//! calls this compares.

use std::{
    fs::File,
    io::{self, Read},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{listed::plain_below, zip::MAX_ENTRIES};

/// The program, from Debian's package `libarchive-tools`.
pub const PROGRAM: &str = "bsdtar";

/// How long one archive may take: the largest on a slow disk takes minutes.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// How often it is looked whether it is over.
const GLANCE: Duration = Duration::from_millis(20);

/// The most memory that it may have. RAR 5 and LZMA ask for dictionaries, of up to 4 GiB if the archive says so. 2 GiB.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 2 << 30;

/// The most bytes of its complaints that are kept.
const MAX_COMPLAINTS: u64 = 2_000;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("{PROGRAM} is not installed (Debian and Ubuntu: apt install libarchive-tools)")]
    NoProgram,
    #[error("{PROGRAM} cannot be started")]
    Start(#[source] io::Error),
    #[error("{PROGRAM} cannot unpack it: {said}")]
    Refused { said: String },
    #[error("what comes out of it ends too early or is no archive")]
    Stream(#[source] io::Error),
    #[error("it holds more than {most} bytes when it is unpacked")]
    TooLarge { most: u64 },
    #[error("it holds more than {most} files")]
    TooMany { most: u64 },
    #[error("'{name}' in it is neither a file nor a folder")]
    Odd { name: String },
    #[error("'{name}' in it leads out of the folder into which it would be unpacked")]
    Escapes { name: String },
    #[error("it takes longer than {} minutes", LONGEST.as_secs() / 60)]
    TooLong,
    #[error("it was stopped")]
    Stopped,
}

/// A file that comes out.
pub struct Unpacked<'a> {
    /// Its path, with `/`, below the folder into which it would be unpacked.
    pub name: String,
    /// Bytes of its content.
    pub bytes: u64,
    /// Those.
    pub content: &'a mut dyn Read,
}

/// Shows each file of the archive in turn, `most` bytes of all of them at most. What was complained about without failing.
///
/// # Errors
/// Those of `take`, and when it cannot be unpacked to its end.
pub fn unpack<E: From<UnpackError>>(
    archive: File,
    most: u64,
    stop: &AtomicBool,
    mut take: impl FnMut(Unpacked<'_>) -> Result<(), E>,
) -> Result<String, E> {
    let mut child = start(archive)?;
    let (mut stream, complaints) = (
        child.stdout.take().expect("it is piped"),
        child.stderr.take().expect("it is piped"),
    );
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        let said = scope.spawn(|| keep(complaints));
        let ended = scope.spawn(|| watch(child, stop, &enough));
        let taken = read(&mut stream, most, &mut take);
        // Whatever it still has to say is wanted by nobody: writing it ends it.
        enough.store(taken.is_err(), Ordering::Relaxed);
        drop(stream);
        let ended = ended.join().unwrap_or(Err(UnpackError::Stopped));
        let said = said.join().unwrap_or_default();
        match (taken, ended) {
            // Its end is the cause, and a stream that ends too early comes of it.
            (_, Err(error @ (UnpackError::TooLong | UnpackError::Stopped))) => Err(error.into()),
            (Err(Taken::Stream(_)), Ok(status)) if !status.success() && !said.is_empty() => {
                Err(UnpackError::Refused { said }.into())
            }
            (Err(Taken::Stream(error)), _) => Err(UnpackError::Stream(error).into()),
            (Err(Taken::Wrong(error)), _) => Err(error),
            (Ok(()), Err(error)) => Err(error.into()),
            (Ok(()), Ok(status)) if !status.success() => {
                let said = match said.is_empty() {
                    true => status.to_string(),
                    false => said,
                };
                Err(UnpackError::Refused { said }.into())
            }
            (Ok(()), Ok(_)) => Ok(said),
        }
    })
}

/// What it calls itself, with its version.
///
/// # Errors
/// When there is none, or it does not start.
pub fn version() -> Result<String, UnpackError> {
    let said = Command::new(PROGRAM)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(missing)?;
    let said = String::from_utf8_lossy(&said.stdout);
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    Ok(words.join(" "))
}

fn missing(error: io::Error) -> UnpackError {
    match error.kind() {
        io::ErrorKind::NotFound => UnpackError::NoProgram,
        _ => UnpackError::Start(error),
    }
}

/// `@-` is the archive on its input: no name of ours or of a stranger stands among its arguments.
fn start(archive: File) -> Result<Child, UnpackError> {
    let mut command = Command::new(PROGRAM);
    command
        .args(["-c", "-f", "-", "--format=pax", "@-"])
        .env_clear()
        // Names of archives come out as UTF-8.
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/")
        .stdin(archive)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let child = command.spawn().map_err(missing)?;
    bound(&child);
    Ok(child)
}

/// No file, so much memory, and no more of a processor than it has time. It goes with our end of its pipes, and with this if it does not.
#[cfg(target_os = "linux")]
fn bound(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    for (resource, most) in [
        (Resource::Fsize, 0),
        (Resource::As, MEMORY),
        (Resource::Cpu, LONGEST.as_secs()),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // It may be over by now.
        let _ = prlimit(Some(Pid::from_child(child)), resource, limit);
    }
}

#[cfg(not(target_os = "linux"))]
fn bound(_: &Child) {}

/// Waits for its end, or brings it about.
fn watch(
    mut child: Child,
    stop: &AtomicBool,
    enough: &AtomicBool,
) -> Result<ExitStatus, UnpackError> {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(UnpackError::Start)? {
            return Ok(status);
        }
        let why = if stop.load(Ordering::Relaxed) {
            Some(UnpackError::Stopped)
        } else {
            (since.elapsed() > LONGEST).then_some(UnpackError::TooLong)
        };
        if why.is_some() || enough.load(Ordering::Relaxed) {
            // It ended in this moment, if that fails.
            let _ = child.kill();
            let status = child.wait().map_err(UnpackError::Start)?;
            return why.map_or(Ok(status), Err);
        }
        thread::sleep(GLANCE);
    }
}

/// Its complaints in one line. All of them are read, or it would wait for that.
fn keep(mut complaints: ChildStderr) -> String {
    let mut kept = Vec::new();
    let _ = complaints
        .by_ref()
        .take(MAX_COMPLAINTS)
        .read_to_end(&mut kept);
    let _ = io::copy(&mut complaints, &mut io::sink());
    let text = String::from_utf8_lossy(&kept);
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches("bsdtar: ").trim());
    let told: Vec<&str> = lines
        .filter(|line| !line.is_empty() && *line != "(null)")
        .collect();
    told.join("; ")
        .chars()
        .filter(|letter| !letter.is_control())
        .collect()
}

/// Why reading ended.
enum Taken<E> {
    /// The stream is at fault, and so the program or the archive.
    Stream(io::Error),
    /// What came was not wanted.
    Wrong(E),
}

fn read<E: From<UnpackError>>(
    stream: &mut impl Read,
    most: u64,
    take: &mut impl FnMut(Unpacked<'_>) -> Result<(), E>,
) -> Result<(), Taken<E>> {
    let wrong = |error: UnpackError| Taken::Wrong(error.into());
    let (mut files, mut left) = (0, most);
    let mut archive = tar::Archive::new(&mut *stream);
    for entry in archive.entries().map_err(Taken::Stream)? {
        let mut entry = entry.map_err(Taken::Stream)?;
        let kind = entry.header().entry_type();
        let path = entry.path_bytes().into_owned();
        let shown = || String::from_utf8_lossy(&path).into_owned();
        if kind.is_dir() {
            continue;
        }
        if !kind.is_file() {
            return Err(wrong(UnpackError::Odd { name: shown() }));
        }
        let name =
            plain_below(&path).ok_or_else(|| wrong(UnpackError::Escapes { name: shown() }))?;
        let bytes = entry.size();
        files += 1;
        if files > MAX_ENTRIES {
            return Err(wrong(UnpackError::TooMany { most: MAX_ENTRIES }));
        }
        left = left
            .checked_sub(bytes)
            .ok_or_else(|| wrong(UnpackError::TooLarge { most }))?;
        let content = &mut entry;
        take(Unpacked {
            name,
            bytes,
            content,
        })
        .map_err(Taken::Wrong)?;
    }
    // Behind the last file stand zeros, without which it is not over.
    io::copy(stream, &mut io::sink()).map_err(Taken::Stream)?;
    Ok(())
}

#[cfg(test)]
mod tests;
