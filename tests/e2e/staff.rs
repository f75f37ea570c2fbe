//! Staff at work: a ticket from its opening to its end, and the days that go by meanwhile.

use crate::harness::{Journey, Setup, journey, keyboard::key};
use serde_json::{Value, json};
use words::Key;

/// A bad rating of somebody who can be reached; gives the number of its ticket.
async fn a_bad_rating_by_somebody(j: &Journey) -> String {
    j.open_to_rate(&j.product.plate(0)).await;
    j.choose(1).await;
    j.write("#text", "来回跑了两趟。").await;
    j.give_contact("演示市民", "13900004321").await;
    j.send().await;
    j.receipt().await;
    j.product.newest_ticket().await
}

/// Signs in on the sign-in page, without a mouse.
async fn sign_in_by_keyboard(j: &Journey, login: &str) {
    j.until_there("#login").await;
    j.tab_to("#login").await;
    j.type_in(login).await;
    j.tab_to("#password").await;
    j.type_in(&j.product.password(login)).await;
    j.press(key::ENTER).await;
    j.until("location.pathname !== '/staff/sign-in'").await;
}

async fn sign_out_by_keyboard(j: &Journey) {
    j.enter(".bar button").await;
    j.until_there("#login").await;
}

fn state(code: &str) -> String {
    words::by_code("state", code).expect("a text").to_owned()
}

/// The form of an action is there, open it.
async fn unfold(j: &Journey, action: &str) {
    let name = words::by_code("action", action).expect("a text");
    let script = "for (const one of document.querySelectorAll('.actions summary')) \
        if (one.textContent.trim() === arguments[0]) { one.dataset.action = arguments[1]; \
        return one.parentElement.open } return null";
    j.until_there(".actions summary").await;
    let open = j
        .browser
        .client
        .execute(script, vec![json!(name), json!(action)])
        .await
        .expect("a form");
    assert!(open.is_boolean(), "{name} is not among the allowed actions");
    if open == json!(false) {
        j.tab_to(&format!("summary[data-action={action}]")).await;
        j.press(key::ENTER).await;
    }
}

/// Sends the open form of an action, and waits for the state after it.
async fn carry_out(j: &Journey, action: &str, then: &str) {
    j.enter(&format!(
        "details:has(summary[data-action={action}]) button"
    ))
    .await;
    let done = words::by_code("action", action).expect("a text");
    let done = Key::CONSOLE_TICKET_DONE.fill(&[("action", done)]);
    j.until_says(&done).await;
    let standing = format!(
        "document.querySelector('dl.facts dd')?.innerText === {}",
        json!(state(then))
    );
    j.until(&standing).await;
    let focused = j.js("return document.activeElement.innerText").await;
    assert_eq!(focused, json!(done), "what came of it has the focus");
}

/// Chooses the first outcome of a group with the space bar.
async fn choose_outcome(j: &Journey, action: &str) {
    j.tab_to(&format!("#{action}-{action}")).await;
    j.press(key::SPACE).await;
}

async fn write_down(j: &Journey, action: &str, text: &str) {
    j.tab_to(&format!("#{action}-text")).await;
    j.type_in(text).await;
}

/// Assigns to the first who may; gives who that is.
async fn assign(j: &Journey) -> String {
    unfold(j, "assign").await;
    j.tab_to("#assign-handler").await;
    j.press(key::DOWN).await;
    let chosen = j.value("#assign-handler").await;
    assert!(!chosen.is_empty(), "an arrow key chooses");
    carry_out(j, "assign", "to_contact").await;
    chosen.trim_start_matches("p-").to_owned()
}

/// From contact to answer, by the handler.
async fn work(j: &Journey) {
    unfold(j, "contact").await;
    choose_outcome(j, "contact").await;
    carry_out(j, "contact", "verifying").await;
    unfold(j, "rectify").await;
    write_down(j, "rectify", "已核实，材料清单已更新。").await;
    carry_out(j, "rectify", "to_answer").await;
    unfold(j, "answer").await;
    write_down(j, "answer", "已经整改，感谢您的监督。").await;
    carry_out(j, "answer", "to_revisit").await;
}

#[tokio::test]
async fn a_page_of_somebody_who_is_no_longer_signed_in_says_so_and_begins_anew() {
    journey("two-tabs", Setup::default(), async |j: &Journey| {
        j.expect_in_console("status of 409");
        j.open("/").await;
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_says("周正").await;
        // In another tab of the same browser.
        let duan = json!({"login": "duan", "password": j.product.password("duan")}).to_string();
        let signed_in = j
            .js_with(
                "return fetch('/api/v1/session', {method: 'POST', body: arguments[0], headers: \
                 {'content-type': 'application/json', 'x-requested-with': 'haochaping'}}).then((it) => it.status)",
                json!(duan),
            )
            .await;
        assert_eq!(signed_in, 200);
        j.tap("nav a[href='/staff/plates']").await;
        j.until_says(words::by_code("problem", "other_person").expect("a text"))
            .await;
        j.tap("main .button--secondary:not(.bar *)").await;
        j.until_says("段秀兰").await;
        assert!(!j.body().await.contains("周正"));
    })
    .await;
}

#[tokio::test]
async fn a_ticket_of_a_rater_who_can_be_reached_is_worked_to_its_end_by_keyboard() {
    journey("keyboard", Setup::default(), async |j: &Journey| {
        j.expect_in_console("status of 401");
        let number = a_bad_rating_by_somebody(j).await;
        let ticket = format!("a[href='/staff/tickets/{number}']");
        j.open("/staff").await;
        sign_in_by_keyboard(j, "zhou").await;
        j.until_there(&ticket).await;
        let taps = j.taps.get();
        j.enter(&ticket).await;
        j.until_says(&state("to_assign")).await;
        let blocked = words::by_code("reason", "not_yet_assigned").expect("a text");
        j.until(&format!(
            "document.querySelector('ul.blocked').innerText.includes({})",
            json!(blocked)
        ))
        .await;
        let handler = assign(j).await;
        sign_out_by_keyboard(j).await;

        j.open("/staff").await;
        sign_in_by_keyboard(j, &handler).await;
        j.until_there(&ticket).await;
        j.enter(&ticket).await;
        work(j).await;
        sign_out_by_keyboard(j).await;

        j.open("/staff").await;
        sign_in_by_keyboard(j, "zhou").await;
        j.until_there(&ticket).await;
        j.enter(&ticket).await;
        unfold(j, "revisit").await;
        choose_outcome(j, "revisit").await;
        carry_out(j, "revisit", "to_close").await;
        unfold(j, "close").await;
        carry_out(j, "close", "closed").await;
        assert_eq!(
            j.count("ol.timeline > li").await,
            7,
            "opened to closed, each step once"
        );
        assert_eq!(j.taps.get(), taps, "not one click");
    })
    .await;
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_said_in_words() {
    journey("overdue", Setup::default(), async |j: &Journey| {
        let number = a_bad_rating_by_somebody(j).await;
        j.sign_in("zhou").await;
        j.open("/staff").await;
        let row = format!("tr:has(a[href='/staff/tickets/{number}'])");
        j.until_there(&row).await;
        assert_eq!(overdue(j, &row).await, Value::Null, "there is time left");

        j.product.clock("2026-11-20T09:00").await;
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_there(&row).await;
        let days = overdue(j, &row)
            .await
            .as_str()
            .and_then(|days| days.parse::<u32>().ok());
        assert!(
            days.is_some_and(|days| (1..=14).contains(&days)),
            "{days:?} working days"
        );
    })
    .await;
}

/// By how many working days the row says that it is late.
async fn overdue(j: &Journey, row: &str) -> Value {
    let said = Key::CONSOLE_WORKLIST_OVERDUE.fill(&[("n", "(\\d+)")]);
    let script = format!(
        "return document.querySelector({}).innerText.match(new RegExp({}))?.[1] ?? null",
        json!(row),
        json!(said)
    );
    j.js(&script).await
}

#[tokio::test]
async fn the_way_back_from_a_ticket_leads_to_the_list_as_it_was() {
    journey("back-to-list", Setup::default(), async |j: &Journey| {
        let number = a_bad_rating_by_somebody(j).await;
        let ticket = format!("a[href='/staff/tickets/{number}']");
        j.sign_in("zhou").await;
        j.open("/staff").await;
        j.until_there(&ticket).await;
        j.find("#state option[value=to_assign]")
            .await
            .click()
            .await
            .expect("a state is chosen");
        j.until("location.search === '?state=to_assign'").await;
        j.until_there(&ticket).await;
        j.enter(&ticket).await;
        j.until_says(Key::CONSOLE_TICKET_BACK.text()).await;
        j.enter("main p > a.go").await;
        j.until("location.pathname + location.search === '/staff?state=to_assign'")
            .await;
        j.until("document.querySelector('#state').value === 'to_assign'")
            .await;

        j.open(&format!("/staff/tickets/{number}")).await;
        j.until_says(Key::CONSOLE_TICKET_BACK.text()).await;
        j.enter("main p > a.go").await;
        j.until("location.pathname + location.search === '/staff'")
            .await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_staff_have_not_leads_on_to_those_they_have() {
    journey("staff-nothing", Setup::default(), async |j: &Journey| {
        j.open("/staff/nothing").await;
        let problem = words::by_code("problem", "not_found").expect("a text");
        j.until_says(problem).await;
        for to in ["/staff", "/", "/find"] {
            assert_eq!(j.count(&format!("#app ul a[href='{to}']")).await, 1, "{to}");
        }
        assert_eq!(j.count("#app button").await, 0, "there is nothing to retry");
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_console_says_why_it_is_empty_and_not_that_it_loads() {
    journey(
        "staff-plain",
        Setup::without_scripts(),
        async |j: &Journey| {
            for page in ["/staff", "/staff/sign-in"] {
                j.open(page).await;
                let said = j.text("main").await;
                assert!(said.contains(Key::SHARED_NOSCRIPT.text()), "{page}: {said}");
                assert!(!said.contains(Key::SHARED_LOADING.text()), "{page}: {said}");
            }
        },
    )
    .await;
}
