-- A ticket counts in its unit's figures from the release on that tells its rating (decision 0020). What releases go
-- on from is made anew: the next one counts every ticket.
DELETE FROM running_handling;
DROP TABLE running_ticket;
CREATE TABLE running_ticket (
  unit {text} NOT NULL, ticket {blob} NOT NULL, subject_kind {text} NOT NULL, opened_on {text} NOT NULL, told {int} NOT NULL,
  bad {int} NOT NULL, in_time {int} NOT NULL, rectified {int} NOT NULL, explained {int} NOT NULL, open {int} NOT NULL,
  real_name {int} NOT NULL, reached {int} NOT NULL, unreached {int} NOT NULL, due_month {text}, changes_on {text},
  PRIMARY KEY (unit, ticket)) {keyed};
CREATE INDEX running_ticket_changes ON running_ticket (changes_on);
CREATE INDEX running_ticket_due ON running_ticket (due_month);
CREATE INDEX running_ticket_untold ON running_ticket (told, opened_on);
