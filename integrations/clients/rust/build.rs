//! Generates the client out of the document, which a running service shows at `/openapi.json`.

use std::{env, error::Error, fs, path::Path};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};

const DOCUMENT: &str = "../../../openapi/openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    // progenitor takes errors for typed ones only where they are called plain JSON.
    let document =
        fs::read_to_string(DOCUMENT)?.replace("application/problem+json", "application/json");
    let mut document: openapiv3::OpenAPI = serde_json::from_str(&document)?;
    // It knows no CSV bodies.
    document.paths.paths.shift_remove("/api/v1/series/csv");

    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder);
    let client = Generator::new(&settings).generate_tokens(&document)?;
    let client = prettyplease::unparse(&syn::parse2(client)?);
    fs::write(Path::new(&env::var("OUT_DIR")?).join("client.rs"), client)?;
    Ok(())
}
