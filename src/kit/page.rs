//! The heading of a page: it names the page in the title, takes the focus and is announced after a
//! navigation, and its appearance is the sign that the page can replace what the server sent.

use super::{dom, links, live, served};
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
    suffix: Arc<str>,
    moved: Arc<AtomicBool>,
}

impl Navigation {
    /// A visit that begins at a path, on a document with a title. What follows the page's name
    /// in the title stays the same on every page.
    pub fn from(path: &str, title: &str) -> Self {
        let suffix = title.split_once(" - ").map(|(_, suffix)| suffix);
        Self {
            first: path.into(),
            suffix: suffix.unwrap_or(Key::SHARED_PRODUCT_FULL.text()).into(),
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

/// What a control of the page holds.
pub fn value_of(id: &str) -> String {
    use wasm_bindgen::JsCast;
    let Some(control) = dom::by_id(id) else {
        return String::new();
    };
    match control.dyn_into::<web_sys::HtmlSelectElement>() {
        Ok(select) => select.value(),
        Err(other) => other
            .dyn_into::<web_sys::HtmlInputElement>()
            .map(|input| input.value())
            .unwrap_or_default(),
    }
}

/// The one `h1` of a page.
#[component]
pub fn Heading(
    /// The page's name; it may change while the page stands.
    #[prop(into)]
    text: Signal<String>,
    /// The title of the document, where it is another.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    let node = NodeRef::<html::H1>::new();
    let moved = moved();
    let here = use_location().pathname.get_untracked();
    let suffix = use_context::<Navigation>().map(|navigation| navigation.suffix);
    Effect::new(move |_| {
        let title = title.clone().unwrap_or_else(|| text.get());
        let suffix = suffix.as_deref().unwrap_or(Key::SHARED_PRODUCT_FULL.text());
        document().set_title(&format!("{title} - {suffix}"));
    });
    Effect::new(move |done: Option<bool>| {
        let Some(heading) = node.get() else {
            return false;
        };
        if done != Some(true) {
            arrive(&heading, &text.get_untracked(), moved.then_some(&here));
        }
        true
    });
    view! { <h1 tabindex="-1" node_ref=node>{move || text.get()}</h1> }
}

/// Shows a page that is ready.
fn arrive(heading: &web_sys::HtmlElement, title: &str, moved_to: Option<&String>) {
    let Some(here) = moved_to else {
        return served::replace_when_idle();
    };
    served::replace();
    links::mark_current(here);
    dom::focus(heading);
    live::announce(&words::fill(
        Key::SHARED_PAGE_LOADED.text(),
        &[("title", title)],
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_has_moved_once_it_was_elsewhere_even_when_it_comes_back() {
        let navigation = Navigation::from("/due", "期限 - 好差评（演示）");
        navigation.at("/due");
        assert!(!navigation.moved());
        assert_eq!(&*navigation.suffix, "好差评（演示）");
        navigation.at("/");
        navigation.at("/due");
        assert!(navigation.moved());
    }
}
