//! The policy profiles, and entering the document by which one that ends goes on
//! (`domain.md` 7, case 40): an opened step with its own form.

use super::{
    frame::watch_for_the_end,
    may,
    outcome::{Notice, Outcome},
};
use crate::{
    client::{self, Error},
    common::{loading, say},
    kit::{
        field::{Busy, Field},
        load::{Loader, send},
        page::Heading,
        summary::{ErrorSummary, Line},
    },
};
use contract::{
    paths,
    profile::{ContinuationCreate, ProfileRow},
};
use leptos::{ev::SubmitEvent, prelude::*};
use rules::{can::Action, profile::Force, rating::Violation};
use words::Key;

/// What the forms work with; it outlives the list, which is drawn anew.
#[derive(Clone, Copy)]
struct Bench {
    loader: Loader<Vec<ProfileRow>, Error>,
    outcome: Outcome,
}

/// The page.
pub fn profiles() -> AnyView {
    let loader = Loader::new(client::policy::profiles);
    watch_for_the_end(loader);
    let bench = Bench {
        loader,
        outcome: Outcome::new(),
    };
    loading::lasting(loader, move || view! { <Profiles bench/> }).into_any()
}

#[component]
fn Profiles(bench: Bench) -> impl IntoView {
    let cards = move || {
        let mut rows = bench.loader.ready().unwrap_or_default();
        // The region's own is what one comes for.
        rows.sort_by_key(|row| !row.of_region);
        rows.into_iter()
            .map(|row| view! { <Card row bench/> })
            .collect_view()
    };
    view! {
        <div class="stack">
            <Heading text=Key::PROFILE_TITLE.text()/>
            <p class="soft">{Key::CONSOLE_PROFILES_LEAD.text()}</p>
            <Notice outcome=bench.outcome/>
            {cards}
        </div>
    }
}

#[component]
fn Card(row: ProfileRow, bench: Bench) -> impl IntoView {
    let link = paths::fill(paths::PROFILE, &row.id);
    let (state, badge) = match row.in_force {
        // A report is in force nowhere; it can only be looked at.
        true if row.force == Force::Press => (Key::PROFILE_REFERENCE, "badge calm"),
        true => (Key::PROFILE_IN_FORCE, "badge good"),
        false => (Key::PROFILE_LAPSED, "badge warn"),
    };
    let governs = row
        .governs
        .then(|| view! { " " <span class="badge calm">{Key::PROFILE_GOVERNS.text()}</span> });
    let last = row.valid_to.as_deref().map_or_else(
        || Key::PROFILE_OPEN.text().to_owned(),
        |last| Key::PROFILE_TO.fill(&[("to", &say::day(last))]),
    );
    let ends = row.of_region && row.valid_to.is_some();
    let form = (ends && may(Action::ContinueProfile)).then(|| {
        let of = row.clone();
        view! { <Continue of bench/> }
    });
    view! {
        <section class="card stack">
            <h2><a href=link rel="external">{row.jurisdiction}</a></h2>
            <dl class="facts">
                <dt>{Key::PROFILE_DOCUMENT.text()}</dt>
                <dd>{row.document}</dd>
                <dt>{Key::PROFILE_VALIDITY.text()}</dt>
                <dd>{last}</dd>
                <dt>{Key::PROFILE_STATE.text()}</dt>
                <dd><span class=badge>{state.text()}</span>{governs}</dd>
            </dl>
            {form}
        </section>
    }
}

/// The form: document number and new last day. The rules decide on the server.
#[component]
fn Continue(of: ProfileRow, bench: Bench) -> impl IntoView {
    let lines = RwSignal::new(Vec::<Line>::new());
    let number = RwSignal::new(String::new());
    let last = RwSignal::new(String::new());
    let busy = Busy::new();
    let (id, name) = (of.id, of.jurisdiction.clone());
    let (number_id, last_id) = (control(&id, "document_no"), control(&id, "valid_to"));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.begin() {
            return;
        }
        let (id, name) = (id.clone(), name.clone());
        let asked = ContinuationCreate {
            document_no: number.get_untracked().trim().to_owned(),
            valid_to: last.get_untracked(),
        };
        send(async move {
            match client::policy::go_on(&id, &asked).await {
                Ok(entered) => {
                    let told = [
                        ("profile", name.as_str()),
                        ("document", entered.document_no.as_str()),
                    ];
                    bench.outcome.done(Key::CONSOLE_PROFILES_DONE.fill(&told));
                    bench.loader.reload();
                }
                Err(error) => match wrong(&id, &error) {
                    violations if violations.is_empty() => bench.outcome.failed(&error),
                    violations => drop(lines.try_set(violations)),
                },
            }
            busy.end();
        });
    };
    view! {
        <details>
            <summary>
                {Key::CONSOLE_PROFILES_CONTINUE.text()}
                <span class="visually-hidden">" " {of.jurisdiction}</span>
            </summary>
            <form class="stack" novalidate on:submit=submit>
                <ErrorSummary lines/>
                <p class="hint">{Key::CONSOLE_PROFILES_CONTINUE_NOTE.text()}</p>
                <Field id=number_id.clone() label=Key::CONSOLE_PROFILES_NUMBER lines>
                    <input id=number_id.clone() autocomplete="off"
                        aria-describedby=format!("{number_id}-error") bind:value=number/>
                </Field>
                <Field id=last_id.clone() label=Key::CONSOLE_PROFILES_LAST_DAY lines>
                    <input id=last_id.clone() type="date"
                        aria-describedby=format!("{last_id}-error") bind:value=last/>
                </Field>
                <p>
                    <button class="button" aria-disabled=move || busy.attribute()>
                        {Key::CONSOLE_PROFILES_SUBMIT.text()}
                    </button>
                </p>
            </form>
        </details>
    }
}

fn control(profile: &str, field: &str) -> String {
    format!("{profile}-{field}")
}

/// Every violation at its control.
fn wrong(profile: &str, error: &Error) -> Vec<Line> {
    let violations = match error {
        Error::Problem(problem) => problem.violations.as_slice(),
        _ => &[],
    };
    let line = |one: &Violation| Line::new(&control(profile, &one.field), say::violation(one));
    violations.iter().map(line).collect()
}
