//! The instants between two things that are written to a disk. In the tests of this crate the program can be made to die at one of
//! them, as a SIGKILL or a power cut would make it; anywhere else they are nothing.

/// One of them.
#[cfg(not(test))]
pub fn reached() {}

/// Which one is the last: counted from 1, in this variable.
#[cfg(test)]
pub const DIE_AT: &str = "LACUNARR_TEST_DIE_AT";

/// The file system is one that cannot rename without overwriting.
#[cfg(test)]
pub const NO_RENAME: &str = "LACUNARR_TEST_NO_RENAME";

/// One of them.
#[cfg(test)]
pub fn reached() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let at = std::env::var(DIE_AT)
        .ok()
        .and_then(|at| at.parse::<u32>().ok());
    if at.is_some() && at == Some(COUNT.fetch_add(1, Ordering::SeqCst) + 1) {
        std::process::abort();
    }
}
