//! How much of the region can be rated, and was (国办发〔2019〕51号, 总体要求(二), N-04).

use super::REGION;
use crate::app::App;
use contract::figures::Covered;
use rules::indicators::Coverage;
use std::collections::BTreeSet;
use store::{StoreError, ToldKind};

/// Units, windows and items: how many there are, can be rated, and were. Of a place in the region
/// there is nothing to say.
pub(super) async fn of(app: &App, chosen: &str, period: &str) -> Result<Vec<Covered>, StoreError> {
    if chosen != REGION {
        return Ok(Vec::new());
    }
    let told = app.store().told_kinds(period).await?;
    let (directory, plates) = (app.directory(), app.plates());
    let open: Vec<&store::Window> = plates
        .valid()
        .filter_map(|plate| directory.window(&plate.win))
        .collect();
    let windows: BTreeSet<&str> = open.iter().map(|window| window.code.as_str()).collect();
    // Who has a window with a plate can be rated, and so can whatever is served there.
    let units: BTreeSet<&str> = open.iter().map(|window| window.unit.as_str()).collect();
    let items = |unit: &str| directory.items_of(unit).count();
    let open_items = units.iter().map(|unit| items(unit)).sum();
    let all_items = directory.units().map(|unit| items(&unit.code)).sum();
    let kinds = [
        ("unit", directory.units().count(), units.len()),
        ("win", directory.windows().count(), windows.len()),
        ("item", all_items, open_items),
    ];
    let covered = kinds.map(|(kind, all, open)| covered(kind, all, open, &told));
    Ok(covered.into())
}

fn covered(kind: &str, all: usize, open: usize, told: &[ToldKind]) -> Covered {
    let rated = told.iter().find(|of| of.kind == kind).map_or(0, |of| of.n);
    Covered {
        kind: kind.to_owned(),
        counts: Coverage {
            all: all as u64,
            open: open as u64,
            rated: u64::try_from(rated).unwrap_or(0),
        },
    }
}
