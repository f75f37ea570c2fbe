//! The server of 好差评: http, flows, jobs, script-free pages and the binary `haochaping`.

pub mod app;
pub mod clock;
pub mod demo;
pub mod directory;
pub mod due;
pub mod flow;
pub mod folder;
pub mod found;
pub mod http;
pub mod jobs;
pub mod names;
pub mod pages;
pub mod plates;
pub mod region;
pub mod secrets;
pub mod serve;
