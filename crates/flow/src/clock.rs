//! The only place that reads the time.
//!
//! A folder created as demo has a rehearsal clock, kept in its file `clock`; any other folder
//! has none, so that no figure of a real city can be made at another time than its own.
//!
//! A real clock is measured against the last time that the database knows (decision 0023): by more
//! than a day it may not differ, and what it gives never goes back.

use crate::region::Region;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use time::{Date, OffsetDateTime, UtcOffset};

/// Milliseconds of one day.
pub const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

/// A clock that cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this machine's clock says {}, but the last time that the database knows is {}; set the clock, \
     or, if it is right and the server was only off, say so once with `haochaping clock --is-right`",
    written(*.says), written(*.known)
)]
pub struct ClockFault {
    /// What the clock says.
    pub says: Millis,
    /// What the database knows.
    pub known: Millis,
}

/// Nothing has been heard yet.
const UNHEARD: Millis = Millis::MIN;

/// By how much less than a believed time may be heard before it has been taken back.
const TAKEN_BACK_MS: i64 = 10 * 60_000;

/// The clock of a folder.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Arc<AtomicI64>,
    file: Option<PathBuf>,
    /// The last time that was believed; a rehearsal clock moves freely.
    known: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The real time.
    pub fn system() -> Self {
        Self {
            offset: Arc::new(AtomicI64::new(0)),
            file: None,
            known: Some(Arc::new(AtomicI64::new(UNHEARD))),
        }
    }

    /// The clock of a folder: that of its file `clock` where the region is invented, else the real time,
    /// whatever files there are.
    ///
    /// # Errors
    /// When the file of an invented region cannot be read.
    pub fn of_folder(folder: &Path, region: &Region) -> io::Result<Self> {
        let file = folder.join("clock");
        if !region.demo {
            if file.exists() {
                tracing::warn!(file = %file.display(), "not obeyed: the region is real, and so is its time");
            }
            return Ok(Self::system());
        }
        let clock = Self {
            offset: Arc::new(AtomicI64::new(0)),
            file: Some(file),
            known: None,
        };
        clock.reload()?;
        Ok(clock)
    }

    /// Reads the folder's file again, so that a rehearsal moves on while the server runs.
    ///
    /// # Errors
    /// When the file cannot be read or holds no number.
    pub fn reload(&self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let offset = fs::read_to_string(file)?
            .trim()
            .parse::<i64>()
            .map_err(io::Error::other)?;
        self.offset.store(offset, Ordering::SeqCst);
        Ok(())
    }

    /// Sets a rehearsal clock to an instant; from there it runs on.
    ///
    /// # Errors
    /// When this folder has none, or its file cannot be written.
    pub fn set(&self, now: Millis) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Err(io::Error::other("only a demo folder has a rehearsal clock"));
        };
        let offset = now - real_now();
        let part = file.with_extension("part");
        let mut own = OpenOptions::new();
        own.write(true).create(true).truncate(true).mode(0o600);
        own.open(&part)?.write_all(offset.to_string().as_bytes())?;
        fs::rename(&part, file)?;
        self.offset.store(offset, Ordering::SeqCst);
        Ok(())
    }

    /// The same clock, measured as a real one is: to rehearse what happens when one runs wrong.
    #[must_use]
    pub fn measured(self) -> Self {
        Self {
            known: Some(Arc::new(AtomicI64::new(UNHEARD))),
            ..self
        }
    }

    /// Whether it has to agree with the time that the database knows.
    pub fn is_measured(&self) -> bool {
        self.known.is_some()
    }

    /// What the clock says, whether or not it can be believed.
    pub fn says(&self) -> Millis {
        real_now() + self.offset.load(Ordering::SeqCst)
    }

    /// Now. A clock that was set back stands still until its time comes, and so does one that
    /// cannot be believed.
    pub fn now(&self) -> Millis {
        let says = self.says();
        let Some(known) = &self.known else {
            return says;
        };
        if self.fault().is_some() {
            return known.load(Ordering::SeqCst);
        }
        known.fetch_max(says, Ordering::SeqCst).max(says)
    }

    /// Takes over the last time that the database knows. One much earlier than was believed here
    /// has been taken back by somebody's word.
    pub fn hear(&self, heard: Millis) {
        let Some(known) = &self.known else { return };
        if heard < known.load(Ordering::SeqCst).saturating_sub(TAKEN_BACK_MS) {
            known.store(heard, Ordering::SeqCst);
        } else {
            known.fetch_max(heard, Ordering::SeqCst);
        }
    }

    /// Why this clock cannot be believed, if so: it differs from what is known by more than a day.
    pub fn fault(&self) -> Option<ClockFault> {
        let known = self.known.as_ref()?.load(Ordering::SeqCst);
        let says = self.says();
        if known == UNHEARD || (says - known).abs() <= DAY_MS {
            return None;
        }
        Some(ClockFault { says, known })
    }

    /// Today in the region (Asia/Shanghai).
    pub fn today(&self) -> Date {
        day_of(self.now())
    }
}

/// How long something takes, whatever the rehearsal clock says.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Milliseconds since then.
    pub fn millis(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
fn real_now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// An instant as somebody reads it, in the region's time.
pub fn written(at: Millis) -> String {
    let minutes = (at + 8 * 3_600_000).rem_euclid(DAY_MS) / 60_000;
    let day = rules::date::iso(day_of(at));
    format!("{day} {:02}:{:02}", minutes / 60, minutes % 60)
}

/// The civil date of an instant in Asia/Shanghai, which knows no daylight saving since 1991.
pub fn day_of(at: Millis) -> Date {
    let shanghai = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
        .map_or(Date::MIN, |at| at.to_offset(shanghai).date())
}

/// The time of day of an instant in Asia/Shanghai, as `09:05`.
pub fn time_of_day(at: Millis) -> String {
    let minutes = (at.div_euclid(60_000) + 8 * 60).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The instant of a wall-clock time in Asia/Shanghai.
pub fn instant(day: Date, hour: i64, minute: i64) -> Millis {
    let days = i64::from(day.to_julian_day()) - 2_440_588;
    days * DAY_MS + (hour - 8) * 3_600_000 + minute * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_37_a_rating_late_on_saturday_belongs_to_saturday_in_shanghai() {
        let saturday = rules::date::parse_iso("2026-10-31").expect("a date");
        let late = instant(saturday, 23, 59) + 59_999;
        assert_eq!(day_of(late), saturday);
        assert_eq!(day_of(late + 1), saturday.next_day().expect("a date"));
    }

    /// A measured clock that says `says`, and has heard `heard`.
    fn clock(says: Millis, heard: Millis) -> Clock {
        let clock = Clock::system();
        clock.offset.store(says - real_now(), Ordering::SeqCst);
        clock.hear(heard);
        clock
    }

    #[test]
    fn a_clock_is_believed_within_a_day_of_what_is_known_and_never_goes_back() {
        let noon = instant(rules::date::parse_iso("2026-10-31").expect("a date"), 12, 0);
        let ahead = clock(noon + DAY_MS - 60_000, noon);
        assert_eq!(ahead.fault(), None);
        assert!(ahead.now() >= noon + DAY_MS - 60_000);
        let behind = clock(noon - 3_600_000, noon);
        assert_eq!((behind.fault(), behind.now()), (None, noon));
        for wrong in [noon + 2 * DAY_MS, noon - 2 * DAY_MS] {
            let wrong = clock(wrong, noon);
            assert_eq!(wrong.now(), noon);
            let fault = wrong.fault().expect("a fault").to_string();
            assert!(fault.contains("2026-10-31 12:00"), "{fault}");
            wrong.hear(wrong.says());
            assert_eq!(wrong.fault(), None);
        }
    }

    #[test]
    fn a_rehearsal_clock_moves_freely() {
        let clock = Clock {
            known: None,
            ..clock(0, 500 * DAY_MS)
        };
        assert_eq!(clock.fault(), None);
        assert!(clock.now() < DAY_MS);
    }

    #[test]
    fn only_a_demo_folder_has_a_clock_that_can_be_set() {
        assert!(Clock::system().set(0).is_err());
    }
}
