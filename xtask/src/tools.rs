//! What rustup and cargo install for us, in exactly the right version.

use crate::place::{Place, cargo_bin};
use crate::report::{Failure, Result, say};
use crate::sh;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of Firefox's driver.
const GECKODRIVER: &str = "0.36.0";

/// A program that cargo can install.
struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
}

/// Firefox's driver, installed if it is missing.
pub fn geckodriver(place: &Place) -> Result<PathBuf> {
    ensure(
        place,
        &Tool {
            program: "geckodriver",
            package: "geckodriver",
            version: GECKODRIVER,
        },
    )
}

/// Adds the WebAssembly target where rustup is there and the target is not.
pub fn wasm_target(place: &Place) -> Result<()> {
    let Some(rustup) = place.which("rustup") else {
        let root = sh::capture(place.command("rustc").args(["--print", "sysroot"]))?;
        let std = Path::new(root.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib");
        if std.is_dir() {
            return Ok(());
        }
        return Err(Failure::new(
            "rustup is missing and this compiler has no wasm32-unknown-unknown target: install rustup from https://rustup.rs",
        ));
    };
    let installed = sh::capture(
        place
            .command(&rustup)
            .args(["target", "list", "--installed"]),
    )?;
    if installed
        .lines()
        .any(|line| line.trim() == "wasm32-unknown-unknown")
    {
        return Ok(());
    }
    sh::run(
        "adding the compiler's WebAssembly target",
        place
            .command(&rustup)
            .args(["target", "add", "wasm32-unknown-unknown"]),
    )
}

fn ensure(place: &Place, tool: &Tool) -> Result<PathBuf> {
    if let Some(found) = find(place, tool) {
        return Ok(found);
    }
    // Another version on the path belongs to somebody else's work: ours goes beside it.
    let beside = place.which(tool.program).is_some();
    if !binstall(place, tool, beside) {
        install(place, tool, beside)?;
    }
    find(place, tool).ok_or_else(|| {
        Failure::new(format!(
            "{} {} was installed but is not found; is {} on the search path?",
            tool.program,
            tool.version,
            cargo_bin().unwrap_or_default().display()
        ))
    })
}

fn find(place: &Place, tool: &Tool) -> Option<PathBuf> {
    place.every(tool.program).into_iter().find(|program| {
        sh::capture(Command::new(program).arg("--version"))
            .is_ok_and(|said| said.split_whitespace().nth(1) == Some(tool.version))
    })
}

fn binstall(place: &Place, tool: &Tool, beside: bool) -> bool {
    if place.which("cargo-binstall").is_none() {
        return false;
    }
    let mut command = place.cargo();
    command.args([
        "binstall",
        "--no-confirm",
        "--disable-strategies",
        "compile",
    ]);
    command.arg(format!("{}@{}", tool.package, tool.version));
    if beside {
        command.arg("--root").arg(place.at(".tools"));
    }
    let what = format!(
        "fetching {} {} with cargo-binstall",
        tool.program, tool.version
    );
    match sh::run(&what, &mut command) {
        Ok(()) => true,
        Err(error) => {
            say(format_args!("{error}; building it instead"));
            false
        }
    }
}

fn install(place: &Place, tool: &Tool, beside: bool) -> Result<()> {
    let mut command = place.cargo();
    command.args([
        "install",
        tool.package,
        "--version",
        tool.version,
        "--force",
        "--locked",
    ]);
    if beside {
        command.arg("--root").arg(place.at(".tools"));
    }
    // A tool that runs for two seconds need not be optimised for ten minutes.
    command
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    sh::run(
        &format!(
            "building {} {} (several minutes, once)",
            tool.program, tool.version
        ),
        &mut command,
    )
}
