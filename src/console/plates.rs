//! The plates of the region: sheets to print, one by one and by hall, and changing a plate.

use super::{
    frame::watch_for_the_end,
    outcome::Notice,
    replace::{Bench, Change, heading},
};
use crate::{
    client::{self, Error},
    common::loading,
    kit::{load::Loader, page::Heading},
};
use contract::{paths, place::PlateRow};
use leptos::prelude::*;
use rules::can::Action;
use words::Key;

/// The page.
pub fn plates() -> AnyView {
    let loader = Loader::new(client::plates::list);
    watch_for_the_end(loader);
    let bench = Bench::new(loader);
    loading::lasting(loader, move || view! { <Plates loader bench/> }).into_any()
}

#[component]
fn Plates(loader: Loader<Vec<PlateRow>, Error>, bench: Bench) -> impl IntoView {
    let body = move || {
        let rows = loader.ready().unwrap_or_default();
        if rows.is_empty() {
            view! {
                <div class="empty">
                    <h2>{Key::CONSOLE_PLATES_EMPTY.text()}</h2>
                    <p>{Key::CONSOLE_PLATES_EMPTY_NEXT.text()}</p>
                    <p><a class="go" href=paths::STAFF>{Key::CONSOLE_NAV_WORKLIST.text()}</a></p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <Halls halls=halls(&rows)/>
                <Table rows bench/>
            }
            .into_any()
        }
    };
    view! {
        <div class="stack">
            <Heading text=Key::CONSOLE_PLATES_TITLE.text()/>
            <p class="soft">{Key::CONSOLE_PLATES_LEAD.text()}</p>
            <Notice outcome=bench.outcome/>
            {body}
        </div>
    }
}

/// The halls that have a plate in use, code and name, in the order of the rows.
fn halls(rows: &[PlateRow]) -> Vec<(String, String)> {
    let in_use = rows.iter().filter(|row| !row.revoked);
    let mut halls: Vec<(String, String)> = in_use
        .map(|row| (row.hall.clone(), row.place.hall.clone()))
        .collect();
    halls.dedup_by(|a, b| a.0 == b.0);
    halls
}

#[component]
fn Halls(halls: Vec<(String, String)>) -> impl IntoView {
    let links = halls
        .into_iter()
        .map(|(code, name)| {
            let sheets = paths::fill(paths::HALL_SHEETS, &code);
            view! { <li><a href=sheets rel="external">{name}</a></li> }
        })
        .collect_view();
    view! {
        <section class="card stack" aria-labelledby="by-hall">
            <h2 id="by-hall">{Key::CONSOLE_PLATES_BY_HALL.text()}</h2>
            <p class="hint">{Key::CONSOLE_PLATES_BY_HALL_LEAD.text()}</p>
            <ul class="plain">{links}</ul>
        </section>
    }
}

#[component]
fn Table(rows: Vec<PlateRow>, bench: Bench) -> impl IntoView {
    let may = super::may(Action::ManagePlates);
    let change = may.then(|| view! { <th scope="col">{Key::CONSOLE_PLATES_CHANGE.text()}</th> });
    let rows = rows
        .into_iter()
        .map(|of| row(of, may.then_some(bench)))
        .collect_view();
    view! {
        <div class="list">
            <table class="data cards">
                <caption class="visually-hidden">{Key::CONSOLE_PLATES_CAPTION.text()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{Key::CONSOLE_PLATES_WINDOW.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_HALL.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_UNIT.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_SHORT.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_VERSION.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_SHEET.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_LINK.text()}</th>
                        {change}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(row: PlateRow, bench: Option<Bench>) -> impl IntoView + use<> {
    let window = crate::common::place::window(&row.place);
    let link = paths::fill(paths::PLATE, &row.plate);
    let sheet = if row.revoked {
        Key::CONSOLE_PLATES_REVOKED.text().into_any()
    } else {
        let sheet = paths::fill(paths::PLATE_SHEET, &row.plate);
        let of = window.clone();
        view! {
            <a href=sheet rel="external">
                {Key::CONSOLE_PLATES_SHEET.text()} <span class="visually-hidden">" " {of}</span>
            </a>
        }
        .into_any()
    };
    let change = bench.map(|bench| {
        let row = row.clone();
        let label = heading(row.revoked).text();
        view! {
            <td data-label=label><Change row bench/></td>
        }
    });
    view! {
        <tr>
            <th scope="row">{window}</th>
            <td data-label=Key::CONSOLE_PLATES_HALL.text()>{row.place.hall}</td>
            <td data-label=Key::CONSOLE_PLATES_UNIT.text()>{row.place.unit}</td>
            <td class="num" data-label=Key::CONSOLE_PLATES_SHORT.text()>{row.short}</td>
            <td class="num" data-label=Key::CONSOLE_PLATES_VERSION.text()>{row.version}</td>
            <td data-label=Key::CONSOLE_PLATES_SHEET.text()>{sheet}</td>
            <td data-label=Key::CONSOLE_PLATES_LINK.text()>
                <a href=link.clone() rel="external">{link.clone()}</a>
            </td>
            {change}
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::place::Place;

    fn plate(hall: &str, revoked: bool) -> PlateRow {
        PlateRow {
            plate: "p".to_owned(),
            short: "AB12CD".to_owned(),
            version: 1,
            revoked,
            made_on: None,
            hall: hall.to_owned(),
            place: Place {
                hall: format!("大厅{hall}"),
                window_no: "01".to_owned(),
                window: "综合".to_owned(),
                unit: "公安局".to_owned(),
                item: None,
            },
        }
    }

    #[test]
    fn each_hall_with_a_plate_in_use_is_offered_once() {
        let rows = [
            plate("h1", false),
            plate("h1", false),
            plate("h2", true),
            plate("h3", false),
        ];
        let codes: Vec<String> = halls(&rows).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["h1", "h3"]);
    }
}
