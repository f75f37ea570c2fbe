//! What a faulty file is told: file, line, key.

use crate::*;
use policy::What;

/// The faults of 德宏's file with one piece of text replaced, as `line key what`.
fn faults(from: &str, to: &str) -> Vec<String> {
    assert!(DEHONG.contains(from), "{from} isn't in the file");
    let faults = read("dehong/2020.toml", &DEHONG.replacen(from, to, 1))
        .unwrap_err()
        .faults;
    faults
        .into_iter()
        .map(|fault| format!("{} {} {}", fault.line, fault.key, fault.what))
        .collect()
}

fn line_of(text: &str) -> usize {
    DEHONG
        .lines()
        .position(|line| line.starts_with(text))
        .unwrap()
        + 1
}

#[test]
fn a_trial_without_an_end_an_unknown_force_and_an_uncited_validity_are_told() {
    let faults = |from: &str, to: &str| -> Vec<String> {
        assert!(JILIN.contains(from), "{from}");
        let error = read("jilin/2020.toml", &JILIN.replacen(from, to, 1)).unwrap_err();
        error.faults.iter().map(ToString::to_string).collect()
    };
    let line = |text: &str| JILIN.lines().position(|l| l.starts_with(text)).unwrap() + 1;
    assert_eq!(
        faults("valid_to = \"2021-08-08\"\n", ""),
        ["policies/jilin/2020.toml:1: `valid_to`: missing"]
    );
    assert_eq!(
        faults("force = \"trial\"", "force = \"rumour\""),
        [format!(
            "policies/jilin/2020.toml:{}: `force`: expected one of document, trial, press",
            line("force")
        )]
    );
    let uncited = JILIN
        .lines()
        .skip(line("[validity.stated]") - 1)
        .take(4)
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(
        faults(&uncited, ""),
        ["policies/jilin/2020.toml:1: `validity`: no basis: needs one of stated, ours, none"]
    );
    assert_eq!(
        faults("article = \"第二十八条\"\n", ""),
        [format!(
            "policies/jilin/2020.toml:{}: `validity.stated.article`: missing citation: `article` is needed",
            line("[validity.stated]")
        )]
    );
    let half = faults(
        "[default_rating.enabled]\nvalue = true",
        "[default_rating.enabled]\nvalue = false",
    );
    assert!(
        half[0].contains("enabled with level, after and counted_in"),
        "{half:?}"
    );
}

#[test]
fn a_missing_citation_is_told_with_file_line_and_key() {
    let line = line_of("[rectify_simple]") + 2;
    let article = "article = \"三、评价机制(三)评价流程 2.整改\"\nwords = \"除误评";
    assert_eq!(
        faults(article, "words = \"除误评"),
        [format!(
            "{line} rectify_simple.stated.article missing citation: `article` is needed"
        )]
    );
    assert_eq!(
        faults(
            "ours = { why = \"少于五条的变化会让人认出评价人。\" }",
            "ours = { why = \"\" }"
        ),
        [format!(
            "{} release_k.ours.why missing citation: `why` is needed",
            line_of("[release_k]") + 2
        )]
    );
    let bare = faults("ours = { why = \"少于五条的变化会让人认出评价人。\" }", "");
    assert_eq!(
        bare,
        [format!(
            "{} release_k no basis: needs one of stated, ours, none",
            line_of("[release_k]")
        )]
    );
}

#[test]
fn a_missing_parameter_a_wrong_type_and_a_broken_file_are_told() {
    let gone = faults(
        "[sms]\nvalue = false\nours = { why = \"原文没有短信评价；短信需要网关。\" }\n",
        "",
    );
    assert_eq!(gone, ["1 sms missing"]);
    let wrong = faults("value = { n = 15, unit = \"working_days\" }", "value = 15");
    let line = line_of("[rectify_simple]") + 1;
    assert!(wrong[0].starts_with(&format!("{line} rectify_simple.value expected a term")));
    let unit = faults(
        "n = 15, unit = \"working_days\"",
        "n = 15, unit = \"weeks\"",
    );
    assert!(unit[0].starts_with(&format!(
        "{line} rectify_simple.value.unit expected working_days"
    )));
    let broken = read("dehong/2020.toml", "id = ").unwrap_err();
    assert!(matches!(broken.faults[0].what, What::Syntax(_)));
    let both = faults("[reply]", "[reply]\nours = { why = \"x\" }");
    assert!(both[0].contains("more than one of stated, ours, none"));
}

// clause: N-21
#[test]
fn a_value_looser_than_what_the_parent_states_stops_the_start() {
    let looser = faults(
        "[callback.target]\nvalue = 100",
        "[callback.target]\nvalue = 99",
    );
    let line = line_of("[callback.target]");
    assert_eq!(
        looser,
        [format!(
            "{line} callback.target looser than `national/2019`, which states Number(100)"
        )]
    );
    // Every ancestor's stated values bind, whatever the child calls its own.
    let stricter = QINGDAO.replacen("[hotline]\nvalue = true", "[hotline]\nvalue = false", 1);
    assert_eq!(
        read("qingdao/2020.toml", &stricter)
            .unwrap_err()
            .to_string(),
        format!(
            "policies/qingdao/2020.toml:{}: `hotline`: looser than `national/2019`, which states Flag(true)",
            QINGDAO.lines().position(|l| l == "[hotline]").unwrap() + 1
        )
    );
    let orphan = faults("parent = \"national/2019\"", "parent = \"national/1949\"");
    assert!(orphan[0].contains("no profile `national/1949` above this one"));
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_key() {
    let line = line_of("[reply]") + 1;
    let none = DEHONG.lines().nth(line - 1).unwrap();
    assert_eq!(
        faults(none, &format!("{none}\nhurry = 1")),
        [format!("{} reply.hurry unknown key", line + 1)]
    );
    let error = read("dehong/2020.toml", &format!("{DEHONG}\n[surprise]\n"))
        .unwrap_err()
        .to_string();
    let last = DEHONG.lines().count() + 2;
    assert_eq!(
        error,
        format!("policies/dehong/2020.toml:{last}: `surprise`: unknown key")
    );
}
