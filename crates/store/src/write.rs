//! The rows of a batch, once it is decided which versions it appends.

use std::collections::BTreeMap;

use crate::door::{self, Stamp};
use crate::engine::Tx;
use crate::error::Result;
use crate::ingest::{NewRating, Version};
use crate::private::{PUT as PRIVATE_PUT, Private};
use crate::sql::statements;
use crate::value::{Record, Value, args, record};

statements! {
    RATING_PUT = "INSERT INTO rating_event (unit, rating, seq, kind, subject_kind, subject_key, level, \
        scopes, tags, catalogue, identity, hall, win, item, staff, profile, profile_version, accepted_at, day, epoch, lane, batch, \
        pos, channel, text_hash, contact_hash, private_text, private_contact, came_network, came_device, held) VALUES {rows}";
    /// Also used by `ratings`.
    CODE_PUT = "INSERT INTO code (hash, purpose, unit, rating) VALUES {rows} ON CONFLICT (hash) DO NOTHING";
    /// Also used by `held`.
    ROLLUP_PUT = "INSERT INTO rollup (day, epoch, lane, batch, unit, hall, win, item, kind, subject_kind, level, \
        identity, n) VALUES {rows}";
}

record! {
    /// What a rating counts as.
    #[derive(PartialOrd, Ord)]
    pub struct Dims {
        /// Unit.
        unit: String,
        /// Hall.
        hall: String,
        /// Window.
        win: String,
        /// Item.
        item: String,
        /// Kind.
        kind: String,
        /// Kind of subject.
        subject_kind: String,
        /// Level.
        level: i64,
        /// Identity.
        identity: String,
    }
}

impl Dims {
    /// Of a rating to be stored.
    pub fn of(item: &NewRating) -> Self {
        Self {
            unit: item.unit.clone(),
            hall: item.hall.clone(),
            win: item.win.clone(),
            item: item.item.clone(),
            kind: item.kind.clone(),
            subject_kind: item.subject_kind.clone(),
            level: item.level,
            identity: item.identity.clone(),
        }
    }
}

/// Rows by table, each in key order because the versions are.
#[derive(Default)]
struct Rows<'a> {
    ratings: Vec<Vec<Value>>,
    codes: BTreeMap<&'a [u8], Vec<Value>>,
    private: Vec<&'a Private>,
    rollup: BTreeMap<Dims, i64>,
}

/// Writes the versions and everything that goes with them.
pub(crate) async fn write(
    tx: &mut Tx,
    stamp: &Stamp,
    items: &[NewRating],
    mut versions: Vec<Version>,
) -> Result<()> {
    versions.sort_by_key(|v| (&items[v.item].unit, items[v.item].rating, v.seq));
    let first_versions = versions.iter().filter(|v| v.seq == 1).count();
    let mut rows = Rows::default();
    for (pos, version) in (1..).zip(versions) {
        let item = &items[version.item];
        rows.ratings.push(rating_row(item, &version, stamp, pos));
        if !version.held {
            *rows.rollup.entry(Dims::of(item)).or_default() += 1;
        }
        if let Some(prior) = version.prior {
            *rows.rollup.entry(prior).or_default() -= 1;
        }
        for code in &item.codes {
            rows.codes.insert(
                &code.hash,
                args![&code.hash, &code.purpose, &item.unit, &item.rating],
            );
        }
        rows.private.extend(&item.private);
    }
    let Rows {
        ratings,
        codes,
        mut private,
        rollup,
    } = rows;
    private.sort_by_key(|row| row.id);
    tx.bulk(&RATING_PUT, ratings).await?;
    tx.bulk(&CODE_PUT, codes.into_values().collect()).await?;
    tx.bulk(
        &PRIVATE_PUT,
        private.into_iter().cloned().map(Record::values).collect(),
    )
    .await?;
    tx.bulk(&ROLLUP_PUT, rollup_rows(rollup, stamp)).await?;
    door::record_batch(tx, stamp, i64::try_from(first_versions).unwrap_or(i64::MAX)).await
}

fn rating_row(item: &NewRating, version: &Version, stamp: &Stamp, pos: i64) -> Vec<Value> {
    args![
        &item.unit,
        &item.rating,
        version.seq,
        &item.kind,
        &item.subject_kind,
        &item.subject_key,
        item.level,
        &item.scopes,
        &item.tags,
        &item.catalogue,
        &item.identity,
        &item.hall,
        &item.win,
        &item.item,
        item.staff.clone(),
        &item.profile,
        &item.profile_version,
        item.accepted_at,
        &stamp.day,
        stamp.epoch,
        &stamp.lane,
        stamp.batch,
        pos,
        &item.channel,
        item.text_hash.clone(),
        item.contact_hash.clone(),
        item.private_text,
        item.private_contact,
        item.came_network.clone(),
        item.came_device.clone(),
        i64::from(version.held),
    ]
}

/// The rows that a batch adds to the roll-ups.
pub(crate) fn rollup_rows(rollup: BTreeMap<Dims, i64>, stamp: &Stamp) -> Vec<Vec<Value>> {
    let row = |(dims, n): (Dims, i64)| {
        let mut values = args![&stamp.day, stamp.epoch, &stamp.lane, stamp.batch];
        values.extend(dims.values());
        values.push(Value::I(n));
        values
    };
    rollup
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(row)
        .collect()
}
