//! The public's pages: released figures, and the calculator of deadlines. Each is a part of the
//! split app; charts and what draws them are in the part of the figures only.

mod chart;
mod charts;
mod due;
mod due_answer;
mod echarts;
mod figures;
mod places;
mod tables;
mod tiles;

use crate::kit::part::{Missing, Opening};
use leptos::{prelude::*, wasm_split::wasm_split};

/// Released figures.
pub fn figures_page() -> Opening {
    Box::pin(draw_figures())
}

/// The calculator of deadlines.
pub fn due_page() -> Opening {
    Box::pin(draw_due())
}

#[wasm_split(figures, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_figures() -> Result<AnyView, Missing> {
    Ok(figures::figures())
}

#[wasm_split(due, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_due() -> Result<AnyView, Missing> {
    Ok(due::due())
}
