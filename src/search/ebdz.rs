//! Stage 3: EBDZ, a MyBB forum of ed2k links. Its pages are read into a local index, page by page; searches ask the index.

mod error;
mod index;
mod links;
mod list;
mod login;
mod message;
mod page;
mod sample;
mod session;
#[cfg(test)]
mod tests;
mod thread;

pub use error::{ForumError, Refusal};
pub use index::Index;
pub use list::{ListPage, ListedThread};
pub use session::{EbdzConfig, Forum, cookies};
pub use thread::ThreadPage;
