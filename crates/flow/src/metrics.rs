//! What this process counts of itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters without any series by level or unit (`design.md`, "What leaves the house").
#[derive(Debug, Default)]
pub struct Metrics {
    answered: [AtomicU64; 5],
    took_us: AtomicU64,
    batches: AtomicU64,
    accepted: AtomicU64,
    turned_away: AtomicU64,
}

impl Metrics {
    /// Counts an answered request.
    pub fn request(&self, status: u16, took_us: u64) {
        let class = usize::from((status / 100).clamp(1, 5) - 1);
        self.answered[class].fetch_add(1, Relaxed);
        self.took_us.fetch_add(took_us, Relaxed);
    }

    /// Counts a committed batch of the lane.
    pub fn batch(&self, accepted: u64) {
        self.batches.fetch_add(1, Relaxed);
        self.accepted.fetch_add(accepted, Relaxed);
    }

    /// Counts a request that the full lane turned away.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    /// All of them, as Prometheus reads them.
    pub fn text(&self) -> String {
        let mut text = String::from("# TYPE haochaping_requests_total counter\n");
        for (at, count) in self.answered.iter().enumerate() {
            text += &format!(
                "haochaping_requests_total{{class=\"{}xx\"}} {}\n",
                at + 1,
                count.load(Relaxed)
            );
        }
        for (name, value) in [
            ("haochaping_request_microseconds_total", &self.took_us),
            ("haochaping_lane_batches_total", &self.batches),
            ("haochaping_lane_accepted_total", &self.accepted),
            ("haochaping_lane_turned_away_total", &self.turned_away),
        ] {
            text += &format!("# TYPE {name} counter\n{name} {}\n", value.load(Relaxed));
        }
        text
    }
}
