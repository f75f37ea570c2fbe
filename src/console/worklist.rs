//! The worklist: bad ratings by due date.

use super::{frame::watch_for_the_end, rows::List, session};
use crate::{
    client::tickets::{self, Filter},
    common::{failed::FailedPart, loading::Loading, say},
    kit::{
        load::{Load, Loader},
        page::Heading,
        url,
    },
};
use contract::paths;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rules::ticket::State;
use words::{Key, family};

/// The page.
pub fn worklist() -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| Filter {
            state: query.get("state").unwrap_or_default(),
            mine: query.get("mine").is_some(),
        })
    });
    let session = session();
    Effect::new(move |_| session.reads(filter.with(address)));
    let loader = Loader::new(move || {
        let filter = filter.get();
        async move { tickets::list(&filter, "").await }
    });
    watch_for_the_end(loader);
    let list = move || match loader.get() {
        Load::Loading => view! { <Loading/> }.into_any(),
        Load::Failed(error) => {
            view! { <FailedPart error retry=move || loader.reload()/> }.into_any()
        }
        Load::Ready(worklist) => {
            view! { <List worklist loader filter=filter.get_untracked()/> }.into_any()
        }
    };
    view! {
        <div class="stack">
            <Heading text=Key::CONSOLE_WORKLIST_TITLE.text()/>
            <p class="soft">{Key::CONSOLE_WORKLIST_LEAD.text()}</p>
            <Filters filter/>
            <div class:busy=move || loader.busy()>{list}</div>
        </div>
    }
    .into_any()
}

#[component]
fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |to: Filter| {
        let quiet = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address(&to), quiet);
    };
    let by_state = {
        let go = go.clone();
        move |event| {
            go(Filter {
                state: event_target_value(&event),
                ..filter.get_untracked()
            });
        }
    };
    let by_handler = move |event| {
        go(Filter {
            mine: event_target_checked(&event),
            ..filter.get_untracked()
        });
    };
    let options = State::ALL
        .iter()
        .map(|state| {
            let code = state.code();
            let chosen = move || filter.with(|filter| filter.state == code);
            view! { <option value=code prop:selected=chosen>{say::of(family::state, code)}</option> }
        })
        .collect_view();
    view! {
        <div class="filter" role="search" aria-label=Key::CONSOLE_WORKLIST_FILTER.text()>
            <div class="field">
                <label for="state">{Key::CONSOLE_WORKLIST_FILTER_STATE.text()}</label>
                <select id="state" on:change=by_state>
                    <option value="">{Key::CONSOLE_WORKLIST_FILTER_ALL.text()}</option>
                    {options}
                </select>
            </div>
            <label class="check">
                <input type="checkbox" prop:checked=move || filter.get().mine on:change=by_handler/>
                {Key::CONSOLE_WORKLIST_MINE.text()}
            </label>
        </div>
    }
}

/// The worklist's address with a filter.
fn address(filter: &Filter) -> String {
    let state = (!filter.state.is_empty()).then(|| format!("state={}", url::encode(&filter.state)));
    let mine = filter.mine.then(|| "mine=1".to_owned());
    let query: Vec<String> = state.into_iter().chain(mine).collect();
    if query.is_empty() {
        paths::STAFF.to_owned()
    } else {
        format!("{}?{}", paths::STAFF, query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_in_the_address() {
        let both = Filter {
            state: "to_contact".to_owned(),
            mine: true,
        };
        assert_eq!(address(&both), "/staff?state=to_contact&mine=1");
        assert_eq!(address(&Filter::default()), "/staff");
    }
}
