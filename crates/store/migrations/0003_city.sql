-- What a release goes on from, so that its work is what changed since the one before.
-- Projections, mutable: `flow::release::rebuild` makes them again from what is appended.

-- Ratings of a month by cell: seen is everything accepted in the month on days that are over,
-- told is what of it has been released.
CREATE TABLE running_cell (
  month {text} NOT NULL, cell {text} NOT NULL, parent {text} NOT NULL, subject_kind {text} NOT NULL, level {int} NOT NULL,
  seen {int} NOT NULL, seen_real {int} NOT NULL, told {int} NOT NULL, told_real {int} NOT NULL,
  PRIMARY KEY (month, cell, subject_kind, level)) {keyed};
-- What each ticket counted as at the last release, and the day on which that changes by itself.
CREATE TABLE running_ticket (
  unit {text} NOT NULL, ticket {blob} NOT NULL, bad {int} NOT NULL, due {int} NOT NULL, in_time {int} NOT NULL,
  rectified {int} NOT NULL, explained {int} NOT NULL, open {int} NOT NULL, changes_on {text},
  PRIMARY KEY (unit, ticket)) {keyed};
CREATE INDEX running_ticket_changes ON running_ticket (changes_on);
-- The sums of those; the region's own row has no unit.
CREATE TABLE running_handling (
  unit {text} NOT NULL PRIMARY KEY, bad {int} NOT NULL, due {int} NOT NULL, in_time {int} NOT NULL, rectified {int} NOT NULL,
  explained {int} NOT NULL, open {int} NOT NULL) {keyed};

-- Tickets that somebody of another unit was given.
CREATE INDEX ticket_handler ON ticket (handler, due_key, number);

-- Guides to items (办事指南): what somebody wants to know before coming. Lists are JSON.
CREATE TABLE guide (
  item {text} NOT NULL PRIMARY KEY REFERENCES item (code), title {text} NOT NULL, who {text} NOT NULL, materials {text} NOT NULL,
  steps {text} NOT NULL, time_limit {text} NOT NULL, fee {text} NOT NULL, place {text} NOT NULL) {strict};
