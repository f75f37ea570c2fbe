//! What the pages' tests show.

use super::{Assets, Shell};
use contract::{
    figures::{self, Block, Covered, DueAnswer, Figures, Part, PartRow, TrendDay, UnitRow},
    follow::{FollowPage, FollowStep, FollowTicket, Outcome},
    place::{Hall, Place, PlateRow},
    profile::{Ancestor, ProfileRow, ProfileView, Stricter},
    rate::{RatePage, Receipt, TagChoice},
    ticket::DueView,
};
use policy::Policies;
use rules::{
    calendar::DayKind,
    date,
    deadline::Step,
    indicators::{Counts, Coverage, FellDue, Handling, Rate, RealNames},
    level::{LabelSet, Level},
    profile::{Basis, Clock, Profile, Raw, Scope, Term},
    rating::SubjectKind,
    tag::Shown,
    ticket::{Met, State},
};

pub fn shell(assets: &Assets, citizen: bool) -> Shell<'_> {
    Shell {
        language: words::spoken(),
        modes: super::Modes::default(),
        demo: true,
        region: "德宁州",
        lapse: None,
        assets,
        citizen,
        back: "/".into(),
    }
}

pub fn place() -> Place {
    Place {
        hall: "德宁州政务服务大厅".into(),
        window_no: "07".into(),
        window: "不动产综合受理".into(),
        unit: "自然资源局".into(),
        item: Some("不动产转移登记".into()),
    }
}

/// The enabled tags of the catalogue: three core ones and five more for each level.
pub fn tags() -> Vec<TagChoice> {
    let firsts = [
        (Level::L5, 510),
        (Level::L4, 406),
        (Level::L3, 307),
        (Level::L2, 207),
        (Level::L1, 108),
    ];
    let of = |(level, first): (Level, u16)| {
        (0..8).map(move |at| TagChoice {
            code: first + at,
            level,
            shown: if at < 3 { Shown::Core } else { Shown::Extended },
        })
    };
    firsts.into_iter().flat_map(of).collect()
}

pub fn rate_page() -> RatePage {
    RatePage {
        region: "德宁州".into(),
        demo: true,
        place: place(),
        subject: SubjectKind::Window,
        served_on: None,
        labels: LabelSet::Satisfaction,
        catalogue: "2".into(),
        tags: tags(),
        scopes: vec![Scope::Business, Scope::Service],
        text_max: 150,
        action: "/r/abc".into(),
        already_rated: false,
    }
}

pub fn receipt() -> Receipt {
    Receipt {
        code: "7QX4-M2KD-9FWA-31PV".into(),
        day: "2026-10-30".into(),
        place: place(),
        released: false,
    }
}

fn step(iso: &str, kind: DayKind, name: Option<&str>, n: Option<u32>) -> Step {
    Step {
        date: date::parse_iso(iso).expect("a date"),
        counted: n.is_some(),
        kind,
        name: name.map(str::to_owned),
        notice: name.map(|_| "国办发明电〔2025〕7号".to_owned()),
        n,
        checked: true,
        known: true,
        before: false,
    }
}

pub fn steps() -> Vec<Step> {
    vec![
        step("2026-09-19", DayKind::Weekend, None, None),
        step("2026-09-20", DayKind::MakeUp, Some("国庆节"), Some(1)),
        step("2026-09-21", DayKind::Work, None, Some(2)),
        step("2026-09-25", DayKind::Holiday, Some("中秋节"), None),
        step("2026-09-28", DayKind::Work, None, Some(3)),
    ]
}

fn stated() -> Basis {
    Basis::Stated {
        document: "《德宏州政务服务“好差评”实施办法》".into(),
        article: "第十二条".into(),
        words: "15个工作日内完成整改".into(),
    }
}

pub fn follow_page(outcome: Option<Outcome>) -> FollowPage {
    FollowPage {
        demo: true,
        place: place(),
        day: "2026-09-18".into(),
        outcome,
    }
}

pub fn outcome(level: Level) -> Outcome {
    let ticket = level.is_bad().then(|| FollowTicket {
        number: "G20260918-0007".into(),
        state: State::ToRevisit,
        unit: "自然资源局".into(),
        dues: vec![DueView {
            clock: Clock::Rectify,
            due: Some("2026-10-15".into()),
            reason_none: None,
            overdue: false,
            provisional: false,
            done_on: Some("2026-10-12".into()),
            done_as: Some(Met::Rectified),
            steps: steps(),
            basis: stated(),
            profile: "dehong@1".into(),
        }],
        steps: vec![
            FollowStep {
                kind: "opened".into(),
                on: "2026-09-18".into(),
                outcome: None,
            },
            FollowStep {
                kind: "assigned".into(),
                on: "2026-09-20".into(),
                outcome: None,
            },
            FollowStep {
                kind: "contacted".into(),
                on: "2026-09-21".into(),
                outcome: Some("no_answer".into()),
            },
        ],
        answer: Some("材料清单已经更新。\n窗口人员已重新培训。".into()),
    });
    Outcome {
        level,
        labels: LabelSet::Satisfaction,
        ticket,
    }
}

pub fn halls() -> Vec<Hall> {
    vec![Hall {
        name: "德宁州政务服务大厅".into(),
        address: "芒西市团结大街8号".into(),
        windows: (1..=6)
            .map(|no| (format!("{no:02}"), "综合受理".to_owned()))
            .collect(),
    }]
}

pub fn a_place(place: &str, name: &str) -> figures::Place {
    figures::Place {
        place: place.into(),
        name: name.into(),
    }
}

pub fn counts(levels: [u64; 5]) -> Counts {
    Counts {
        levels,
        real_name: 12,
        excluded: 2,
        defaults: 7,
        ..Counts::default()
    }
}

fn block(levels: [u64; 5]) -> Block {
    let counts = counts(levels);
    let (den, bad) = (counts.active(), counts.bad());
    Block {
        counts,
        good: Rate {
            num: den - bad,
            den,
        },
        bad: Rate { num: bad, den },
        mean: (den > 0).then(|| "4.53".to_owned()),
    }
}

pub fn figures() -> Figures {
    let handling = Handling {
        bad: 61,
        due: 52,
        in_time: 50,
        rectified: 41,
        explained: 11,
        open: 9,
    };
    let in_time = Rate { num: 50, den: 52 };
    let fell_due = Some(FellDue {
        due: 52,
        handled: 51,
        real: Some(RealNames {
            bad: 20,
            reached: 18,
            unreached: 2,
            handled: 20,
            both: 18,
        }),
    });
    let row = |code: &str, name: &str, levels| UnitRow {
        code: code.into(),
        name: name.into(),
        events: block(levels),
        windows: block([0; 5]),
        handling: Some(handling),
        fell_due,
        in_time,
    };
    Figures {
        region: "德宁州".into(),
        demo: true,
        labels: LabelSet::Satisfaction,
        period: "2026-10".into(),
        periods: vec!["2026-10".into(), "2026-09".into()],
        path: vec![a_place("region", "德宁州")],
        unit: None,
        parts: vec![Part {
            kind: "county".into(),
            rows: vec![PartRow {
                place: a_place("county:539901", "澜城市"),
                events: block([9, 12, 40, 200, 400]),
                windows: block([0; 5]),
            }],
            unassigned: counts([0, 1, 1, 1, 1]),
            unassigned_windows: counts([0; 5]),
        }],
        units: vec![
            ("U1".into(), "自然资源局".into()),
            ("U2".into(), "公安局".into()),
        ],
        released_through: Some("2026-10-30".into()),
        events: block([21, 40, 130, 812, 1497]),
        windows: block([3, 5, 20, 90, 282]),
        trend: vec![TrendDay {
            day: "2026-10-29".into(),
            total: 120,
            bad: 3,
        }],
        rows: vec![
            row("U1", "自然资源局", [9, 12, 40, 200, 400]),
            row("U2", "公安局", [0, 1, 20, 100, 300]),
        ],
        unassigned: counts([0, 1, 1, 1, 1]),
        unassigned_windows: counts([0, 0, 1, 0, 1]),
        held: 3,
        ruled_out: 2,
        coverage: [("unit", 6, 6, 6), ("win", 12, 11, 9), ("item", 20, 20, 14)]
            .map(|(kind, all, open, rated)| Covered {
                kind: kind.to_owned(),
                counts: Coverage { all, open, rated },
            })
            .into(),
        handling: Some(handling),
        fell_due,
        in_time,
        good_from: 3,
    }
}

pub fn due_answer(provisional: bool) -> DueAnswer {
    DueAnswer {
        due: Some("2026-10-15".into()),
        provisional,
        in_force: !provisional,
        steps: steps(),
        cite: stated(),
        note: Some("按自然日计算。".into()),
        reason: None,
    }
}

pub fn plate() -> PlateRow {
    PlateRow {
        plate: "abc".into(),
        short: "K7P4-2M".into(),
        version: 2,
        revoked: false,
        made_on: Some("2026-10-31".into()),
        hall: "h1".into(),
        place: place(),
    }
}

pub fn sheet() -> super::Sheet {
    super::Sheet {
        row: plate(),
        qr_svg: "<svg></svg>".into(),
        url: "https://x.invalid/r/abc".into(),
    }
}

/// 吉林市's profile as it stands after its lapse.
pub fn lapsed_profile(policies: &Policies) -> ProfileView {
    let profile = policies.profile("jilin").expect("jilin").clone();
    ProfileView {
        in_force: false,
        governs: false,
        chain: vec![Ancestor {
            id: "national".into(),
            version: "2019".into(),
            jurisdiction: "全国".into(),
            document: "国办发〔2019〕51号".into(),
        }],
        stricter: vec![Stricter {
            key: "reply".into(),
            value: Some(Raw::Term(Term::working_days(10))),
            parent_value: None,
        }],
        continuations: vec![],
        profile,
    }
}

/// The profiles in the list.
pub fn profile_rows(policies: &Policies) -> Vec<ProfileRow> {
    let row = |profile: &Profile| {
        let governs = profile.id == "national";
        ProfileRow::of(
            profile,
            profile.id != "jilin",
            governs,
            profile.id == "jilin",
        )
    };
    policies.profiles.iter().map(row).collect()
}

pub fn guide() -> contract::items::Guide {
    contract::items::Guide {
        item: "539900-019".into(),
        title: "不动产转移登记".into(),
        unit: "自然资源局".into(),
        who: "权利人双方".into(),
        materials: vec!["登记申请书".into(), "不动产权属证书".into()],
        steps: vec!["取号".into(), "办理".into()],
        time_limit: "3个工作日".into(),
        fee: "不收费".into(),
        place: "德宁州政务服务大厅07号窗口".into(),
    }
}
