//! The plates of the region, each with its printable sheet.

use super::frame::watch_for_the_end;
use crate::{
    client,
    common::loading,
    kit::{load::Loader, page::Heading},
};
use contract::{paths, place::PlateRow};
use leptos::prelude::*;
use words::Key;

/// The page.
pub fn plates() -> AnyView {
    let loader = Loader::new(client::plates::list);
    watch_for_the_end(loader);
    loading::page(loader, |rows| view! { <Plates rows/> }).into_any()
}

#[component]
fn Plates(rows: Vec<PlateRow>) -> impl IntoView {
    let body = if rows.is_empty() {
        view! { <div class="empty"><p>{Key::CONSOLE_PLATES_EMPTY.text()}</p></div> }.into_any()
    } else {
        view! { <Table rows/> }.into_any()
    };
    view! {
        <div class="stack">
            <Heading text=Key::CONSOLE_PLATES_TITLE.text()/>
            <p class="soft">{Key::CONSOLE_PLATES_LEAD.text()}</p>
            {body}
        </div>
    }
}

#[component]
fn Table(rows: Vec<PlateRow>) -> impl IntoView {
    let rows = rows.iter().map(row).collect_view();
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
                        <th scope="col">{Key::CONSOLE_PLATES_SHEET.text()}</th>
                        <th scope="col">{Key::CONSOLE_PLATES_LINK.text()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(row: &PlateRow) -> impl IntoView + use<> {
    let window = crate::common::place::window(&row.place);
    let sheet = paths::fill(paths::PLATE_SHEET, &row.plate);
    let link = paths::fill(paths::PLATE, &row.plate);
    let name = Key::CONSOLE_PLATES_SHEET_OF.fill(&[("window", &window)]);
    view! {
        <tr>
            <th scope="row">{window}</th>
            <td data-label=Key::CONSOLE_PLATES_HALL.text()>{row.place.hall.clone()}</td>
            <td data-label=Key::CONSOLE_PLATES_UNIT.text()>{row.place.unit.clone()}</td>
            <td class="num" data-label=Key::CONSOLE_PLATES_SHORT.text()>{row.short.clone()}</td>
            <td data-label=Key::CONSOLE_PLATES_SHEET.text()>
                <a href=sheet rel="external">{name}</a>
            </td>
            <td data-label=Key::CONSOLE_PLATES_LINK.text()>
                <a href=link.clone() rel="external">{link.clone()}</a>
            </td>
        </tr>
    }
}
