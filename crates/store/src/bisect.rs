//! Finding the rows that the engine refuses.

use std::ops::Range;

use crate::error::{Result, StoreError};

/// Halves a batch that the engine refuses until the culprit stands alone.
#[derive(Debug)]
pub(crate) struct Bisect<O> {
    work: Vec<Range<usize>>,
    outcomes: Vec<Option<O>>,
}

impl<O> Bisect<O> {
    pub fn new(len: usize) -> Self {
        let work = if len == 0 {
            Vec::new()
        } else {
            vec![0..len; 1]
        };
        Self {
            work,
            outcomes: (0..len).map(|_| None).collect(),
        }
    }

    /// The next part to try.
    pub fn next(&mut self) -> Option<Range<usize>> {
        self.work.pop()
    }

    /// Takes the part's outcomes; halves it if it was refused; gives up on any other error.
    pub fn settle(
        &mut self,
        part: Range<usize>,
        done: Result<Vec<O>>,
        refuse: fn(String) -> O,
    ) -> Result<()> {
        match done {
            Ok(outcomes) => {
                for (i, outcome) in part.zip(outcomes) {
                    self.outcomes[i] = Some(outcome);
                }
            }
            Err(StoreError::Refused(why)) if part.len() == 1 => {
                self.outcomes[part.start] = Some(refuse(why));
            }
            Err(StoreError::Refused(_)) => {
                let middle = part.start + part.len() / 2;
                self.work.push(middle..part.end);
                self.work.push(part.start..middle);
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// All outcomes, in the order of the batch.
    pub fn finish(self) -> Result<Vec<O>> {
        let all: Option<Vec<O>> = self.outcomes.into_iter().collect();
        all.ok_or_else(|| StoreError::Internal("a part of the batch has no outcome".into()))
    }
}
