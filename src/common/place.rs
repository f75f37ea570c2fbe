//! Where something happens.

use contract::place::Place;
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
