//! The command line: what can be asked, and how answers are printed.

pub mod crawl;
pub mod links;
pub mod parse;
pub mod print;
pub mod progress;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Knows which volumes of a manga, BD or comics library are missing, finds them, and sends the right release exactly once.
#[derive(Debug, Parser)]
#[command(name = "lacunarr", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    Serve(Serve),
    /// Check series now, and say what came of it
    Check(Check),
    /// Read release names: one a line on standard input, one JSON object a line on standard output
    Parse(Parse),
    /// Read what is new in a forum of ed2k links now, and say what came of it
    Crawl(Crawl),
    /// Look for links in the index of a forum
    Links(Links),
    /// Take over what Manga_Organizer has read of EBDZ, from its ebdz.db
    ImportEbdz(ImportEbdz),
    /// Print the OpenAPI document
    Openapi,
    /// Ask a running service whether it is alive (exit 0 or 1); for containers
    Healthcheck(Healthcheck),
}

/// Where everything is kept.
#[derive(Debug, Args)]
pub struct Place {
    /// Data directory: database, keys, lacunarr.toml
    #[arg(long, env = "LACUNARR_DATA", default_value = "data")]
    pub data: PathBuf,
    /// Configuration file, instead of lacunarr.toml in the data directory
    #[arg(long, env = "LACUNARR_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Run the service.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Folder library to add, everything in it monitored; can be given several times
    #[arg(long)]
    pub library: Vec<PathBuf>,
    /// Port to listen on, instead of the configured one
    #[arg(long)]
    pub port: Option<u16>,
}

/// Check series now.
#[derive(Debug, Args)]
pub struct Check {
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Just this series, by number or exact title; otherwise every monitored one
    #[arg(long)]
    pub series: Option<String>,
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object a series
    #[arg(long)]
    pub json: bool,
    /// Do not scan the libraries first
    #[arg(long)]
    pub no_scan: bool,
}

/// Read a forum now.
#[derive(Debug, Args)]
pub struct Crawl {
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Name of the source; can be left out where there is one EBDZ
    #[arg(long)]
    pub source: Option<String>,
}

/// Look for links in the index of a forum.
#[derive(Debug, Args)]
pub struct Links {
    /// Words that all stand in the name of the file or the title of its thread
    #[arg(required = true)]
    pub words: Vec<String>,
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Name of the source; can be left out where there is one EBDZ
    #[arg(long)]
    pub source: Option<String>,
    /// One JSON object a link
    #[arg(long)]
    pub json: bool,
    /// Links to be shown at most; those that were seen first last come first
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
}

/// Take over what another program has read of EBDZ.
#[derive(Debug, Args)]
pub struct ImportEbdz {
    /// Its file, for example data/ebdz.db
    pub file: PathBuf,
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Name of the source; can be left out where there is one EBDZ
    #[arg(long)]
    pub source: Option<String>,
}

/// Ask a running service whether it is alive.
#[derive(Debug, Args)]
pub struct Healthcheck {
    /// Where everything is kept.
    #[command(flatten)]
    pub place: Place,
    /// Port that `serve --port` was given
    #[arg(long)]
    pub port: Option<u16>,
}

/// Read release names.
#[derive(Debug, Args)]
pub struct Parse {
    /// Where the words of the configuration are kept.
    #[command(flatten)]
    pub place: Place,
    /// What a bare number means
    #[arg(long, value_enum, default_value_t = KindArgument::Auto)]
    pub kind: KindArgument,
}

/// What a bare number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindArgument {
    /// Not known: a volume
    Auto,
    /// A manga volume
    Manga,
    /// A BD album
    Bd,
    /// A comics issue
    Comics,
    /// A chapter
    Chapters,
}

impl From<KindArgument> for crate::domain::release::Kind {
    fn from(kind: KindArgument) -> Self {
        match kind {
            KindArgument::Auto => Self::Auto,
            KindArgument::Manga => Self::Manga,
            KindArgument::Bd => Self::Bd,
            KindArgument::Comics => Self::Comics,
            KindArgument::Chapters => Self::Chapters,
        }
    }
}
