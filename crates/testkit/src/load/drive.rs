//! Closed-loop load: so many connections, each sending its next request when the last one
//! is answered, for so long.

use super::{Outcome, client::Connection, mix};
use contract::{paths, rate::field};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// The most requests of one measurement, whatever its time.
const MOST: u64 = 5_000_000;

/// What one visitor does; the number is his alone.
pub trait Visitor: Send + Sync + 'static {
    /// One visit; its last status, and how many bytes came.
    fn visit(
        &self,
        connection: &mut Connection,
        number: u64,
    ) -> impl Future<Output = Outcome<(u16, usize)>> + Send;
}

/// How much load.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Connections.
    pub connections: usize,
    /// How long.
    pub time: Duration,
}

/// What a measurement gave.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Visits without an answer.
    pub broken: u64,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Bytes of the last answer's body.
    pub bytes: usize,
    latencies: Vec<u32>,
}

impl Measured {
    /// Visits that ended with 200 or 201.
    pub fn good(&self) -> u64 {
        self.statuses
            .iter()
            .filter(|(status, _)| **status / 100 == 2)
            .map(|(_, n)| n)
            .sum()
    }

    /// Visits that ended otherwise.
    pub fn bad(&self) -> u64 {
        self.statuses.values().sum::<u64>() - self.good() + self.broken
    }

    /// Good visits a second.
    pub fn rate(&self) -> f64 {
        self.good() as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }

    /// The latency that so many percent stay below, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() * percent / 100).min(last);
        self.latencies
            .get(at)
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    fn join(&mut self, other: Self) {
        for (status, n) in other.statuses {
            *self.statuses.entry(status).or_default() += n;
        }
        self.broken += other.broken;
        self.bytes = self.bytes.max(other.bytes);
        self.latencies.extend(other.latencies);
    }
}

/// Runs visitors against an address.
///
/// # Errors
/// When a connection cannot be opened.
pub async fn drive<V: Visitor>(address: SocketAddr, load: Load, visitor: V) -> Outcome<Measured> {
    let (visitor, next) = (Arc::new(visitor), Arc::new(AtomicU64::new(0)));
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(Connection::open(address).await?);
    }
    let started = Instant::now();
    let until = started + load.time;
    let mut running = JoinSet::new();
    for connection in connections {
        running.spawn(one(
            connection,
            Arc::clone(&visitor),
            Arc::clone(&next),
            until,
        ));
    }
    let mut all = Measured::default();
    while let Some(ended) = running.join_next().await {
        all.join(ended?);
    }
    all.took = started.elapsed();
    all.latencies.sort_unstable();
    Ok(all)
}

async fn one<V: Visitor>(
    mut connection: Connection,
    visitor: Arc<V>,
    next: Arc<AtomicU64>,
    until: Instant,
) -> Measured {
    let mut own = Measured::default();
    while Instant::now() < until {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= MOST {
            break;
        }
        let started = Instant::now();
        match visitor.visit(&mut connection, number).await {
            Ok((status, bytes)) => {
                *own.statuses.entry(status).or_default() += 1;
                own.bytes = bytes;
                own.latencies
                    .push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            // A connection that broke once is of no more use; the report shows it.
            Err(_) => {
                own.broken += 1;
                break;
            }
        }
    }
    own
}

/// Sends ratings as JSON.
pub struct Rater {
    /// Plates, in turn.
    pub plates: Vec<String>,
    /// Makes the keys of this run its own.
    pub run: String,
}

/// The idempotency key of a number within a run.
pub fn key(run: &str, number: u64) -> String {
    format!("{run}-{number:012}")
}

/// The plate whose turn it is.
pub fn plate(plates: &[String], number: u64) -> Outcome<&str> {
    let turn = usize::try_from(number)? % plates.len().max(1);
    Ok(plates.get(turn).ok_or("the folder has no plates")?)
}

impl Visitor for Rater {
    async fn visit(&self, connection: &mut Connection, number: u64) -> Outcome<(u16, usize)> {
        let body = mix::json(number, plate(&self.plates, number)?)?;
        let answer = connection
            .post_json(paths::API_RATINGS, &key(&self.run, number), &body)
            .await?;
        Ok((answer.status, answer.body.len()))
    }
}

/// Reads pages in turn.
pub struct Reader {
    /// Their paths.
    pub paths: Vec<String>,
}

impl Visitor for Reader {
    async fn visit(&self, connection: &mut Connection, number: u64) -> Outcome<(u16, usize)> {
        let answer = connection.get(plate(&self.paths, number)?).await?;
        Ok((answer.status, answer.body.len()))
    }
}

/// Reads as a member of staff.
pub struct Clerk {
    /// What is read.
    pub path: String,
    /// Name and value of the session's cookie.
    pub cookie: String,
}

impl Visitor for Clerk {
    async fn visit(&self, connection: &mut Connection, _: u64) -> Outcome<(u16, usize)> {
        let answer = connection.get_signed_in(&self.path, &self.cookie).await?;
        Ok((answer.status, answer.body.len()))
    }
}

/// What a citizen without script does: opens the plate's page, sends its form, gets the receipt.
pub struct Citizen {
    /// Plates, in turn.
    pub plates: Vec<String>,
}

impl Visitor for Citizen {
    async fn visit(&self, connection: &mut Connection, number: u64) -> Outcome<(u16, usize)> {
        let path = paths::fill(paths::PLATE, plate(&self.plates, number)?);
        let page = connection.get(&path).await?;
        let html = std::str::from_utf8(&page.body)?;
        let key = hidden_key(html).ok_or("the page's form has no key")?;
        let mut answer = connection.post_form(&path, &mix::form(number, key)).await?;
        if let Some(receipt) = answer.location.take() {
            answer = connection.get(&receipt).await?;
        }
        Ok((answer.status, answer.body.len()))
    }
}

/// The value of the form's hidden key.
fn hidden_key(html: &str) -> Option<&str> {
    let field = format!("name=\"{}\" value=\"", field::KEY);
    let (_, rest) = html.split_once(&field)?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let measured = Measured {
            latencies: (1..=100).map(|ms| ms * 1000).collect(),
            ..Measured::default()
        };
        assert!((measured.percentile(50) - 51.0).abs() < f64::EPSILON);
        assert!((measured.percentile(99) - 100.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_key_is_found_in_the_form() {
        let html = r#"<input type="hidden" name="key" value="00ff"><button>"#;
        assert_eq!(hidden_key(html), Some("00ff"));
    }
}
