//! What a person sees when the app itself fails: never a page that looks alive and is dead.

use super::dom;
use leptos::prelude::document;
use words::Key;

/// Installs the hook. Server-sent forms keep working without us; so the page stays, with a notice.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        show_notice();
    }));
}

fn show_notice() {
    let Some(main) = dom::by_id("main") else {
        return;
    };
    let Ok(notice) = document().create_element("p") else {
        return;
    };
    dom::set(&notice, "role", "alert");
    dom::set(&notice, "class", "notice notice--error");
    notice.set_text_content(Some(Key::SHARED_APP_FAILED.text()));
    drop(main.insert_before(&notice, main.first_child().as_ref()));
    if let Some(root) = document().document_element() {
        dom::set(&root, "data-app", "failed");
    }
}
