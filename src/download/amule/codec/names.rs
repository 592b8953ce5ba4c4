//! Numbers of operations, tags and kinds, as aMule 2.3.1 to 3.0 name them in `ECCodes.abstract`: those that we use.

/// What a packet is about.
pub mod op {
    /// Done.
    pub const NOOP: u8 = 0x01;
    /// We want in.
    pub const AUTH_REQ: u8 = 0x02;
    /// We are not let in.
    pub const AUTH_FAIL: u8 = 0x03;
    /// We are let in.
    pub const AUTH_OK: u8 = 0x04;
    /// Not done.
    pub const FAILED: u8 = 0x05;
    /// Answers a question for the state of the connections.
    pub const MISC_DATA: u8 = 0x07;
    /// Downloads what a link names.
    pub const ADD_LINK: u8 = 0x09;
    /// Asks for the state of the connections.
    pub const GET_CONNSTATE: u8 = 0x0B;
    /// Asks for the downloads that are not complete.
    pub const GET_DLOAD_QUEUE: u8 = 0x0D;
    /// Asks for the files that others may have.
    pub const GET_SHARED_FILES: u8 = 0x10;
    /// Pauses a download.
    pub const PARTFILE_PAUSE: u8 = 0x19;
    /// Lets it go on.
    pub const PARTFILE_RESUME: u8 = 0x1A;
    /// Removes a download and what came of it.
    pub const PARTFILE_DELETE: u8 = 0x1D;
    /// The downloads that are not complete.
    pub const DLOAD_QUEUE: u8 = 0x1F;
    /// The files that others may have.
    pub const SHARED_FILES: u8 = 0x22;
    /// Asks for settings.
    pub const GET_PREFERENCES: u8 = 0x3F;
    /// Settings.
    pub const SET_PREFERENCES: u8 = 0x40;
    /// Makes a category.
    pub const CREATE_CATEGORY: u8 = 0x41;
    /// What the hash of the password is salted with.
    pub const AUTH_SALT: u8 = 0x4F;
    /// The salted hash of the password.
    pub const AUTH_PASSWD: u8 = 0x50;
}

/// What a tag is about.
pub mod tag {
    /// A text; what an operation is about, or why it failed.
    pub const STRING: u16 = 0x0000;
    /// See [`AUTH_PASSWD`](super::op::AUTH_PASSWD).
    pub const PASSWD_HASH: u16 = 0x0001;
    /// See [`PROTOCOL`](super::PROTOCOL).
    pub const PROTOCOL_VERSION: u16 = 0x0002;
    /// Bits of [`state`](super::state).
    pub const CONNSTATE: u16 = 0x0005;
    /// Our number on the server.
    pub const ED2K_ID: u16 = 0x0006;
    /// See [`AUTH_SALT`](super::op::AUTH_SALT).
    pub const PASSWD_SALT: u16 = 0x000B;
    /// Who we are.
    pub const CLIENT_NAME: u16 = 0x0100;
    /// Our version.
    pub const CLIENT_VERSION: u16 = 0x0101;
    /// A download; in commands its hash.
    pub const PARTFILE: u16 = 0x0300;
    /// Its name.
    pub const PARTFILE_NAME: u16 = 0x0301;
    /// Bytes of all of it.
    pub const PARTFILE_SIZE_FULL: u16 = 0x0303;
    /// Bytes of it that are there.
    pub const PARTFILE_SIZE_DONE: u16 = 0x0306;
    /// See [`status`](super::status).
    pub const PARTFILE_STATUS: u16 = 0x0308;
    /// How many give it at this moment.
    pub const PARTFILE_SOURCE_COUNT_XFER: u16 = 0x030D;
    /// The index of its category.
    pub const PARTFILE_CAT: u16 = 0x030F;
    /// Not just paused: its sources are forgotten.
    pub const PARTFILE_STOPPED: u16 = 0x0317;
    /// Its MD4.
    pub const PARTFILE_HASH: u16 = 0x031E;
    /// A shared file.
    pub const KNOWNFILE: u16 = 0x0400;
    /// Of a shared file its folder, of a download `001.part`.
    pub const KNOWNFILE_FILENAME: u16 = 0x0408;
    /// The version of the program that we talk to.
    pub const SERVER_VERSION: u16 = 0x050B;
    /// Which settings: bits of [`prefs`](super::prefs).
    pub const SELECT_PREFS: u16 = 0x1000;
    /// The categories, when there is more than the one that all files are in.
    pub const PREFS_CATEGORIES: u16 = 0x1100;
    /// A category; its index.
    pub const CATEGORY: u16 = 0x1101;
    /// Its name.
    pub const CATEGORY_TITLE: u16 = 0x1102;
    /// Where its files come to be.
    pub const CATEGORY_PATH: u16 = 0x1103;
    /// What a person says of it.
    pub const CATEGORY_COMMENT: u16 = 0x1104;
    /// Its colour.
    pub const CATEGORY_COLOR: u16 = 0x1105;
    /// What its files' priority is set to.
    pub const CATEGORY_PRIO: u16 = 0x1106;
    /// Settings of files.
    pub const PREFS_FILES: u16 = 0x1800;
    /// What is added is paused; there when it is so.
    pub const FILES_NEW_PAUSED: u16 = 0x1803;
    /// Folders.
    pub const PREFS_DIRECTORIES: u16 = 0x1A00;
    /// Where files of no category come to be.
    pub const DIRECTORIES_INCOMING: u16 = 0x1A01;
}

/// What the data of a tag are.
pub mod kind {
    /// One byte.
    pub const U8: u8 = 2;
    /// Two bytes.
    pub const U16: u8 = 3;
    /// Four bytes.
    pub const U32: u8 = 4;
    /// Eight bytes.
    pub const U64: u8 = 5;
    /// UTF-8, and a zero behind it.
    pub const STRING: u8 = 6;
    /// Sixteen bytes.
    pub const HASH16: u8 = 9;
}

/// What a download is at.
pub mod status {
    /// Comes, or would if someone gave it.
    pub const READY: u64 = 0;
    /// The same, before its first byte.
    pub const EMPTY: u64 = 1;
    /// Waits for its check.
    pub const WAITING_FOR_HASH: u64 = 2;
    /// Is checked.
    pub const HASHING: u64 = 3;
    /// Something is wrong with it.
    pub const ERROR: u64 = 4;
    /// The disk is full.
    pub const INSUFFICIENT: u64 = 5;
    /// Paused or stopped.
    pub const PAUSED: u64 = 7;
    /// Is moved to where it is to be.
    pub const COMPLETING: u64 = 8;
    /// Is there.
    pub const COMPLETE: u64 = 9;
    /// Room is made for it.
    pub const ALLOCATING: u64 = 10;
}

/// Bits of the state of the connections.
pub mod state {
    /// With a server of ed2k.
    pub const ED2K: u64 = 0x01;
    /// With Kad.
    pub const KAD: u64 = 0x04;
    /// Kad cannot reach us.
    pub const KAD_FIREWALLED: u64 = 0x08;
}

/// Groups of settings.
pub mod prefs {
    /// Categories.
    pub const CATEGORIES: u64 = 0x001;
    /// Files.
    pub const FILES: u64 = 0x080;
    /// Folders.
    pub const DIRECTORIES: u64 = 0x200;
}

/// The version of the protocol, the same from aMule 2.3.1 to 3.0.
pub const PROTOCOL: u64 = 0x0204;
