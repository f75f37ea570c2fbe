//! Starting other programs: with a heading, a heartbeat while they are silent, and an
//! error that names the step.

use crate::report::{During, Failure, Result, say};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const HEARTBEAT: Duration = Duration::from_secs(20);

/// Says every twenty seconds that a step is still at work.
struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    fn start(what: &str) -> Self {
        let (stop, stopped) = channel();
        let what = what.to_owned();
        let begun = Instant::now();
        let thread = std::thread::spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(HEARTBEAT) {
                say(format_args!(
                    "  … {what} ({} s so far)",
                    begun.elapsed().as_secs()
                ));
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A heartbeat that panicked has nothing left to tell.
            let _ = thread.join();
        }
    }
}

/// Runs a program to its end; its output goes to standard error, where the progress is.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    say(what);
    let beat = Heartbeat::start(what);
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .during(format_args!("{what}: {}", shown(command)))?;
    drop(beat);
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{what} failed ({status}): {}",
        shown(command)
    )))
}

/// Runs a program and gives what it printed.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .during(shown(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!(
        "{} ({}): {}",
        shown(command),
        output.status,
        complaint.trim()
    )))
}

/// What became of a program whose output was shown and searched at the same time.
pub struct Watched {
    /// Whether it ended well.
    pub ok: bool,
    /// The lines that were asked for.
    pub kept: Vec<String>,
}

/// Runs a program, shows its output as it comes, and keeps the lines `keep` chooses.
pub fn watch(what: &str, command: &mut Command, keep: fn(&str) -> bool) -> Result<Watched> {
    say(what);
    let _beat = Heartbeat::start(what);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .during(format_args!("{what}: {}", shown(command)))?;
    let mut kept = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.during(format_args!("reading the output of {what}"))?;
            let line = String::from_utf8_lossy(&line);
            // The reader of our output may be gone; the step is finished all the same.
            let _ = writeln!(std::io::stdout(), "{line}");
            if keep(&line) {
                kept.push(line.into_owned());
            }
        }
    }
    let status = child.wait().during(format_args!("waiting for {what}"))?;
    Ok(Watched {
        ok: status.success(),
        kept,
    })
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
