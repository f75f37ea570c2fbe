//! The ingest lane: one writer task a process, group commit, acknowledgement after the durable commit.

use super::shares::{Shares, Sources};
use crate::{clock::Clock, metrics::Metrics};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};
use store::{IngestOutcome, NewRating, Store, StoreError};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};

/// As many ratings as one transaction takes: enough to share a sync, few enough to answer quickly.
const BATCH_MAX: usize = 256;
/// As many as may wait. A full queue answers 503, blind to the level.
const QUEUE_MAX: usize = 4_096;

type Answer = oneshot::Sender<Result<IngestOutcome, StoreError>>;

struct Waiting {
    rating: NewRating,
    shares: Option<Shares>,
    answer: Answer,
}

/// Decides which ratings are held: those for which one of their shares of the limits is used up.
#[derive(Clone)]
pub struct Sieve {
    /// What is left of the shares.
    pub sources: Arc<Sources>,
    /// By which they fill up again.
    pub clock: Clock,
}

impl Sieve {
    fn holds(&self, shares: &Shares) -> bool {
        !self.sources.take(shares, self.clock.now())
    }
}

/// Why the lane did not take a rating. Nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The queue is full.
    #[error("the queue is full")]
    Full,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The store refused or was cut off.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The lane's end that flows hold.
#[derive(Clone)]
pub struct Lane {
    queue: Arc<Mutex<Option<mpsc::Sender<Waiting>>>>,
    sender: mpsc::WeakSender<Waiting>,
    open: Arc<AtomicBool>,
    metrics: Arc<Metrics>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Lane {
    /// Starts the writer task. `name` is this process's lane, for the gapless batch numbers.
    pub fn start(store: Store, name: String, metrics: Arc<Metrics>, sieve: Sieve) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let weak = sender.downgrade();
        let task = tokio::spawn(run(store, name, queue, Arc::clone(&metrics), sieve));
        Self {
            queue: Arc::new(Mutex::new(Some(sender))),
            sender: weak,
            open: Arc::new(AtomicBool::new(true)),
            metrics,
            task: Arc::new(Mutex::new(Some(task))),
        }
    }

    /// Whether ratings are taken.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }

    /// Queues one rating and waits until its batch is durable.
    ///
    /// # Errors
    /// When the queue is full, the server stops, or the store cannot commit; nothing was acknowledged then.
    pub async fn submit(
        &self,
        rating: NewRating,
        shares: Option<Shares>,
    ) -> Result<IngestOutcome, LaneError> {
        let sender = self.sender.upgrade().ok_or(LaneError::Stopping)?;
        let (answer, answered) = oneshot::channel();
        sender
            .try_send(Waiting {
                rating,
                shares,
                answer,
            })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => {
                    self.metrics.turned_away();
                    LaneError::Full
                }
                mpsc::error::TrySendError::Closed(_) => LaneError::Stopping,
            })?;
        drop(sender);
        answered
            .await
            .map_err(|_| LaneError::Stopping)?
            .map_err(LaneError::Store)
    }

    /// Takes no more and empties the queue; returns when the last batch is durable.
    pub async fn drain(&self) {
        self.open.store(false, Ordering::SeqCst);
        drop(self.queue.lock().await.take());
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the lane ended badly");
        }
    }
}

async fn run(
    store: Store,
    name: String,
    mut queue: mpsc::Receiver<Waiting>,
    metrics: Arc<Metrics>,
    sieve: Sieve,
) {
    let mut waiting = Vec::with_capacity(BATCH_MAX);
    let mut before = 0;
    while queue.recv_many(&mut waiting, BATCH_MAX).await > 0 {
        // Half of those who came last time is enough: the others are read and checked meanwhile.
        gather(&mut queue, &mut waiting, before / 2).await;
        before = waiting.len();
        let (mut ratings, mut shares, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for one in waiting.drain(..) {
            ratings.push(one.rating);
            shares.push((one.shares, OnceLock::new()));
            answers.push(one.answer);
        }
        #[cfg(feature = "unsafe-early-ack-for-soak")]
        let answers = answer_early(&ratings, answers).await;
        // A batch that is stored in parts asks again, and hears the same.
        let hold = |at: usize| {
            let (shares, held) = &shares[at];
            *held.get_or_init(|| shares.as_ref().is_some_and(|shares| sieve.holds(shares)))
        };
        let outcome = store.ingest_holding(&name, &ratings, &hold).await;
        answer(answers, outcome, &metrics);
    }
}

/// Lets those who were woken at the same moment come along: a batch of one pays for a sync of its
/// own, and they would wait for it. Ends when there are `enough`, or when a turn of everybody else
/// has brought nobody.
async fn gather(queue: &mut mpsc::Receiver<Waiting>, waiting: &mut Vec<Waiting>, enough: usize) {
    let mut before = 0;
    while before < waiting.len() && waiting.len() < enough.min(BATCH_MAX) {
        before = waiting.len();
        tokio::task::yield_now().await;
        while waiting.len() < BATCH_MAX
            && let Ok(one) = queue.try_recv()
        {
            waiting.push(one);
        }
    }
}

/// What the soak must catch: everyone is told that all is well, and only then is it stored.
#[cfg(feature = "unsafe-early-ack-for-soak")]
async fn answer_early(ratings: &[NewRating], answers: Vec<Answer>) -> Vec<Answer> {
    for (rating, answer) in ratings.iter().zip(answers) {
        let outcome = IngestOutcome::Accepted {
            rating: rating.rating,
            seq: 1,
        };
        let _ = answer.send(Ok(outcome));
    }
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    Vec::new()
}

fn answer(
    answers: Vec<Answer>,
    outcome: Result<Vec<IngestOutcome>, StoreError>,
    metrics: &Metrics,
) {
    // Whoever hung up has lost nothing: the key makes the retry find the stored rating.
    match outcome {
        Ok(outcomes) => {
            let accepted = outcomes
                .iter()
                .filter(|one| matches!(one, IngestOutcome::Accepted { .. }))
                .count();
            metrics.batch(u64::try_from(accepted).unwrap_or(u64::MAX));
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                let _ = answer.send(Ok(outcome));
            }
        }
        Err(error) => {
            tracing::warn!(%error, ratings = answers.len(), "a batch was not committed");
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Waiting {
        Waiting {
            rating: NewRating::default(),
            shares: None,
            answer: oneshot::channel().0,
        }
    }

    /// How many are gathered where two wait and eight are about to come.
    async fn gathered(enough: usize) -> usize {
        let (sender, mut queue) = mpsc::channel(QUEUE_MAX);
        for _ in 0..8 {
            let sender = sender.clone();
            tokio::spawn(async move { sender.try_send(one()) });
        }
        let mut waiting = vec![one(), one()];
        gather(&mut queue, &mut waiting, enough).await;
        waiting.len()
    }

    #[tokio::test]
    async fn who_was_woken_together_is_stored_together() {
        assert_eq!(gathered(128).await, 10);
    }

    #[tokio::test]
    async fn nobody_is_waited_for_where_enough_have_come() {
        assert_eq!(gathered(2).await, 2);
        assert_eq!(gathered(0).await, 2);
    }
}
