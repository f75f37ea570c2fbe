-- Where a rating came from: digests of network and device under a key of the day, and whether it came above a
-- limit and waits for a person (decision 0022). Older ratings have none, and nothing holds them.
ALTER TABLE rating_event ADD COLUMN came_network {blob} CHECK (length(came_network) = 8);
ALTER TABLE rating_event ADD COLUMN came_device {blob} CHECK (length(came_device) = 8);
ALTER TABLE rating_event ADD COLUMN held {int} NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
CREATE INDEX rating_event_held ON rating_event (day, unit, win) WHERE held = 1;
-- Mutable: without its key nobody can tie a digest to an address any more.
CREATE TABLE day_key (day {text} NOT NULL PRIMARY KEY, key {blob} NOT NULL, destroy_after {text} NOT NULL) {keyed};

-- What became of a held rating. Released, it counts from the day of the ruling on.
CREATE TABLE rating_ruling (
  unit {text} NOT NULL, rating {blob} NOT NULL, seq {int} NOT NULL,
  outcome {text} NOT NULL CHECK (outcome IN ('released', 'excluded')), actor {text} NOT NULL, at {int} NOT NULL,
  day {text} NOT NULL, epoch {int} NOT NULL, lane {text} NOT NULL, batch {int} NOT NULL, pos {int} NOT NULL,
  CHECK (length(rating) = 16), CHECK (seq >= 1),
  PRIMARY KEY (unit, rating, seq)) {strict};
CREATE UNIQUE INDEX rating_ruling_batch ON rating_ruling (lane, batch, pos);
{append_only:rating_ruling}
-- How many were waiting for a ruling, as of a release: the region's, without levels.
CREATE TABLE released_held (released_on {text} NOT NULL PRIMARY KEY, waiting {int} NOT NULL) {strict};
{append_only:released_held}

-- How many people stand behind the ratings of a month's cells, one a source and day. What releases go on from is
-- made anew: the region waits like every cell, and its figures count only what it tells (decision 0002).
CREATE TABLE running_people (
  month {text} NOT NULL, cell {text} NOT NULL, subject_kind {text} NOT NULL, seen {int} NOT NULL, told {int} NOT NULL,
  PRIMARY KEY (month, cell, subject_kind)) {keyed};
DELETE FROM running_cell;
DELETE FROM running_ticket;
DELETE FROM running_handling;
