//! Stage 1: what is on the shelves. Each file is one kind of library behind [`crate::ports::Library`].

mod files;
pub mod folder;
pub mod kavita;
pub mod komga;
