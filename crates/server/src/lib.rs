//! The server of 好差评: it starts and stops what the other crates make up.

pub use demo;
pub use flow;
pub use flow::{app, clock, directory, due, folder, jobs, names, plates, region, secrets};
pub use setup as found;
pub use web::{http, pages};

pub mod serve;
