//! Service events pushed by connectors, and the codes of their links.

use std::collections::HashSet;

use crate::Store;
use crate::bisect::Bisect;
use crate::error::{Result, StoreError};
use crate::sql::statements;
use crate::value::{Record, args, optional, record};

record! {
    /// A service event (办件服务).
    pub struct ServiceEvent {
        /// Unit.
        unit: String,
        /// Number of the case.
        project_no: String,
        /// Which service within the case, from 1.
        service_no: i64,
        /// Item.
        item: String,
        /// Hall, or empty.
        hall: String,
        /// Window, or empty.
        win: String,
        /// Who served.
        staff: Option<String>,
        /// ISO date.
        served_on: String,
        /// When it reached us.
        received_at: i64,
        /// Profile in force at the moment of service.
        profile: String,
        /// Its version.
        profile_version: String,
        /// Hash of the code of its link.
        code_hash: Vec<u8>,
    }
}

/// An event to be pushed.
pub type NewServiceEvent = ServiceEvent;

/// What became of a pushed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// Stored.
    Accepted,
    /// It was there already, with the same content.
    SameAgain,
    /// Its number is taken by an event with other content.
    Different,
    /// The engine refuses it.
    Refused(String),
}

statements! {
    EVENT_PUT = "INSERT INTO service_event (unit, project_no, service_no, item, hall, win, staff, served_on, \
        received_at, profile, profile_version, code_hash) VALUES {rows} \
        ON CONFLICT (unit, project_no, service_no) DO NOTHING RETURNING unit, project_no, service_no";
    EVENT_CODE_PUT = "INSERT INTO event_code (code_hash, unit, project_no, service_no) VALUES {rows}";
    EVENT = "SELECT unit, project_no, service_no, item, hall, win, staff, served_on, received_at, profile, \
        profile_version, code_hash FROM service_event WHERE unit = $1 AND project_no = $2 AND service_no = $3";
    EVENT_BY_CODE = "SELECT e.unit, e.project_no, e.service_no, e.item, e.hall, e.win, e.staff, e.served_on, \
        e.received_at, e.profile, e.profile_version, e.code_hash FROM event_code c \
        JOIN service_event e ON e.unit = c.unit AND e.project_no = c.project_no AND e.service_no = c.service_no \
        WHERE c.code_hash = $1";
}

type Key = (String, String, i64);

fn key(event: &ServiceEvent) -> Key {
    (
        event.unit.clone(),
        event.project_no.clone(),
        event.service_no,
    )
}

/// Whether two pushes say the same; when and under which profile we took it is ours.
fn same(a: &ServiceEvent, b: &ServiceEvent) -> bool {
    (&a.item, &a.hall, &a.win, &a.staff, &a.served_on)
        == (&b.item, &b.hall, &b.win, &b.staff, &b.served_on)
}

/// Whether what was written stays.
#[derive(Debug, Clone, Copy)]
enum Kept {
    IfAllAre,
    Never,
}

impl Store {
    /// Stores events, each with the code of its link, all of them or none: where one is `Different` or
    /// `Refused`, nothing is stored. Repeating a push is safe.
    pub async fn push_events(&self, events: &[NewServiceEvent]) -> Result<Vec<PushOutcome>> {
        match self.push_once(events, Kept::IfAllAre).await {
            Err(StoreError::Refused(_)) => self.refused_events(events).await,
            outcomes => outcomes,
        }
    }

    /// Finds the events that the engine refuses, and stores nothing.
    async fn refused_events(&self, events: &[NewServiceEvent]) -> Result<Vec<PushOutcome>> {
        let mut work = Bisect::new(events.len());
        while let Some(range) = work.next() {
            let done = self.push_once(&events[range.clone()], Kept::Never).await;
            work.settle(range, done, PushOutcome::Refused)?;
        }
        work.finish()
    }

    async fn push_once(&self, events: &[NewServiceEvent], kept: Kept) -> Result<Vec<PushOutcome>> {
        let mut sorted: Vec<&ServiceEvent> = events.iter().collect();
        sorted.sort_by_key(|event| key(event));
        sorted.dedup_by_key(|event| key(event));
        let mut tx = self.db.begin().await?;
        let rows = sorted.iter().map(|&event| event.clone().values()).collect();
        let mut fresh: HashSet<Key> = HashSet::new();
        for mut row in tx.bulk(&EVENT_PUT, rows).await? {
            fresh.insert((row.take()?, row.take()?, row.take()?));
        }
        let codes = sorted
            .iter()
            .filter(|event| fresh.contains(&key(event)))
            .map(|event| {
                args![
                    &event.code_hash,
                    &event.unit,
                    &event.project_no,
                    event.service_no
                ]
            });
        tx.bulk(&EVENT_CODE_PUT, codes.collect()).await?;
        let mut outcomes = Vec::with_capacity(events.len());
        for event in events {
            if fresh.remove(&key(event)) {
                outcomes.push(PushOutcome::Accepted);
                continue;
            }
            let row = tx
                .opt(
                    &EVENT,
                    args![&event.unit, &event.project_no, event.service_no],
                )
                .await?;
            let stored: Option<ServiceEvent> = optional(row)?;
            let stored =
                stored.ok_or_else(|| StoreError::Internal("a pushed event vanished".into()))?;
            let repeated = same(&stored, event);
            outcomes.push(if repeated {
                PushOutcome::SameAgain
            } else {
                PushOutcome::Different
            });
        }
        let all = !outcomes.contains(&PushOutcome::Different);
        match kept {
            Kept::IfAllAre if all => tx.commit().await?,
            Kept::IfAllAre | Kept::Never => tx.rollback().await?,
        }
        Ok(outcomes)
    }

    /// The event of a link.
    pub async fn event_by_code(&self, code_hash: &[u8]) -> Result<Option<ServiceEvent>> {
        optional(self.db.opt(&EVENT_BY_CODE, args![code_hash]).await?)
    }

    /// The event of a case.
    pub async fn event(
        &self,
        unit: &str,
        project_no: &str,
        service_no: i64,
    ) -> Result<Option<ServiceEvent>> {
        optional(
            self.db
                .opt(&EVENT, args![unit, project_no, service_no])
                .await?,
        )
    }
}
