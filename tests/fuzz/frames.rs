//! Fuzz target: an input is one frame of External Connections, as aMule may send it. `tests/fuzz/run` says how it is run.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::frames::check(input));
