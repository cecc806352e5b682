//! One process: the door, the worker and the press over one memory, until a signal says stop.

use crate::config::{Config, Server};
use crate::failure::usage;
use crate::{demo, mailing, output, sealing, world};
use anyhow::Context;
use domain::ports::Env;
use jiff::Timestamp;
use jobs::Worker;
use jobs::mail::Post;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};

/// How long requests and jobs under way may take after the signal.
const GRACE: Duration = Duration::from_secs(15);

/// Opens the memory and brings it up to date.
pub async fn open(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(&config.store(), world::real())
        .await
        .context("the data cannot be opened")?;
    for name in store
        .migrate()
        .await
        .context("the database cannot be brought up to date")?
    {
        tracing::info!(migration = name, "applied");
    }
    Ok(store)
}

/// `sanfang serve`.
pub async fn serve(config: &Config) -> anyhow::Result<()> {
    let loopback = config.server.is_loopback()?;
    if !loopback && config.server.plain_http()? {
        return Err(usage(
            "server.public_url: set the https address that people type; without TLS Sanfang serves this machine only",
        ));
    }
    let store = open(config).await?;
    if !loopback && demo::is_demo(&store).await? {
        return Err(usage(
            "this database holds demo accounts; it is served to this machine only",
        ));
    }
    let listener = listen(&config.server).await?;
    let settings = settings(config, listener.local_addr()?, None)?;
    output::say(&format!("Sanfang 三方  {}", settings.public_url));
    run(config, store, listener, settings).await
}

/// `sanfang demo`.
pub async fn demo(config: &Config, accounts_file: Option<&Path>) -> anyhow::Result<()> {
    if !config.server.is_loopback()? {
        return Err(usage(
            "demo accounts have known passwords: sanfang demo listens on a loopback address only",
        ));
    }
    let store = open(config).await?;
    let accounts = demo::prepare(&store).await?;
    if let Some(file) = accounts_file {
        write_accounts(file, &accounts)?;
    }
    let listener = listen(&config.server).await?;
    let known = web::Demo {
        captcha: demo::CAPTCHA.into(),
    };
    let settings = settings(config, listener.local_addr()?, Some(known))?;
    greet(&settings.public_url, &accounts);
    run(config, store, listener, settings).await
}

fn write_accounts(file: &Path, accounts: &[demo::Account]) -> anyhow::Result<()> {
    let content = serde_json::json!({ "captcha": demo::CAPTCHA, "accounts": accounts });
    std::fs::write(file, format!("{content:#}\n"))
        .map_err(|error| usage(format!("{}: {error}", file.display())))
}

fn greet(url: &str, accounts: &[demo::Account]) {
    output::say(&format!("Sanfang 三方  {url}\n"));
    let head = ["role", "school", "name", "login", "password", ""]
        .map(Into::into)
        .to_vec();
    let row = |account: &demo::Account| {
        vec![
            account.role.code().to_owned(),
            account.school.clone().unwrap_or_else(|| "–".into()),
            account.name.clone(),
            account.login.clone(),
            account.password.clone(),
            account.note.to_owned(),
        ]
    };
    let rows: Vec<_> = std::iter::once(head).chain(accounts.iter().map(row)).collect();
    output::say(&output::table(&rows));
    output::say(&format!("验证码 captcha: {}", demo::CAPTCHA));
}

async fn listen(server: &Server) -> anyhow::Result<TcpListener> {
    TcpListener::bind(server.addresses()?.as_slice())
        .await
        .map_err(|error| usage(format!("cannot listen on {}: {error}", server.listen)))
}

/// The door's settings; port 0 has become a real one by now.
fn settings(config: &Config, bound: SocketAddr, demo: Option<web::Demo>) -> anyhow::Result<web::Config> {
    let server = &config.server;
    let here = match &server.public_url {
        None => Server {
            listen: bound.to_string(),
            ..server.clone()
        },
        Some(_) => server.clone(),
    };
    Ok(web::Config {
        public_url: here.public_url()?,
        plain_http: here.plain_http()?,
        behind_proxy: server.behind_proxy,
        demo,
        readers: config.uploads.readers()?,
        mail: config.mail.host.is_some(),
        ..web::Config::loopback(&bound.to_string())
    })
}

async fn run(
    config: &Config,
    store: Store,
    listener: TcpListener,
    settings: web::Config,
) -> anyhow::Result<()> {
    let authority = sealing::authority(config, &store)?;
    let sealer = Arc::new(sealing::sealer(config, &authority, store.env())?);
    let press = Arc::new(pdf::Press::new());
    let mut worker = Worker::new(store.clone(), press).sealing(sealer.clone(), &settings.public_url);
    if let Some(smtp) = mailing::smtp(config)? {
        worker = worker.mailing(Post::new(smtp, &settings.public_url));
    }
    let pulse = Pulse {
        heartbeat: worker.heartbeat(),
        env: store.env().clone(),
    };
    let neighbours = web::Neighbours {
        worker: Some(Arc::new(pulse)),
        judge: Some(sealer),
    };
    let door = web::App::new(store, settings, neighbours)?;
    let stopping = on_signal()?;
    let worker_stop = Arc::new(Notify::new());
    let working = tokio::spawn(worker.run(worker_stop.clone()));
    tracing::info!(address = %listener.local_addr()?, "listening");
    let served = tokio::select! {
        served = web::serve(listener, door, stopped(stopping.clone())) => served,
        () = async { stopped(stopping).await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("requests under way were cut off");
            Ok(())
        }
    };
    worker_stop.notify_one();
    if tokio::time::timeout(GRACE, working).await.is_err() {
        tracing::warn!("a job under way was cut off; it will be done again");
    }
    tracing::info!("stopped");
    served.context("the server failed")
}

/// Becomes true at SIGTERM or SIGINT.
fn on_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        let _ = sender.send(true);
    });
    Ok(receiver)
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|&stop| stop).await;
}

/// The worker's heartbeat, as the door asks for it.
struct Pulse {
    heartbeat: jobs::Heartbeat,
    env: Env,
}

impl web::Heartbeat for Pulse {
    fn last(&self) -> Option<Timestamp> {
        let now = self.env.now();
        self.heartbeat.alive(now).then_some(now)
    }
}
