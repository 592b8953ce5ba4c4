//! One binary for all tests that need other programs: real ones where they can be installed, stand-ins otherwise.

mod amule;
mod bad_input;
mod catalogue;
mod defaults;
mod ebdz;
mod events;
mod hooks;
mod integrations;
mod kavita;
mod komga;
mod layers;
mod notify;
mod openapi;
mod pages;
mod prowlarr;
mod qbittorrent;
mod stand_in;
mod stand_ins;
mod story;
mod swarm;
mod torznab;
