//! A trace of the system calls of one rating: the write-ahead log is synced between its last
//! write and the acknowledgement. A test with `kill -9` cannot see this, because the kernel
//! keeps what a dead process wrote; only a loss of power would.

use super::{
    Outcome,
    client::Connection,
    drive::key,
    folder::Folder,
    mix,
    process::{self, Server},
    promise,
};
use contract::paths;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::{sleep, timeout};

const CALLS: &str = "trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg,read,readv,recvfrom,recvmsg";
const PATIENCE: Duration = Duration::from_secs(20);

/// The three lines that prove it, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The last write to the log before the acknowledgement.
    pub write: String,
    /// The sync of the log after it.
    pub sync: String,
    /// The acknowledgement.
    pub answer: String,
}

/// Serves a folder, traces the server while it takes one rating, and judges the trace.
///
/// # Errors
/// When strace cannot run, or the acknowledgement came too early.
pub async fn run(binary: &Path, folder: &Folder, number: u64) -> Outcome<Proof> {
    let server = Server::start(binary, folder).await?;
    let file = folder.path.join(format!("trace-{number}.txt"));
    let mut connection = Connection::open(server.address()).await?;
    // The connection and the statements are warm, and what followed from that is done, so that the trace holds
    // one rating only.
    rate(&mut connection, folder, number + 1_000_000).await?;
    sleep(Duration::from_secs(2)).await;
    let tracer = attach(&file, server.pid()).await?;
    rate(&mut connection, folder, number).await?;
    sleep(Duration::from_millis(300)).await;
    detach(tracer).await?;
    server.stop().await?;
    judge(&read(&fs::read_to_string(&file)?))
}

async fn rate(connection: &mut Connection, folder: &Folder, number: u64) -> Outcome {
    let plate = folder.plates.first().ok_or("the folder has no plates")?;
    let body = mix::json(number, plate)?;
    let answer = connection
        .post_json(paths::API_RATINGS, &key("soak-trace", number), &body)
        .await?;
    promise(answer.status == 201, || {
        format!("the rating was answered with {}", answer.status)
    })
}

/// strace on a process; it is told to let go when this is dropped or detached.
struct Tracer(Child);

impl Drop for Tracer {
    fn drop(&mut self) {
        // After a detach it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn attach(file: &Path, pid: u32) -> Outcome<Tracer> {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-ttt", "-y", "-s", "24", "-e", CALLS, "-o"])
        .arg(file);
    command
        .args(["-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| {
        format!("strace cannot be started (install the package strace): {error}")
    })?;
    let mut tracer = Tracer(child);
    let stderr = tracer.0.stderr.take().ok_or("strace has no output")?;
    let said = process::first_line(stderr, |line| {
        (line.contains(" attached") || line.contains("not permitted")).then(|| line.to_owned())
    });
    let said = timeout(PATIENCE, said)
        .await?
        .map_err(|_| "strace ended before it was attached")?;
    promise(said.contains(" attached"), || said)?;
    Ok(tracer)
}

async fn detach(mut tracer: Tracer) -> Outcome {
    process::signal("INT", tracer.0.id())?;
    process::ended(&mut tracer.0).await.map(drop)
}

/// One traced call; `began` and `ended` are line numbers, which follow the order of events.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    name: String,
    began: usize,
    ended: usize,
    text: String,
}

impl Call {
    fn is_on_log(&self) -> bool {
        self.text.contains("-wal>")
    }

    fn writes_log(&self) -> bool {
        self.is_on_log()
            && matches!(
                self.name.as_str(),
                "pwrite64" | "pwritev" | "write" | "writev"
            )
    }

    fn syncs_log(&self) -> bool {
        self.is_on_log()
            && matches!(self.name.as_str(), "fdatasync" | "fsync")
            && self.text.ends_with("= 0")
    }

    fn asks(&self) -> bool {
        self.text.contains("\"POST /api/v1/ratings")
    }

    fn acknowledges(&self) -> bool {
        self.text.contains("\"HTTP/1.1 20")
    }
}

/// Reads strace's output; a call that another thread interrupted is put together again.
fn read(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((thread, rest)) = word(line) else {
            continue;
        };
        let Some((_, rest)) = word(rest) else {
            continue;
        };
        if rest.starts_with("<... ") {
            let Some(index) = open.iter().position(|(owner, _)| owner == thread) else {
                continue;
            };
            let (_, call) = open.swap_remove(index);
            let ending = rest
                .split_once(" resumed>")
                .map_or("", |(_, ending)| ending);
            calls[call].ended = at;
            calls[call].text = calls[call].text.replace(" <unfinished ...>", "") + ending;
        } else if let Some((name, _)) = rest.split_once('(') {
            let unfinished = rest.contains("<unfinished ...>");
            if unfinished {
                open.push((thread.to_owned(), calls.len()));
            }
            calls.push(Call {
                name: name.to_owned(),
                began: at,
                // A call whose end was not seen has not ended.
                ended: if unfinished { usize::MAX } else { at },
                text: line.to_owned(),
            });
        }
    }
    calls
}

/// The first word and what follows it; strace fills short thread ids up with spaces.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.trim_start().split_once(' ')?;
    Some((word, rest.trim_start()))
}

/// The request, then a log write, then a sync that has ended, then the answer. What is written afterwards is the
/// ticket that follows a bad rating (`docs/decisions/0021`).
fn judge(calls: &[Call]) -> Outcome<Proof> {
    let asked = calls
        .iter()
        .find(|call| call.asks())
        .ok_or("the trace holds no request")?;
    let answer = calls
        .iter()
        .find(|call| call.acknowledges())
        .ok_or("the trace holds no acknowledgement")?;
    let write = calls
        .iter()
        .rfind(|call| call.writes_log() && call.began > asked.ended && call.ended < answer.began)
        .ok_or_else(|| {
            format!(
                "acknowledged before anything was written to the log: {}",
                answer.text
            )
        })?;
    let sync = calls
        .iter()
        .find(|call| call.syncs_log() && call.began > write.ended && call.ended < answer.began)
        .ok_or_else(|| {
            format!(
                "no sync of the log between its last write and the answer:\n  {}\n  {}",
                write.text, answer.text
            )
        })?;
    Ok(Proof {
        write: write.text.clone(),
        sync: sync.text.clone(),
        answer: answer.text.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "8 1.0 recvfrom(14<socket:[5]>, \"POST /api/v1/ratings HTT\"..., 8192, 0, NULL, NULL) = 300";
    const WRITE: &str = "7 1.1 pwrite64(9</d/h.db-wal>, \"x\", 4096, 56) = 4096";
    const SYNC: &str = "7     1.2 fdatasync(9</d/h.db-wal>) = 0";
    const ANSWER: &str =
        "8 1.3 writev(14<socket:[5]>, [{iov_base=\"HTTP/1.1 201 Created\\r\"...}], 2) = 600";

    fn verdict(lines: &[&str]) -> Outcome<Proof> {
        judge(&read(&[&[ASKED], lines].concat().join("\n")))
    }

    #[test]
    fn a_sync_between_write_and_answer_is_the_proof() {
        let proof = verdict(&[WRITE, SYNC, ANSWER]).expect("a proof");
        assert_eq!(
            (proof.write.as_str(), proof.answer.as_str()),
            (WRITE, ANSWER)
        );
    }

    #[test]
    fn a_sync_that_has_not_ended_when_the_answer_begins_is_none() {
        let begun = "7 1.2 fdatasync(9</d/h.db-wal> <unfinished ...>";
        let ended = "7 1.4 <... fdatasync resumed>) = 0";
        assert!(verdict(&[WRITE, begun, ANSWER, ended]).is_err());
        let proof = verdict(&[WRITE, begun, ended, ANSWER]).expect("a proof");
        assert_eq!(proof.sync, "7 1.2 fdatasync(9</d/h.db-wal>) = 0");
    }

    #[test]
    fn a_sync_of_another_file_or_before_the_last_write_is_none() {
        let other = "7 1.2 fdatasync(10</d/h.db>) = 0";
        assert!(verdict(&[WRITE, other, ANSWER]).is_err());
        assert!(verdict(&[WRITE, SYNC, WRITE, ANSWER]).is_err());
    }

    #[test]
    fn an_answer_before_the_write_is_early() {
        assert!(verdict(&[ANSWER, WRITE, SYNC]).is_err());
        let before_it_was_asked = [WRITE, SYNC, ASKED, ANSWER, WRITE, SYNC];
        assert!(judge(&read(&before_it_was_asked.join("\n"))).is_err());
        assert!(
            verdict(&[WRITE, SYNC, ANSWER, WRITE, SYNC]).is_ok(),
            "a ticket follows"
        );
    }
}
