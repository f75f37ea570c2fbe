//! The server of 好差评: http, flows, jobs, script-free pages and the binary `haochaping`.

pub use demo;
pub use flow;
pub use flow::{app, clock, directory, due, folder, jobs, names, plates, region, secrets};
pub use setup as found;

pub mod http;
pub mod pages;
pub mod serve;
