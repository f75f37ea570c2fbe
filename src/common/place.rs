//! Where something happens.

use super::say;
use contract::place::Place;
use leptos::prelude::*;
use words::Key;

/// The window in one line, for example `07号窗口 户籍`.
pub fn window(place: &Place) -> String {
    let no = Key::PLACE_WINDOW_NO.fill(&[("no", &place.window_no)]);
    format!("{no} {}", place.window)
}

/// Hall and window in one line.
pub fn line(place: &Place) -> String {
    format!("{} {}", place.hall, window(place))
}

/// The line above a citizen's page: where this is, and perhaps when.
pub fn above(place: &Place, day: Option<(Key, &str)>) -> impl IntoView + use<> {
    let item = place.item.clone().map(|item| {
        view! { <br/> {say::label(Key::PLACE_ITEM)} {item} }
    });
    let day = day.map(|(label, day)| {
        let iso = day.to_owned();
        view! { <br/> {say::label(label)} <time datetime=iso>{say::day(day)}</time> }
    });
    view! {
        <p class="place">
            <b>{window(place)}</b>
            <br/>
            {place.hall.clone()} " · " {place.unit.clone()}
            {item}
            {day}
        </p>
    }
}
