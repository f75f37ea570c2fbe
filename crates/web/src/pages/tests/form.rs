//! The rating form, the receipt and the page that follows a rating.

use super::*;

#[test]
fn the_form_offers_five_levels_from_the_best_down_and_chooses_none() {
    let page = rated(&FormState::blank("k"));
    let at: Vec<usize> = (1..=5)
        .rev()
        .map(|n| {
            let radio = format!("<input type=\"radio\" id=\"l{n}\" name=\"level\" value=\"{n}\">");
            page.find(&radio).expect("a radio")
        })
        .collect();
    assert!(at.is_sorted());
    assert_eq!(page.matches("type=\"radio\"").count(), 5);
    assert!(!page.contains(" checked") && !page.contains(" selected"));
    for word in ["非常<wbr>满意", "基本<wbr>满意", "非常<wbr>不满意"] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn every_level_offers_three_tags_at_once_and_five_on_demand() {
    let page = rated(&FormState::blank("k"));
    for n in 1..=5 {
        assert_eq!(
            page.matches(&format!("name=\"tag{n}\"")).count(),
            8,
            "level {n}"
        );
    }
    assert_eq!(page.matches("<div class=\"core\">").count(), 5);
    assert_eq!(page.matches("<div class=\"more\">").count(), 5);
    // And the single scopes, and the name.
    assert_eq!(page.matches("<details>").count(), 5 + 2);
}

#[test]
fn the_good_and_the_bad_level_differ_in_nothing_but_their_words_and_tags() {
    let page = rated(&FormState::blank("k"));
    let shape = |n: u8| {
        let tags = format!("<fieldset id=\"tags-{n}\"");
        let from = page.find(&tags).expect("the tags");
        let len = page[from..].find("</fieldset>").expect("an end");
        let elements: Vec<&str> = page[from..from + len]
            .split('<')
            .filter_map(|tag| tag.split([' ', '>']).next())
            .collect();
        elements.join(" ")
    };
    assert_eq!(shape(1), shape(5));
}

#[test]
fn the_fields_come_in_the_order_of_the_contract() {
    let page = rated(&FormState::blank("k"));
    let mut names = values(main_of(&page), " name=\"");
    names.dedup();
    assert_eq!(
        names,
        [
            "key",
            "level",
            "tag5",
            "tag4",
            "tag3",
            "tag2",
            "tag1",
            "scope-business",
            "scope-service",
            "text",
            "stated",
            "name",
            "phone"
        ]
    );
}

#[test]
fn what_was_typed_is_kept_beside_every_violation() {
    let form = FormState {
        level: Some(2),
        tags: vec![207, 212],
        text: "\n<b>太慢&了</b>".into(),
        stated: true,
        name: "王\"某".into(),
        phone: "abc".into(),
        violations: vec![
            Violation::new("text", "text.too_long")
                .with("max", 150)
                .with("length", 151),
            Violation::new("phone", "phone.malformed"),
        ],
        ..FormState::blank("the-key")
    };
    let page = rated(&form);
    assert!(page.contains("value=\"the-key\""));
    assert!(page.contains("id=\"l2\" name=\"level\" value=\"2\" checked"));
    assert!(page.contains("value=\"207\" checked"));
    assert!(page.contains("value=\"212\" checked"));
    assert_eq!(page.matches("<details open>").count(), 2);
    assert!(page.contains("\n\n&lt;b&gt;太慢&amp;了&lt;/b&gt;</textarea>"));
    assert!(page.contains("value=\"王&quot;某\""));
    assert!(page.contains("有 2 处需要改正"));
    assert!(page.contains("href=\"#text\">文字评价最多150字，现在是151字，请删减。</a>"));
    assert!(page.contains("href=\"#phone\""));
    assert!(page.contains("id=\"phone-error\""));
    assert!(page.contains("<title>错误："));
}

#[test]
fn a_rating_that_could_not_be_stored_says_that_sending_again_is_safe() {
    let form = FormState {
        notice: Some(Notice::Unavailable),
        ..FormState::blank("k")
    };
    assert!(rated(&form).contains(words::Key::RATE_NOT_STORED_RETRY.text()));
}

#[test]
fn a_service_that_was_rated_already_has_no_form() {
    let mut view = given::rate_page();
    view.already_rated = true;
    let assets = Assets::default();
    let page = rate(&view, &FormState::default(), &given::shell(&assets, true)).into_string();
    assert!(!main_of(&page).contains("<form"));
    assert!(page.contains("本次服务已经评价"));
    assert!(
        main_of(&page).contains("href=\"/find\""),
        "a written-down code is typed there"
    );
}

#[test]
fn a_receipt_offers_to_follow_only_to_whoever_sent_the_rating() {
    let assets = Assets::default();
    let shell = given::shell(&assets, true);
    let own = receipt(&given::receipt(), Offer::Follow, &shell).into_string();
    assert!(own.contains("action=\"/follow\"") && !main_of(&own).contains("name=\"key\""));
    let others = receipt(&given::receipt(), Offer::Nothing, &shell).into_string();
    assert!(!main_of(&others).contains("<form"));
}

#[test]
fn a_receipt_does_not_promise_for_later_what_it_says_has_happened() {
    let assets = Assets::default();
    let page = |released| {
        let of = contract::rate::Receipt {
            released,
            ..given::receipt()
        };
        receipt(&of, Offer::Nothing, &given::shell(&assets, true)).into_string()
    };
    let (happened, to_come) = (
        words::Key::RECEIPT_RELEASED.text(),
        words::Key::RECEIPT_NEXT_1.text(),
    );
    assert!(page(false).contains(to_come) && !page(false).contains(happened));
    assert!(page(true).contains(happened) && !page(true).contains(to_come));
}

#[test]
fn before_the_release_the_follow_page_tells_nothing_of_the_level() {
    let assets = Assets::default();
    let page = follow(&given::follow_page(None), &given::shell(&assets, true)).into_string();
    let body = page.split("<main").nth(1).expect("main");
    for level in Level::ALL {
        let word = words::by_code("level.satisfaction", &level.get().to_string()).expect("a word");
        assert!(!body.contains(word), "{word}");
    }
}
