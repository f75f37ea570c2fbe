//! The single-page app of 好差评: citizens, the public and staff.
//!
//! Every page of a citizen or of the public arrives as HTML from the server; this app takes over
//! without disturbing what is being typed, and draws the pages of staff by itself.

mod app;
mod client;
mod common;
mod console;
mod disclosure;
mod kit;
mod rate;

fn main() {
    app::start();
}
