//! A server as a process of its own.

use super::{Fault, Outcome, client::Connection, folder::Folder, promise};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    sync::oneshot,
    time::{sleep, timeout},
};

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// With this word a server says where it listens.
pub const GREETING: &str = "好差评 http://";

/// A running server; it is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Serves a folder on a free port of this machine; the log goes to a file in the folder,
    /// with the server's own default of what is logged.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(binary: &Path, folder: &Folder) -> Outcome<Self> {
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data").arg(&folder.path);
        command.args(["--listen", "127.0.0.1:0"]);
        // Whole cities come from the one address of this machine.
        if has_limits(binary)? {
            command.arg("--no-limits");
        }
        if let Some(url) = &folder.database {
            command.args(["--database", url]);
        }
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.path.join("server.log"))?;
        command.stderr(log);
        let server = Self::spawn(command).await?;
        // It greets a moment before it listens to signals; an answer comes after that.
        let alive = Connection::open(server.address)
            .await?
            .get("/healthz")
            .await?;
        promise(alive.status == 200, || {
            format!("/healthz: {}", alive.status)
        })?;
        Ok(server)
    }

    /// Starts any server that greets with its address.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn spawn(mut command: Command) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let greeted = first_line(stdout, |line| {
            line.strip_prefix(GREETING).map(str::to_owned)
        });
        // From here on whatever goes wrong ends the process with `server`.
        let mut server = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
        };
        let greeted = timeout(PATIENCE, greeted).await?;
        let address =
            greeted.map_err(|_| "the server ended without a greeting; its log says why")?;
        server.address = address.trim_end_matches('/').parse()?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub fn kill(mut self) -> Outcome {
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("the server had ended by itself: {status}").into());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop, and waits until it has emptied its lane.
    ///
    /// # Errors
    /// When it does not stop, or not well.
    pub async fn stop(mut self) -> Outcome {
        signal("TERM", self.pid())?;
        let status = ended(&mut self.child).await?;
        promise(status.success(), || {
            format!("the server stopped with {status}")
        })
    }

    /// The most memory it has held, in KiB (`VmHWM`).
    ///
    /// # Errors
    /// When the system does not say.
    pub fn peak_memory_kib(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line
            .and_then(|line| line.split_whitespace().next())
            .ok_or("no VmHWM")?;
        Ok(number.parse()?)
    }
}

/// Whether a build holds back what comes too fast. One from before did not, and knows no word to lift limits.
fn has_limits(binary: &Path) -> Outcome<bool> {
    let help = Command::new(binary).args(["serve", "--help"]).output()?;
    Ok(String::from_utf8_lossy(&help.stdout).contains("--no-limits"))
}

/// Waits for a process that is about to end.
///
/// # Errors
/// When it does not end in time.
pub async fn ended(child: &mut Child) -> Outcome<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err("a process does not end".into())
}

/// The first line of a process's output that is looked for. The rest is read away, so that
/// the process never waits for us; an error means that the output ended without it.
pub fn first_line(
    output: impl std::io::Read + Send + 'static,
    wanted: impl Fn(&str) -> Option<String> + Send + 'static,
) -> oneshot::Receiver<String> {
    let (found, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut found = Some(found);
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(text) = wanted(&line)
                && let Some(found) = found.take()
            {
                // Nobody waits any longer after the patience has ended.
                let _ = found.send(text);
            }
        }
    });
    told
}

/// Sends a signal to a process that this run started.
///
/// # Errors
/// When there is no such process.
pub fn signal(name: &str, pid: u32) -> Outcome {
    let status = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status();
    let status = status.map_err(|error| Fault::from(format!("kill: {error}")))?;
    promise(status.success(), || format!("kill -{name} {pid}: {status}"))
}
