//! Whether a ticket that somebody may not see can be told by its time from one that is not there.

use super::{Outcome, client::Connection, drive::key, folder::Folder, process::Server, promise};
use contract::{paths, rate::RatingCreate};
use flow::staff::token_hash;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use store::Session;
use tokio::time::sleep;

/// A number that no ticket has.
const MISSING: &str = "G000-000-000";
/// A session's token; the servers of these runs listen to this machine only.
const TOKEN: &str = "hidden";
/// Answers of each kind.
const ASKED: usize = 8_000;
/// Whoever guesses takes the mean of so many answers for one guess.
const A_GUESS: usize = 20;
/// Longer than a ticket may take to follow its rating.
const PATIENCE: Duration = Duration::from_secs(20);

/// What somebody saw of both kinds.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who asked, and why the ticket is hidden from them.
    pub who: &'static str,
    /// The middle answer about a hidden ticket, in microseconds.
    pub hidden: u32,
    /// The middle answer about a missing one.
    pub missing: u32,
    /// Guesses that were right, of a hundred; fifty is what a coin gives.
    pub right: f64,
}

/// Who asks: the rated person, somebody at the next window before the release, and another unit's.
const ASKING: [(&str, &str); 3] = [
    ("p-yin", "the rated person"),
    ("p-sun", "the next window, before the release"),
    ("p-duan", "another unit"),
];

/// Asks in turn for a ticket that is hidden and for one that is missing.
///
/// # Errors
/// When a ticket does not follow, or an answer is not 404.
pub async fn run(binary: &Path, folder: &Folder) -> Outcome<Vec<Seen>> {
    enter_sessions(folder).await?;
    let server = Server::start(binary, folder).await?;
    let mut connection = Connection::open(server.address()).await?;
    let number = new_ticket(&mut connection, folder).await?;
    let mut seen = Vec::new();
    for (staff, who) in ASKING {
        let cookie = format!("haochaping={TOKEN}-{staff}");
        let (hidden, missing) = ask(&mut connection, &number, &cookie).await?;
        seen.push(Seen {
            who,
            right: guessed(&hidden, &missing),
            hidden: middle(hidden),
            missing: middle(missing),
        });
    }
    server.stop().await?;
    Ok(seen)
}

async fn enter_sessions(folder: &Folder) -> Outcome {
    let store = folder.store().await?;
    for (staff, _) in ASKING {
        let session = Session {
            token_hash: token_hash(&format!("{TOKEN}-{staff}")),
            staff: staff.to_owned(),
            created_at: 0,
            expires_at: i64::MAX,
            used_at: i64::MAX,
        };
        store.session_put(session).await?;
    }
    store.close().await;
    Ok(())
}

/// Rates the third window badly, and waits for the ticket that follows.
async fn new_ticket(connection: &mut Connection, folder: &Folder) -> Outcome<String> {
    let store = folder.store().await?;
    let plates = store.plates().await?;
    let plate = plates.into_iter().find(|plate| plate.win == "w03");
    let rating = RatingCreate {
        plate: Some(plate.ok_or("no plate at the third window")?.code),
        level: 1.into(),
        ..RatingCreate::default()
    };
    let body = serde_json::to_string(&rating)?;
    let key = key("hidden", 0);
    let answer = connection
        .post_json(paths::API_RATINGS, &key, &body)
        .await?;
    promise(answer.status == 201, || format!("rated: {}", answer.status))?;
    let unit = store.windows().await?.into_iter().find(|w| w.code == "w03");
    let unit = unit.ok_or("no third window")?.unit;
    let rating = store.submission(&unit, &key).await?.ok_or("not stored")?;
    let begun = Instant::now();
    let number = loop {
        if let Some(ticket) = store.ticket_of_rating(&unit, &rating.rating).await? {
            break ticket.number;
        }
        promise(begun.elapsed() < PATIENCE, || "no ticket followed".into())?;
        sleep(Duration::from_millis(100)).await;
    };
    store.close().await;
    Ok(number)
}

/// Microseconds of each answer about the hidden ticket, and about the missing one.
async fn ask(
    connection: &mut Connection,
    number: &str,
    cookie: &str,
) -> Outcome<(Vec<u32>, Vec<u32>)> {
    let paths = [number, MISSING].map(|number| paths::fill(paths::API_TICKET, number));
    let mut took = [Vec::with_capacity(ASKED), Vec::with_capacity(ASKED)];
    for turn in 0..ASKED {
        // Whoever always comes second would find everything warm.
        for at in [turn % 2, 1 - turn % 2] {
            let begun = Instant::now();
            let answer = connection.get_signed_in(&paths[at], cookie).await?;
            took[at].push(u32::try_from(begun.elapsed().as_micros())?);
            promise(answer.status == 404, || format!("asked: {}", answer.status))?;
        }
    }
    let [hidden, missing] = took;
    Ok((hidden, missing))
}

fn middle(mut all: Vec<u32>) -> u32 {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// How many of a hundred guesses are right, for somebody who learned from the first half of the answers where
/// to draw the line, and on which side of it hidden tickets are.
fn guessed(hidden: &[u32], missing: &[u32]) -> f64 {
    let means = |all: &[u32]| -> Vec<f64> {
        let blocks = all.chunks_exact(A_GUESS);
        blocks
            .map(|block| block.iter().map(|took| f64::from(*took)).sum::<f64>() / A_GUESS as f64)
            .collect()
    };
    let (hidden, missing) = (means(hidden), means(missing));
    let (learnt_h, guessed_h) = hidden.split_at(hidden.len() / 2);
    let (learnt_m, guessed_m) = missing.split_at(missing.len() / 2);
    let right = |line: f64, above: bool, h: &[f64], m: &[f64]| {
        let is_right = |hidden: bool| move |mean: &&f64| ((**mean > line) == above) == hidden;
        let right =
            h.iter().filter(is_right(true)).count() + m.iter().filter(is_right(false)).count();
        right as f64 / (h.len() + m.len()).max(1) as f64
    };
    let lines = learnt_h.iter().chain(learnt_m);
    let ways = lines.flat_map(|line| [(*line, true), (*line, false)]);
    let best = ways.max_by(|a, b| {
        let score = |way: &(f64, bool)| right(way.0, way.1, learnt_h, learnt_m);
        score(a).total_cmp(&score(b))
    });
    best.map_or(50.0, |(line, above)| {
        right(line, above, guessed_h, guessed_m) * 100.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found_and_none_is_a_coin() {
        let noise = |seed: u32| -> Vec<u32> {
            (0..8_000u32)
                .map(|n| 400 + (n.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 16) % 100)
                .collect()
        };
        let slower: Vec<u32> = noise(7).iter().map(|took| took + 40).collect();
        assert!(guessed(&slower, &noise(9)) > 95.0);
        assert!(guessed(&noise(9), &slower) > 95.0);
        let coin = guessed(&noise(7), &noise(40_503));
        assert!((30.0..=70.0).contains(&coin), "{coin}");
    }
}
