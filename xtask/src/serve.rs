//! Starting the product: for a visitor (`run`), for a developer (`dev`), for delivery (`dist`).

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{node, setup, sh, spa, stamp};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// Where to serve, and from which folder.
#[derive(Args)]
pub struct Where {
    /// Address and port to serve on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    #[arg(
        long,
        value_name = "FOLDER",
        help = "Folder of the demo, made if it does not exist [default: ./demo-data]"
    )]
    data: Option<PathBuf>,
}

impl Where {
    /// A folder that was named counts from where the person is, the default from the root.
    fn folder(&self, place: &Place) -> Result<PathBuf> {
        match &self.data {
            Some(named) => std::path::absolute(named).during("looking for the folder of --data"),
            None => Ok(place.at("demo-data")),
        }
    }
}

/// Sets up, builds the whole product, and serves a demo.
pub fn run(place: &Place, serve: &Where) -> Result<()> {
    setup::run(place)?;
    spa::build(place)?;
    let binary = server(place, true)?;
    demo(place, &binary, &serve.folder(place)?)?;
    let mut command = serving(place, &binary, serve)?;
    say(format_args!("starting: {}", sh::shown(&command)));
    become_it(&mut command)
}

/// Builds for development, serves, and starts again whenever a source changes.
pub fn dev(place: &Place, serve: &Where) -> Result<()> {
    setup::run(place)?;
    let mut app = None;
    loop {
        let sources = (spa::sources(place)?, server_sources(place)?);
        if let Err(failure) = rebuild(place, &mut app, &sources.0) {
            say(format_args!("{failure}\nWaiting for a change."));
            wait_for_change(place, &sources)?;
            continue;
        }
        let mut child = start(place, serve)?;
        let waited = wait_for_change(place, &sources);
        say("a source has changed");
        // It may have ended by itself; then there is nothing to stop.
        let _ = child.kill();
        child.wait().during("waiting for the server to end")?;
        waited?;
    }
}

fn rebuild(place: &Place, built: &mut Option<String>, wanted: &str) -> Result<()> {
    if built.as_deref() != Some(wanted) {
        spa::build_for_development(place)?;
        *built = Some(wanted.to_owned());
    }
    server(place, false).map(drop)
}

fn start(place: &Place, serve: &Where) -> Result<Child> {
    let binary = server(place, false)?;
    demo(place, &binary, &serve.folder(place)?)?;
    let mut command = serving(place, &binary, serve)?;
    command
        .spawn()
        .during(format_args!("starting {}", sh::shown(&command)))
}

fn wait_for_change(place: &Place, known: &(String, String)) -> Result<()> {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        if (spa::sources(place)?, server_sources(place)?) != *known {
            return Ok(());
        }
    }
}

fn server_sources(place: &Place) -> Result<String> {
    stamp::of_tree(
        &place.root,
        &["crates", "policies", "locales", "style", "Cargo.lock"],
    )
}

/// Builds the binary for delivery and packs it with its papers.
pub fn dist(place: &Place) -> Result<()> {
    setup::run(place)?;
    if node::find(place).is_none() {
        return Err(Failure::new(format!(
            "dist needs Node {} or later, for a small app",
            node::OLDEST
        )));
    }
    spa::build(place)?;
    let binary = server(place, true)?;
    let name = format!(
        "haochaping-{}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let folder = place.target("package").join(&name);
    std::fs::create_dir_all(&folder).during(format_args!("making {}", folder.display()))?;
    let papers = ["LICENSE", "README.md", "docs/DEPLOY.md"].map(|paper| place.at(paper));
    for file in papers.into_iter().chain([binary]) {
        let to = folder.join(file.file_name().unwrap_or_default());
        std::fs::copy(&file, to).during(format_args!("copying {}", file.display()))?;
    }
    let mut tar = place.command("tar");
    tar.arg("-C").arg(place.target("package")).args(["-czf"]);
    tar.arg(place.target("package").join(format!("{name}.tar.gz")))
        .arg(&name);
    sh::run("packing", &mut tar)?;
    say(format_args!("packed {}.tar.gz", folder.display()));
    Ok(())
}

/// Builds the server, which takes the app in `dist/` into itself.
pub fn server(place: &Place, release: bool) -> Result<PathBuf> {
    let mut build = place.cargo();
    build.args(["build", "--package", "server", "--bin", "haochaping"]);
    if release {
        build.arg("--release");
    }
    sh::run("building the server with the app inside", &mut build)?;
    let profile = if release { "release" } else { "debug" };
    Ok(place
        .target(profile)
        .join(format!("haochaping{}", std::env::consts::EXE_SUFFIX)))
}

fn demo(place: &Place, binary: &Path, data: &Path) -> Result<()> {
    if data.exists() {
        return Ok(());
    }
    let mut command = place.command(binary);
    command.arg("demo").arg("--data").arg(data);
    sh::run("making the demo folder", &mut command).map_err(|failure| {
        Failure::new(format!(
            "{failure}\nIf {} was left half made, remove it.",
            data.display()
        ))
    })
}

fn serving(place: &Place, binary: &Path, serve: &Where) -> Result<Command> {
    let mut command = place.command(binary);
    command
        .arg("serve")
        .arg("--data")
        .arg(serve.folder(place)?)
        .args(["--listen", &serve.listen]);
    Ok(command)
}

/// Lets the server take the place of this process, so that it receives the signals itself.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Failure::new(format!(
        "starting {}: {error}",
        sh::shown(command)
    )))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    let status = command.status().during(sh::shown(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("the server ended: {status}")))
    }
}
