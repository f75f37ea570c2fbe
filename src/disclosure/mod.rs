//! The public's pages: released figures, and the calculator of deadlines. Each is a part of the
//! split app; charts and what draws them are in the part of the figures only.

mod chart;
mod charts;
mod due;
mod due_answer;
mod echarts;
mod figures;
mod tables;
mod tiles;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// Released figures.
pub struct FiguresRoute;

#[lazy_route]
impl LazyRoute for FiguresRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        figures::figures()
    }
}

/// The calculator of deadlines.
pub struct DueRoute;

#[lazy_route]
impl LazyRoute for DueRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        due::due_page()
    }
}
