//! Stories over the whole program: a folder of volumes, a stand-in Prowlarr and the real qBittorrent.

mod arrival;
mod brakes;
mod collection;
mod crash;
mod editions;
mod following;
mod hooks;
mod identity;
mod line;
mod locks;
mod missing_monitor;
mod packs;
mod parts;
mod replicas;
mod restarts;
mod reviews;
mod schedules;
mod secrets;
mod shown;
mod simulated;
mod swarm;
mod taste;
mod telling;
mod trouble;
mod vanish;
mod why;
