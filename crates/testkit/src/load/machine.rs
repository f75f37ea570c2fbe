//! The machine on which something was measured.

use super::Outcome;
use std::{
    fs::{self, File},
    io::{self, Seek, Write},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once([':', '='])
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// Processor, memory, system, compiler, and what a sync costs in `folder`, as Markdown rows.
///
/// # Errors
/// When the system does not say.
pub fn conditions(folder: &Path) -> Outcome<String> {
    let processor = fs::read_to_string("/proc/cpuinfo")?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let cores = std::thread::available_parallelism()?;
    let gib = after(&memory, "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .map_or_else(String::new, |kib| {
            format!("{:.0} GiB", kib / 1024.0 / 1024.0)
        });
    let fdatasync = syncs(folder, File::sync_data)?;
    let fsync = syncs(folder, File::sync_all)?;
    let rows = [
        (
            "processor",
            format!(
                "{cores} × {}",
                after(&processor, "model name").unwrap_or("unknown")
            ),
        ),
        ("memory", gib),
        (
            "system",
            format!(
                "{}, Linux {}",
                after(&system, "PRETTY_NAME").unwrap_or("?"),
                kernel.trim()
            ),
        ),
        (
            "disk",
            format!(
                "one durable 8 kB write, one thread: fdatasync {fdatasync}; fsync {fsync} (SQLite here uses fsync)"
            ),
        ),
        ("compiler", compiler()),
        (
            "network",
            "127.0.0.1, HTTP/1.1, keep-alive, no TLS; the load client runs on the same cores"
                .to_owned(),
        ),
    ];
    Ok(rows
        .map(|(name, value)| format!("| {name} | {value} |\n"))
        .concat())
}

fn compiler() -> String {
    let said = Command::new("rustc").arg("-V").output();
    let text = said
        .map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned())
        .unwrap_or_default();
    format!("{text}, release build")
}

/// Load average of the last minute, before a run.
///
/// # Errors
/// When the system does not say.
pub fn load_average() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text
        .split_whitespace()
        .next()
        .ok_or("no load average")?
        .parse()?)
}

/// Microseconds of one durable 8 kB write, and how many there were in a second.
fn syncs(folder: &Path, sync: fn(&File) -> io::Result<()>) -> Outcome<String> {
    let path = folder.join("sync-probe");
    let mut file = File::create(&path)?;
    let block = [7; 8192];
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < Duration::from_secs(1) {
        file.rewind()?;
        file.write_all(&block)?;
        sync(&file)?;
        count += 1;
    }
    let each = started.elapsed().as_secs_f64() * 1e6 / f64::from(count);
    fs::remove_file(&path)?;
    Ok(format!("{each:.0} µs, {count}/s"))
}
