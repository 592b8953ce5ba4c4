//! Fuzz target: an input is one name, title or edition map. `tests/fuzz/run` says how it is run.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::check(input));
