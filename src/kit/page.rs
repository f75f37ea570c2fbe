//! The heading of a page: it names the page in the title, takes the focus and is announced after a
//! navigation, and its appearance is the sign that the page can replace what the server sent.

use super::{dom, live, served};
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use words::Key;

/// Where the visit began, and whether it has moved on since.
#[derive(Clone)]
pub struct Navigation {
    first: Arc<str>,
    moved: Arc<AtomicBool>,
}

impl Navigation {
    /// A visit that begins at a path.
    pub fn from(path: &str) -> Self {
        Self {
            first: path.into(),
            moved: Arc::default(),
        }
    }

    /// Notes where the visit is now.
    pub fn at(&self, path: &str) {
        if *path != *self.first {
            self.moved.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the visit has left the page that the server sent.
    pub fn moved(&self) -> bool {
        self.moved.load(Ordering::Relaxed)
    }
}

/// Whether the visit has left the page that the server sent.
pub fn moved() -> bool {
    use_context::<Navigation>().is_none_or(|navigation| {
        navigation.at(&use_location().pathname.get_untracked());
        navigation.moved()
    })
}

/// The one `h1` of a page.
#[component]
pub fn Heading(
    /// The page's name; it may change while the page stands.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<html::H1>::new();
    let moved = moved();
    Effect::new(move |_| {
        let title = format!("{} - {}", text.get(), Key::SHARED_PRODUCT_FULL.text());
        document().set_title(&title);
    });
    Effect::new(move |done: Option<bool>| {
        let Some(heading) = node.get() else {
            return false;
        };
        if done != Some(true) {
            arrive(&heading, &text.get_untracked(), moved);
        }
        true
    });
    view! { <h1 tabindex="-1" node_ref=node>{move || text.get()}</h1> }
}

/// Shows a page that is ready.
fn arrive(heading: &web_sys::HtmlElement, title: &str, moved: bool) {
    if !moved {
        return served::replace_when_idle();
    }
    served::replace();
    dom::focus(heading);
    live::announce(&words::fill(Key::SHARED_PAGE_LOADED.text(), &[("title", title)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_has_moved_once_it_was_elsewhere_even_when_it_comes_back() {
        let navigation = Navigation::from("/due");
        navigation.at("/due");
        assert!(!navigation.moved());
        navigation.at("/");
        navigation.at("/due");
        assert!(navigation.moved());
    }
}
