-- The cells around a cell: what is told of it could be taken from each of them (decision 0019). Releases make
-- these rows again from what is appended.
DROP TABLE running_cell;
CREATE TABLE running_cell (
  month {text} NOT NULL, cell {text} NOT NULL, parent {text} NOT NULL, touched {text} NOT NULL, subject_kind {text} NOT NULL,
  level {int} NOT NULL, seen {int} NOT NULL, seen_real {int} NOT NULL, told {int} NOT NULL, told_real {int} NOT NULL,
  PRIMARY KEY (month, cell, subject_kind, level)) {keyed};
