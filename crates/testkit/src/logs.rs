//! What the process has logged so far, at the level an operator may choose.

use std::{
    io,
    sync::{Mutex, Once, PoisonError},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Capture;

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Capture {
    type Writer = Capture;

    fn make_writer(&'a self) -> Capture {
        Capture
    }
}

/// Starts to keep what is logged, in the form that the server writes.
pub(crate) fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let logs = tracing_subscriber::fmt()
            .json()
            .with_env_filter(EnvFilter::new("debug"))
            .with_writer(Capture)
            .finish();
        tracing::subscriber::set_global_default(logs).expect("the only subscriber");
    });
}

/// Everything logged by this process until now.
pub fn logged() -> String {
    let bytes = LOGGED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    String::from_utf8(bytes).expect("UTF-8")
}
