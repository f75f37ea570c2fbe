//! Builders with sensible defaults.

use contract::{rate::field, staff::EventCreate, ticket::TicketAct};
use rules::{
    can::Action,
    ticket::{ContactOutcome, RevisitOutcome},
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// An idempotency key that no other call gives.
pub fn fresh_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("test-key-{:010}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A rating as a client sends it: anonymous, level 5, nothing else, unless said otherwise.
#[derive(Clone, Debug)]
pub struct Rating {
    entry: (&'static str, String),
    level: Value,
    scopes: Vec<(String, Value)>,
    tags: Vec<u16>,
    text: String,
    stated: bool,
    name: String,
    phone: String,
}

impl Rating {
    fn of(kind: &'static str, code: &str) -> Self {
        Self {
            entry: (kind, code.to_owned()),
            level: json!(5),
            scopes: Vec::new(),
            tags: Vec::new(),
            text: String::new(),
            stated: false,
            name: String::new(),
            phone: String::new(),
        }
    }

    /// By the plate at a window.
    pub fn of_plate(code: &str) -> Self {
        Self::of("plate", code)
    }

    /// By the link of a service event.
    pub fn of_service(code: &str) -> Self {
        Self::of("service", code)
    }

    /// The level, right or wrong.
    pub fn level(mut self, level: impl Into<Value>) -> Self {
        self.level = level.into();
        self
    }

    /// The level of a scope, right or wrong.
    pub fn scope(mut self, code: &str, level: impl Into<Value>) -> Self {
        self.scopes.push((code.to_owned(), level.into()));
        self
    }

    /// Tags.
    pub fn tags(mut self, tags: &[u16]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// Free text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// By real name.
    pub fn stated(mut self, name: &str, phone: &str) -> Self {
        self.stated = true;
        name.clone_into(&mut self.name);
        phone.clone_into(&mut self.phone);
        self
    }

    /// As the API's body.
    pub fn json(&self) -> Value {
        let mut body = json!({
            self.entry.0: self.entry.1, "level": self.level, "tags": self.tags, "text": self.text,
            "stated": self.stated, "name": self.name, "phone": self.phone,
        });
        if !self.scopes.is_empty() {
            body["scopes"] = self.scopes.iter().cloned().collect();
        }
        if self.level.is_null() {
            body.as_object_mut().expect("an object").remove("level");
        }
        body
    }

    /// As the script-free form sends it.
    pub fn form(&self, key: &str) -> String {
        let typed = |level: &Value| match level {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let level = typed(&self.level);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair(field::KEY, key);
        if !level.is_empty() {
            form.append_pair(field::LEVEL, &level);
        }
        for tag in &self.tags {
            form.append_pair(&format!("{}{level}", field::TAG), &tag.to_string());
        }
        for (scope, level) in &self.scopes {
            form.append_pair(&format!("{}{scope}", field::SCOPE), &typed(level));
        }
        form.append_pair(field::TEXT, &self.text);
        if self.stated {
            form.append_pair(field::STATED, "yes");
        }
        form.append_pair(field::NAME, &self.name);
        form.append_pair(field::PHONE, &self.phone);
        form.finish()
    }

    /// The page that sends the form.
    pub fn page(&self) -> String {
        let template = match self.entry.0 {
            "plate" => contract::paths::PLATE,
            _ => contract::paths::SERVICE,
        };
        contract::paths::fill(template, &self.entry.1)
    }
}

/// A service event of a window of the demo city, on the day the clock starts.
pub fn event(project_no: &str, window: &str, item: &str) -> EventCreate {
    EventCreate {
        project_no: project_no.to_owned(),
        service_no: 1,
        item: item.to_owned(),
        window: window.to_owned(),
        staff: None,
        served_on: "2026-10-28".to_owned(),
    }
}

/// What staff do with a ticket, without the sequence number.
#[derive(Clone, Debug)]
pub struct Act(TicketAct);

impl Act {
    fn of(action: Action) -> Self {
        Self(TicketAct {
            action,
            seq: 0,
            handler: None,
            contact: None,
            revisit: None,
            text: String::new(),
        })
    }

    /// Anything, with nothing further.
    pub fn bare(action: Action) -> Self {
        Self::of(action)
    }

    /// Names the handler.
    pub fn assign(handler: &str) -> Self {
        let mut act = Self::of(Action::Assign);
        act.0.handler = Some(handler.to_owned());
        act
    }

    /// The rater was called.
    pub fn contact(outcome: ContactOutcome) -> Self {
        let mut act = Self::of(Action::Contact);
        act.0.contact = Some(outcome);
        act
    }

    /// The rater was asked whether it is put right.
    pub fn revisit(outcome: RevisitOutcome) -> Self {
        let mut act = Self::of(Action::Revisit);
        act.0.revisit = Some(outcome);
        act
    }

    /// `rectify`, `explain` or `answer`.
    pub fn write(action: Action, text: &str) -> Self {
        let mut act = Self::of(action);
        text.clone_into(&mut act.0.text);
        act
    }

    /// The end.
    pub fn close() -> Self {
        Self::of(Action::Close)
    }

    /// As sent, by somebody who has seen the stream up to `seq`.
    pub fn seen(&self, seq: i64) -> TicketAct {
        TicketAct {
            seq,
            ..self.0.clone()
        }
    }
}
