-- Who came in, who did not, and who looked at what: read by an auditor. Names of staff are ids; where somebody came
-- from is a keyed digest, never the address.
CREATE TABLE audit (
  id {blob} NOT NULL PRIMARY KEY, at {int} NOT NULL, day {text} NOT NULL, kind {text} NOT NULL, staff {text},
  network {text} NOT NULL, unit {text} NOT NULL, ticket {blob}, CHECK (length(id) = 16)) {strict};
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_ticket ON audit (unit, ticket) WHERE ticket IS NOT NULL;
{append_only:audit}
-- When a session was last used: one that rests ends.
ALTER TABLE session ADD COLUMN used_at {int} NOT NULL DEFAULT 0;
UPDATE session SET used_at = created_at;
