//! Small calendars, profiles and tickets made by hand.

use rules::calendar::{Calendar, Entry, Notice};
use rules::date::{Date, parse_iso};
use rules::level::Level;
use rules::profile::{Force, Param, ParameterReader, Parameters, Profile, Value};
use rules::rating::Identity;
use rules::ticket::{Recorded, Ticket, TicketEvent, fold};

pub fn day(text: &str) -> Date {
    parse_iso(text).expect("a date")
}

pub fn notice(number: &str, off: &[&str], work: &[&str]) -> Notice {
    let entry = |off| {
        move |date: &&str| Entry {
            date: day(date),
            off,
            name: "节".to_owned(),
        }
    };
    let entries = off
        .iter()
        .map(entry(true))
        .chain(work.iter().map(entry(false)))
        .collect();
    Notice {
        number: number.to_owned(),
        checked: true,
        entries,
    }
}

/// 2026 with the days of 春节, 中秋 and 国庆 that the tests meet.
pub fn calendar() -> Calendar {
    let off = [
        "2026-02-15",
        "2026-02-16",
        "2026-02-17",
        "2026-02-18",
        "2026-02-19",
        "2026-02-20",
        "2026-02-21",
        "2026-02-22",
        "2026-02-23",
        "2026-09-25",
        "2026-09-26",
        "2026-09-27",
        "2026-10-01",
        "2026-10-02",
        "2026-10-03",
        "2026-10-04",
        "2026-10-05",
        "2026-10-06",
        "2026-10-07",
    ];
    let work = ["2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"];
    Calendar::new("cn", [2026], vec![notice("一号", &off, &work)]).expect("a calendar")
}

struct Blank;

impl ParameterReader for Blank {
    fn parameter<T: Value>(&mut self, _: &'static str) -> Param<T> {
        Param::none("测试")
    }
}

/// A profile that says nothing.
pub fn blank(id: &str) -> Profile {
    Profile {
        id: id.to_owned(),
        version: "1".to_owned(),
        jurisdiction: id.to_owned(),
        document: "测试".to_owned(),
        force: Force::Document,
        held: "测试".to_owned(),
        parent: None,
        valid_from: None,
        valid_to: None,
        validity: None,
        province_held: true,
        province: None,
        parameters: Parameters::read(&mut Blank),
    }
}

pub fn opened(level: Level, identity: Identity) -> TicketEvent {
    TicketEvent::Opened {
        level,
        identity,
        profile: "dehong".to_owned(),
        profile_version: "2020".to_owned(),
        opened_on: day("2026-02-13"),
        served_by: Some(["beside", "rated"].map(str::to_owned).into()),
    }
}

/// One event a day from 2026-02-13 on, seq from 1.
pub fn recorded(events: impl IntoIterator<Item = TicketEvent>) -> Vec<Recorded> {
    let mut on = day("2026-02-13");
    let record = |(seq, event)| {
        let this = on;
        on = on.next_day().expect("a next day");
        Recorded {
            seq,
            on: this,
            actor: "s1".to_owned(),
            event,
        }
    };
    (1..).zip(events).map(record).collect()
}

pub fn ticket(identity: Identity, events: impl IntoIterator<Item = TicketEvent>) -> Ticket {
    let all = std::iter::once(opened(Level::L1, identity)).chain(events);
    fold("U1", Some("rated"), &recorded(all)).expect("a permitted run")
}

pub fn assigned(handler: &str) -> TicketEvent {
    TicketEvent::Assigned {
        handler: handler.to_owned(),
    }
}
