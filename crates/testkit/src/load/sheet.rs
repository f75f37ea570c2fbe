//! The measurements of several runs, and the sheet that shows their medians.

use super::drive::Measured;
use std::collections::BTreeMap;

/// One measurement of one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// A second.
    pub rate: f64,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
    /// Answers that were no success.
    pub bad: u64,
    /// Bytes of an answer.
    pub bytes: usize,
}

impl From<&Measured> for Reading {
    fn from(measured: &Measured) -> Self {
        Self {
            rate: measured.rate(),
            p50: measured.percentile(50),
            p99: measured.percentile(99),
            bad: measured.bad(),
            bytes: measured.bytes,
        }
    }
}

/// Readings by name, one a run.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    readings: BTreeMap<String, Vec<Reading>>,
}

/// The middle one; of an even number the lower.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

impl Sheet {
    /// Notes a reading.
    pub fn note(&mut self, name: &str, reading: Reading) {
        self.readings
            .entry(name.to_owned())
            .or_default()
            .push(reading);
    }

    /// The median of one field.
    pub fn median(&self, name: &str, field: fn(&Reading) -> f64) -> f64 {
        median(
            self.readings
                .get(name)
                .into_iter()
                .flatten()
                .map(field)
                .collect(),
        )
    }

    /// Answers of all runs that were no success.
    pub fn bad(&self, name: &str) -> u64 {
        self.readings
            .get(name)
            .into_iter()
            .flatten()
            .map(|reading| reading.bad)
            .sum()
    }

    /// A row: what, every run's rate, medians, failures.
    pub fn row(&self, title: &str, name: &str) -> String {
        let runs = self.readings.get(name).into_iter().flatten();
        let runs: Vec<String> = runs.map(|reading| count(reading.rate)).collect();
        format!(
            "| {title} | {} | **{}** | {} | {} | {} |\n",
            runs.join(" "),
            count(self.median(name, |reading| reading.rate)),
            millis(self.median(name, |reading| reading.p50)),
            millis(self.median(name, |reading| reading.p99)),
            self.bad(name)
        )
    }

    /// The median rate of one as a part of the other's.
    pub fn ratio(&self, of: &str, to: &str) -> String {
        let rate = |name| self.median(name, |reading: &Reading| reading.rate);
        format!("{:.0} %", rate(of) / rate(to) * 100.0)
    }
}

/// A rate without decimals, in groups of three.
pub fn count(value: f64) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn millis(value: f64) -> String {
    if value.is_finite() && value > 0.0 {
        format!("{value:.1} ms")
    } else {
        "—".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_three_runs_is_the_middle_one() {
        let mut sheet = Sheet::default();
        for rate in [3.0, 1.0, 2.0] {
            sheet.note(
                "a",
                Reading {
                    rate,
                    ..Reading::default()
                },
            );
        }
        assert!((sheet.median("a", |reading| reading.rate) - 2.0).abs() < f64::EPSILON);
        assert!(sheet.median("b", |reading| reading.rate).is_nan());
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(count(1_234_567.4), "1,234,567");
        assert_eq!(count(999.0), "999");
        assert_eq!(count(f64::NAN), "—");
    }
}
