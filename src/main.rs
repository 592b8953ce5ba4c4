//! The program: reads the command line and the configuration, and starts what was asked for.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::Parser;
use lacunarr::{
    api,
    app::App,
    cli::{
        self, Cli, Command, print,
        progress::{Elsewhere, watched},
    },
    clock::Clock,
    config::{self, Config, FileConnection},
    connection::{FolderSettings, Role, Secrets, Settings},
    domain::report::{Outcome, PickLine},
    old_index, serve,
    store::{self, Window},
    worker,
};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let cli = Cli::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("it is installed once");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system gives threads");
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            // A pipe that was closed early, as by `| head`, is no fault.
            if error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
            {
                return ExitCode::SUCCESS;
            }
            eprintln!("lacunarr: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(arguments) => serve_command(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Check(arguments) => check_command(arguments).await,
        Command::Parse(arguments) => {
            let config = load(&arguments.place)?;
            cli::parse::command(&config.words, arguments.kind.into())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Crawl(arguments) => crawl_command(arguments).await,
        Command::Links(arguments) => links_command(arguments).await,
        Command::ImportEbdz(arguments) => import_ebdz(arguments).await,
        Command::Openapi => {
            writeln!(std::io::stdout().lock(), "{}", api::document())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Healthcheck(arguments) => healthcheck(&arguments).await,
    }
}

fn load(place: &cli::Place) -> anyhow::Result<Config> {
    let environment = std::env::vars()
        .filter(|(name, _)| name.starts_with("LACUNARR__"))
        .collect();
    Ok(config::load(
        &place.data,
        place.config.as_deref(),
        environment,
    )?)
}

fn log_to_stderr(config: &Config) {
    // The libraries' own lines say nothing that ours do not; the configured level can ask for them.
    // Those behind it would show cookies and the text of pages, whoever asks.
    let filter = tracing_subscriber::EnvFilter::new(format!(
        "poem=warn,tokio_cron_scheduler=warn,sqlx=warn,{},cookie_store=off,html5ever=off,selectors=off",
        config.log_level
    ));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if config.log_json {
        log.json().init()
    } else {
        log.with_ansi(std::io::stderr().is_terminal()).init()
    }
}

async fn serve_command(arguments: cli::Serve) -> anyhow::Result<()> {
    let mut config = load(&arguments.place)?;
    log_to_stderr(&config);
    config.port = arguments.port.unwrap_or(config.port);
    for path in &arguments.library {
        add_library(&mut config, path)?;
    }
    let address = (config.host.clone(), config.port);
    let listener = TcpListener::bind(&address).await.with_context(|| {
        format!(
            "port {} of {} cannot be listened on; is another program there? Choose one with --port",
            address.1, address.0
        )
    })?;
    let port = listener.local_addr()?.port();
    let app = App::open(config, Clock::System).await?;
    println!(
        "Lacunarr {} listens on http://localhost:{port}{base}/ (docs: {base}/docs, key: {})",
        env!("CARGO_PKG_VERSION"),
        key_place(&app.config),
        base = app.config.url_base
    );
    stop_on_signal(&app);
    let first = app.clone();
    app.tasks.spawn(async move {
        if let Err(error) = first_look(&first).await {
            tracing::error!("the first scan failed: {error:#}");
        }
    });
    serve::run(app, listener).await?;
    println!("Lacunarr has stopped.");
    Ok(())
}

fn key_place(config: &Config) -> String {
    if config.api_key.is_some() {
        "from the configuration".into()
    } else {
        config.data.join("api_key").display().to_string()
    }
}

/// A library of the command line: everything in it monitored, nothing sent until it is armed.
fn add_library(config: &mut Config, path: &Path) -> anyhow::Result<()> {
    let absolute = path
        .canonicalize()
        .with_context(|| format!("--library {}: this folder cannot be found", path.display()))?;
    let name = absolute.file_name().map_or_else(
        || "library".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let path = absolute
        .to_str()
        .with_context(|| format!("--library {}: its name is not UTF-8", path.display()))?
        .to_owned();
    let taken = |name: &String| {
        config
            .connections
            .iter()
            .any(|known| known.settings.role() == Role::Library && known.name == *name)
    };
    let name = std::iter::once(name.clone())
        .chain((2..).map(|number| format!("{name} {number}")))
        .find(|name| !taken(name))
        .expect("there are more numbers than libraries");
    let settings = FolderSettings::of(&path);
    config.connections.push(FileConnection {
        name,
        settings: Settings::Folder(settings),
        secrets: Secrets::default(),
        armed: None,
        enabled: true,
    });
    Ok(())
}

fn stop_on_signal(app: &Arc<App>) {
    let stop = app.stop.clone();
    tokio::spawn(async move {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                .expect("signals can be listened for");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        println!("Stopping; work under way is ended first.");
        stop.cancel();
    });
}

/// Scans the libraries and prints what is missing.
async fn first_look(app: &Arc<App>) -> anyhow::Result<()> {
    scan_with_progress(app).await?;
    let page = store::series::list(
        &app.db,
        &store::series::Filter {
            missing: Some(true),
            monitored: Some(true),
            ..Default::default()
        },
        Window {
            limit: 1000,
            offset: 0,
        },
    )
    .await?;
    let (series, _, missing) = store::series::counts(&app.db).await?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{series} series, {} of them with missing volumes, {missing} volumes missing.",
        page.total
    )?;
    for line in page.records.iter().filter_map(print::missing) {
        writeln!(out, "{line}")?;
    }
    if page.total > page.records.len() as i64 {
        writeln!(
            out,
            "  … and {} more series; see /api/v1/wanted",
            page.total - page.records.len() as i64
        )?;
    }
    Ok(())
}

async fn scan_with_progress(app: &Arc<App>) -> anyhow::Result<()> {
    let libraries = store::connection::list(&app.db, "library").await?;
    let libraries = &libraries;
    let how_far = || async move {
        let scans = libraries.iter().filter_map(|row| app.scan_progress(row.id));
        let files: u64 = scans.map(|progress| progress.files).sum();
        format!("{files} files looked at")
    };
    watched(worker::scan::step(app), Elsewhere::Nothing, how_far).await?;
    Ok(())
}

/// A command that works with what is there makes no new data directory where the given one is mistyped.
fn existing_place(config: &Config) -> anyhow::Result<()> {
    if !config.data.is_dir() && config.database_url.is_none() {
        anyhow::bail!(
            "there is nothing in {}; give the data directory that 'serve' uses with --data",
            config.data.display()
        );
    }
    Ok(())
}

async fn open_existing(place: &cli::Place) -> anyhow::Result<Arc<App>> {
    let config = load(place)?;
    log_to_stderr(&config);
    existing_place(&config)?;
    Ok(App::open(config, Clock::System).await?)
}

async fn check_command(arguments: cli::Check) -> anyhow::Result<ExitCode> {
    let config = load(&arguments.place)?;
    log_to_stderr(&config);
    // What is configured is enough for a first check.
    if config.connections.is_empty() {
        existing_place(&config)?;
    }
    let app = App::open(config, Clock::System).await?;
    stop_on_signal(&app);
    if store::connection::list(&app.db, Role::Library.word())
        .await?
        .is_empty()
    {
        anyhow::bail!(
            "no library is known in {}; add one with 'serve --library PATH'",
            app.config.data.display()
        );
    }
    if !arguments.no_scan {
        scan_with_progress(&app).await?;
    }
    let series = match &arguments.series {
        None => store::series::ids(&app.db, true).await?,
        Some(text) => vec![find_series(&app, text).await?],
    };
    let failed = check_and_print(&app, &series, &arguments).await?;
    app.db.close().await;
    Ok(if failed {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    })
}

async fn crawl_command(arguments: cli::Crawl) -> anyhow::Result<ExitCode> {
    let app = open_existing(&arguments.place).await?;
    stop_on_signal(&app);
    let ended = cli::crawl::run(&app, arguments.source.as_deref()).await?;
    app.db.close().await;
    match ended {
        cli::crawl::Ended::Read(said) => {
            writeln!(std::io::stdout().lock(), "{said}")?;
            Ok(ExitCode::SUCCESS)
        }
        cli::crawl::Ended::Unread(said) => {
            eprintln!("{said}");
            Ok(ExitCode::from(2))
        }
    }
}

async fn links_command(arguments: cli::Links) -> anyhow::Result<ExitCode> {
    let app = open_existing(&arguments.place).await?;
    let lines = cli::links::lines(&app, &arguments).await?;
    app.db.close().await;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn import_ebdz(arguments: cli::ImportEbdz) -> anyhow::Result<ExitCode> {
    let app = open_existing(&arguments.place).await?;
    let taken = old_index::take_over(&app, &arguments.file, arguments.source.as_deref()).await;
    app.db.close().await;
    writeln!(std::io::stdout().lock(), "{}", taken?)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a check and prints what comes of each series. True when something could not be asked, fetched, sent or checked.
async fn check_and_print(
    app: &Arc<App>,
    series: &[i64],
    arguments: &cli::Check,
) -> anyhow::Result<bool> {
    let id = worker::check::request(app, "cli", arguments.dry_run, series).await?;
    let running = tokio::spawn({
        let app = app.clone();
        async move {
            let ran = worker::check::see_through(&app, id).await;
            // Otherwise its reports would be waited for without end.
            ran.inspect_err(|_| app.stop.cancel())
        }
    });
    let printed = print_reports(app, id, series, arguments.json).await;
    if printed.is_err() {
        app.stop.cancel();
    }
    running.await??;
    if app.stop.is_cancelled() {
        store::check::stop(&app.db, id, app.clock.now()).await?;
    }
    printed
}

async fn print_reports(app: &App, check: i64, series: &[i64], json: bool) -> anyhow::Result<bool> {
    let mut failed = false;
    for series in series {
        let Some(report) = worker::check::report(app, check, *series).await? else {
            continue;
        };
        let unsent = |pick: &PickLine| matches!(pick.outcome, Outcome::Failed | Outcome::InDoubt);
        failed |= report.failure.is_some()
            || report.asked.iter().any(|asked| asked.error.is_some())
            || report.picks.iter().any(unsent);
        let mut out = std::io::stdout().lock();
        if json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?
        } else {
            writeln!(out, "{}", print::report(&report))?
        }
    }
    Ok(failed)
}

async fn find_series(app: &App, text: &str) -> anyhow::Result<i64> {
    if let Ok(id) = text.parse::<i64>()
        && store::series::get(&app.db, id).await?.is_some()
    {
        return Ok(id);
    }
    match store::series::by_title(&app.db, text).await?[..] {
        [id] => Ok(id),
        [] => anyhow::bail!("there is no series '{text}'; GET /api/v1/series lists them"),
        ref several => {
            anyhow::bail!("'{text}' means several series; give one of their numbers: {several:?}")
        }
    }
}

async fn healthcheck(arguments: &cli::Healthcheck) -> anyhow::Result<ExitCode> {
    let config = load(&arguments.place)?;
    // What listens everywhere also listens here.
    let host = match config.host.as_str() {
        "0.0.0.0" | "::" | "[::]" => "127.0.0.1",
        host => host,
    };
    let port = arguments.port.unwrap_or(config.port);
    let url = format!("http://{host}:{port}{}/ping", config.url_base);
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .no_proxy()
        .build()?;
    let alive = client
        .get(url)
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success());
    Ok(if alive {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
