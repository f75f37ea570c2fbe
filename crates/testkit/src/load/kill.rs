//! `kill -9` under load: what was acknowledged is there exactly once, whenever the server dies.

use super::{
    Outcome,
    audit::{self, Acknowledged},
    client::Connection,
    drive::{key, plate},
    folder::Folder,
    mix,
    process::Server,
};
use contract::paths;
use demo::Chance;
use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Mutex, task::JoinSet, time::sleep};

/// Connections that post at once.
const CONNECTIONS: usize = 32;
/// The most ratings of one round.
const ROUND_MAX: u64 = 20_000;

/// How to run it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often the server is killed.
    pub kills: u32,
    /// Where the moments of the kills come from.
    pub seed: u64,
}

/// What a run saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Kills.
    pub kills: u32,
    /// Ratings acknowledged before the server died.
    pub before: u64,
    /// Ratings in doubt at a kill, acknowledged when they were sent again.
    pub doubtful: u64,
    /// Of those in doubt, how many had been stored already.
    pub stored_unheard: u64,
    /// Batches of the lanes.
    pub batches: u64,
}

/// What the citizens of a run remember.
#[derive(Default)]
struct Round {
    acknowledged: Vec<(u64, String)>,
    doubtful: Vec<u64>,
}

/// Kills and restarts the server, sends everything again, and audits the folder.
///
/// # Errors
/// The first broken promise.
pub async fn run(binary: &Path, folder: &Folder, plan: &Plan) -> Outcome<Tally> {
    let before = audit::Totals::read(folder).await?;
    let mut chance = Chance::of(plan.seed, 0);
    let mut tally = Tally::default();
    let mut known = Vec::new();
    let next = Arc::new(AtomicU64::new(0));
    for _ in 0..plan.kills {
        let server = Server::start(binary, folder).await?;
        let round = under_load(server, folder, &next, moment(&mut chance)).await?;
        tally.kills += 1;
        tally.before += round.acknowledged.len() as u64;
        tally.doubtful += round.doubtful.len() as u64;
        let server = Server::start(binary, folder).await?;
        let again = send_again(server.address(), folder, round).await?;
        tally.stored_unheard += again.stored_unheard;
        known.extend(again.acknowledged);
        // The next round begins with a kill in an idle moment: recovery of a recovery.
        server.kill()?;
    }
    let server = Server::start(binary, folder).await?;
    server.stop().await?;
    tally.batches = audit::run(folder, before, known).await?;
    Ok(tally)
}

/// Posts from every connection until the server is killed at the given moment.
async fn under_load(
    server: Server,
    folder: &Folder,
    next: &Arc<AtomicU64>,
    moment: Duration,
) -> Outcome<Round> {
    let round = Arc::new(Mutex::new(Round::default()));
    let last = next.load(Ordering::SeqCst) + ROUND_MAX;
    let mut posting = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(server.address()).await?;
        let (folder, next, round) = (folder.clone(), Arc::clone(next), Arc::clone(&round));
        posting.spawn(async move { post(connection, &folder, &next, last, &round).await });
    }
    sleep(moment).await;
    server.kill()?;
    while let Some(ended) = posting.join_next().await {
        ended??;
    }
    Ok(std::mem::take(&mut *round.lock().await))
}

async fn post(
    mut connection: Connection,
    folder: &Folder,
    next: &AtomicU64,
    last: u64,
    round: &Mutex<Round>,
) -> Outcome {
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= last {
            return Ok(());
        }
        match send(&mut connection, folder, number).await? {
            Sent::Created(code) | Sent::Again(code) => {
                round.lock().await.acknowledged.push((number, code));
            }
            Sent::TurnedAway => round.lock().await.doubtful.push(number),
            Sent::Unheard => {
                round.lock().await.doubtful.push(number);
                return Ok(());
            }
        }
    }
}

enum Sent {
    Created(String),
    Again(String),
    TurnedAway,
    Unheard,
}

async fn send(connection: &mut Connection, folder: &Folder, number: u64) -> Outcome<Sent> {
    let body = mix::json(number, plate(&folder.plates, number)?)?;
    let Ok(answer) = connection
        .post_json(paths::API_RATINGS, &key("soak-kill", number), &body)
        .await
    else {
        return Ok(Sent::Unheard);
    };
    let code = answer.field("code");
    match (answer.status, code) {
        (201, Some(code)) => Ok(Sent::Created(code)),
        (200, Some(code)) => Ok(Sent::Again(code)),
        (503, _) => Ok(Sent::TurnedAway),
        (status, _) => Err(format!("rating {number} was answered with {status}").into()),
    }
}

struct Again {
    acknowledged: Vec<Acknowledged>,
    stored_unheard: u64,
}

/// Sends every rating of a round once more, with its key and body.
async fn send_again(address: SocketAddr, folder: &Folder, round: Round) -> Outcome<Again> {
    let mut waiting: Vec<(u64, Option<String>)> = round
        .acknowledged
        .into_iter()
        .map(|(number, code)| (number, Some(code)))
        .collect();
    waiting.extend(round.doubtful.into_iter().map(|number| (number, None)));
    let waiting = Arc::new(Mutex::new(waiting));
    let mut sending = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(address).await?;
        let (folder, waiting) = (folder.clone(), Arc::clone(&waiting));
        sending.spawn(async move {
            let mut own = Again {
                acknowledged: Vec::new(),
                stored_unheard: 0,
            };
            loop {
                let Some((number, first)) = waiting.lock().await.pop() else {
                    return Ok(own);
                };
                let heard = first.is_some();
                let (code, created) = until_answered(&mut connection, &folder, number).await?;
                same_receipt(number, first.as_deref(), &code, created)?;
                own.stored_unheard += u64::from(!heard && !created);
                own.acknowledged.push(Acknowledged {
                    key: key("soak-kill", number),
                    plate: plate(&folder.plates, number)?.to_owned(),
                    level: mix::level(number),
                    receipt: code,
                });
            }
        });
    }
    let mut all = Again {
        acknowledged: Vec::new(),
        stored_unheard: 0,
    };
    while let Some(ended) = sending.join_next().await {
        let own: Outcome<Again> = ended?;
        let own = own?;
        all.acknowledged.extend(own.acknowledged);
        all.stored_unheard += own.stored_unheard;
    }
    Ok(all)
}

async fn until_answered(
    connection: &mut Connection,
    folder: &Folder,
    number: u64,
) -> Outcome<(String, bool)> {
    for _ in 0..50 {
        match send(connection, folder, number).await? {
            Sent::Created(code) => return Ok((code, true)),
            Sent::Again(code) => return Ok((code, false)),
            Sent::TurnedAway => sleep(Duration::from_millis(100)).await,
            Sent::Unheard => {
                return Err(format!("the server did not answer rating {number}").into());
            }
        }
    }
    Err(format!("rating {number} was turned away for five seconds").into())
}

/// What was acknowledged is known to the restarted server, under the same receipt.
fn same_receipt(number: u64, first: Option<&str>, again: &str, created: bool) -> Outcome {
    let Some(first) = first else { return Ok(()) };
    super::promise(!created, || {
        format!("rating {number} was acknowledged before the kill and is not there after it")
    })?;
    super::promise(first == again, || {
        format!("rating {number} had the receipt {first} and has {again} after the kill")
    })
}

/// Within the first second, to the microsecond; the moments of a seed are the same every time.
fn moment(chance: &mut Chance) -> Duration {
    Duration::from_micros(50_000 + chance.next() % 950_000)
}
