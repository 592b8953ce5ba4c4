//! One binary for all tests that need other programs: real ones where they can be installed, stand-ins otherwise.

mod events;
mod layers;
mod prowlarr;
mod qbittorrent;
mod stand_in;
mod stand_ins;
mod story;
