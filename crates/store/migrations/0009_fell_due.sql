-- 差评整改率, 实名差评回访率 and 整改率 (domain 5.2): what had become, by the day of a release, of the bad ratings
-- whose term ended in its month. Every count of a row is of the same bad ratings.
CREATE TABLE released_due (
  released_on {text} NOT NULL, unit {text} NOT NULL, due {int} NOT NULL, handled {int} NOT NULL, real_name {int} NOT NULL,
  real_reached {int} NOT NULL, real_unreached {int} NOT NULL, real_handled {int} NOT NULL, real_both {int} NOT NULL,
  PRIMARY KEY (released_on, unit)) {strict};
{append_only:released_due}
CREATE INDEX released_due_unit ON released_due (unit, released_on);

-- What releases go on from is made anew, with what those counts need: the next release counts every ticket.
DELETE FROM running_handling;
DROP TABLE running_ticket;
CREATE TABLE running_ticket (
  unit {text} NOT NULL, ticket {blob} NOT NULL, bad {int} NOT NULL, in_time {int} NOT NULL,
  rectified {int} NOT NULL, explained {int} NOT NULL, open {int} NOT NULL, real_name {int} NOT NULL, reached {int} NOT NULL,
  unreached {int} NOT NULL, due_month {text}, changes_on {text},
  PRIMARY KEY (unit, ticket)) {keyed};
CREATE INDEX running_ticket_changes ON running_ticket (changes_on);
CREATE INDEX running_ticket_due ON running_ticket (due_month);
