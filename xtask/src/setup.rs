//! Everything that building needs, and never a system package.

use crate::place::Place;
use crate::report::{Result, say};
use crate::{echarts, node, tools};

/// Makes the compiler, the npm tools and the chart library ready.
pub fn run(place: &Place) -> Result<()> {
    tools::wasm_target(place)?;
    let node = node::ready(place)?;
    if node.is_none() {
        say("no Node of version 20 or later: the app is built without wasm-opt, and larger");
    }
    let library = echarts::ready(place, node.as_ref())?;
    say(format_args!(
        "set-up is complete; ECharts is from {}: {}",
        library.from,
        library.file.display()
    ));
    Ok(())
}
