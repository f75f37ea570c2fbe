//! How many ratings may come from one source before they wait for a person (核验中).
//!
//! Limits never look at the level. They are wide enough that no hall meets them on its busiest day, and narrow
//! enough that what one hand sends in a night stands out. A rating above one is accepted all the same
//! (`domain.md` 4.7): it is held, and counts once somebody has looked at it.

/// A share that fills up again as time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// As many may come at once.
    pub burst: i64,
    /// As many may come in an hour after that.
    pub an_hour: i64,
}

const HOUR_MS: i64 = 3_600_000;

impl Limit {
    /// One phone. A tablet that is handed from citizen to citizen at a window is one too, and a window serves
    /// one in two minutes at most.
    pub const DEVICE: Self = Self {
        burst: 20,
        an_hour: 30,
    };
    /// All phones of one network that keep no cookie: a hall of twelve windows with twenty people an hour each, if
    /// none of them does. Of a carrier's customers, who are more, few do not.
    pub const UNMARKED: Self = Self {
        burst: 240,
        an_hour: 240,
    };
    /// What one network sends to one window: a third more than the window can serve, the people of an hour at once.
    /// A hall is one network; so each of its windows has a share of its own.
    pub const WINDOW_OF_NETWORK: Self = Self {
        burst: 40,
        an_hour: 40,
    };
    /// What one window gets from everywhere: four times what it can serve.
    pub const WINDOW: Self = Self {
        burst: 120,
        an_hour: 120,
    };
    /// What one network sends about the services of one unit: those who were served by twelve windows of it at once.
    /// Of a carrier's customers, who get their links by message, as many rate one unit in an hour.
    pub const UNIT_OF_NETWORK: Self = Self {
        burst: 240,
        an_hour: 240,
    };
    /// The link of one service event, which is rated once: a few changes of mind, and a few lost answers.
    pub const LINK: Self = Self {
        burst: 10,
        an_hour: 10,
    };

    /// What is kept of a share after one more was taken of it. All that is kept is when the share will be full again;
    /// what is full again can be forgotten.
    ///
    /// # Errors
    /// What is kept of it where none is left.
    pub fn take(self, until: i64, now: i64) -> Result<i64, i64> {
        let each = HOUR_MS / self.an_hour.max(1);
        let empty = now.saturating_add(each.saturating_mul(self.burst.max(1)));
        // A clock that was set back does not close a share for longer than it takes to fill.
        let begin = until.clamp(now, empty);
        let end = begin.saturating_add(each);
        if end <= empty { Ok(end) } else { Err(begin) }
    }
}
