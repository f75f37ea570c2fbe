//! A server as a process of its own.

use super::{Outcome, folder::Folder};
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
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
        if let Some(url) = &folder.database {
            command.args(["--database", url]);
        }
        let log = File::options().create(true).append(true).open(folder.path.join("server.log"))?;
        command.stderr(log);
        Self::spawn(command).await
    }

    /// Starts any server that greets with its address.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn spawn(mut command: Command) -> Outcome<Self> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let greeted = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.strip_prefix(GREETING) {
                    return Ok::<_, super::Fault>(address.trim_end_matches('/').parse()?);
                }
            }
            Err("the server ended without a greeting; its log says why".into())
        };
        let address = timeout(PATIENCE, greeted).await??;
        // The rest of the greeting is read away, so that the server never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pid(&self) -> Outcome<u32> {
        Ok(self.child.id().ok_or("the server has ended")?)
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub async fn kill(mut self) -> Outcome {
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("the server had ended by itself: {status}").into());
        }
        Ok(timeout(PATIENCE, self.child.kill()).await??)
    }

    /// Asks it to stop, and waits until it has emptied its lane.
    ///
    /// # Errors
    /// When it does not stop, or not well.
    pub async fn stop(mut self) -> Outcome {
        signal("TERM", self.pid()?).await?;
        let status = timeout(PATIENCE, self.child.wait()).await??;
        super::promise(status.success(), || format!("the server stopped with {status}"))
    }

    /// The most memory it has held, in KiB (`VmHWM`).
    ///
    /// # Errors
    /// When the system does not say.
    pub fn peak_memory_kib(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmHWM")?;
        Ok(number.parse()?)
    }
}

/// Sends a signal to a process that this run started.
///
/// # Errors
/// When there is no such process.
pub async fn signal(name: &str, pid: u32) -> Outcome {
    let status = Command::new("kill").args([format!("-{name}"), pid.to_string()]).status().await?;
    super::promise(status.success(), || format!("kill -{name} {pid}: {status}"))
}
