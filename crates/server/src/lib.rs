//! The server of 好差评: http, flows, jobs, script-free pages and the binary `haochaping`.

pub use flow;
pub use flow::{app, clock, directory, due, folder, jobs, names, plates, region, secrets};

pub mod demo;
pub mod found;
pub mod http;
pub mod pages;
pub mod serve;
