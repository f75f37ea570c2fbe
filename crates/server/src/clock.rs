//! The only place that reads the time.
//!
//! A folder created as demo has a rehearsal clock, kept in its file `clock`; any other folder
//! has none, so that no figure of a real city can be made at another time than its own.

use crate::app::Region;
use std::{
    fs, io,
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

/// The clock of a folder.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Arc<AtomicI64>,
    file: Option<PathBuf>,
}

impl Clock {
    /// The real time.
    pub fn system() -> Self {
        Self {
            offset: Arc::new(AtomicI64::new(0)),
            file: None,
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
        fs::write(&part, offset.to_string())?;
        fs::rename(&part, file)?;
        self.offset.store(offset, Ordering::SeqCst);
        Ok(())
    }

    /// Now.
    pub fn now(&self) -> Millis {
        real_now() + self.offset.load(Ordering::SeqCst)
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

    #[test]
    fn only_a_demo_folder_has_a_clock_that_can_be_set() {
        assert!(Clock::system().set(0).is_err());
    }
}
