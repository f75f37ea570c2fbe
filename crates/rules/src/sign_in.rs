//! How often somebody may try to sign in: whoever tries waits, and nobody is kept out by strangers
//! (等保2.0 身份鉴别 b).
//!
//! A limit on names alone lets anybody lock every name there is. So tries are counted by where they come
//! from first: a network waits a minute, a name at one network a quarter of an hour, and only a name that is
//! tried from many networks is locked for all whose device is not known. A device from which that person
//! has signed in before has a count of its own.

use crate::codes::codes;

/// How many tries fail before there is a wait, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Tries.
    pub tries: i64,
    /// Milliseconds.
    pub wait_ms: i64,
}

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;
/// The longest wait there is, in milliseconds.
pub const LONGEST_MS: i64 = 15 * MINUTE;

codes! {
    /// What is counted when somebody tries to sign in.
    pub enum Counted {
        /// A device from which this very person has signed in before.
        Device = "device",
        /// A network, whatever names it tries.
        Network = "network",
        /// A name at one network.
        NameAtNetwork = "name_at_network",
        /// A name, wherever it is tried.
        Name = "name",
    }
}

impl Counted {
    /// What it allows. An office of ten behind one address mistypes now and then; a person mistypes thrice.
    #[must_use]
    pub const fn allowance(self) -> Allowance {
        match self {
            Self::Device | Self::NameAtNetwork => Allowance {
                tries: 5,
                wait_ms: LONGEST_MS,
            },
            Self::Network => Allowance {
                tries: 20,
                wait_ms: MINUTE,
            },
            Self::Name => Allowance {
                tries: 30,
                wait_ms: LONGEST_MS,
            },
        }
    }

    /// What counts for a try: of a known device only that.
    #[must_use]
    pub const fn of_try(known_device: bool) -> &'static [Self] {
        match known_device {
            true => &[Self::Device],
            false => &[Self::Network, Self::NameAtNetwork, Self::Name],
        }
    }
}

/// How long somebody still waits at `now`; a wait that lies further ahead than it could have been set is
/// none, since then a clock was wrong.
#[must_use]
pub fn waits(locked_until: i64, now: i64, allowance: Allowance) -> Option<i64> {
    let left = locked_until.saturating_sub(now);
    (left > 0 && left <= allowance.wait_ms).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_and_a_wrong_clock_never_makes_it_longer() {
        let name = Counted::Name.allowance();
        assert_eq!(waits(LONGEST_MS, 0, name), Some(LONGEST_MS));
        assert_eq!(waits(LONGEST_MS, LONGEST_MS, name), None);
        // The clock was a day ahead when the lock was set.
        assert_eq!(waits(86_400_000 + LONGEST_MS, 0, name), None);
    }

    #[test]
    fn no_wait_is_longer_than_the_longest() {
        for counted in Counted::ALL {
            assert!(counted.allowance().wait_ms <= LONGEST_MS, "{counted}");
        }
    }
}
