//! Fuzz target for slowness: an input is repeated until it is as long as the longest name that is read, so that whatever takes the
//! square of the length takes seconds. `tests/fuzz/run` says how it is run.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::check_repeated(input));
