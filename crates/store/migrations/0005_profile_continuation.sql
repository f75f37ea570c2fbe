-- Documents that prolong a lapsed profile, as the authority entered them; none is shipped.
-- The last one entered up to a day counts on that day, so a wrong one is put right by a further one.
CREATE TABLE profile_continuation (
  profile {text} NOT NULL, seq {int} NOT NULL, version {text} NOT NULL, document_no {text} NOT NULL, valid_to {text} NOT NULL,
  recorded_on {text} NOT NULL, recorded_at {int} NOT NULL, actor {text} NOT NULL,
  CHECK (seq >= 1), CHECK (length(valid_to) = 10), CHECK (length(recorded_on) = 10),
  PRIMARY KEY (profile, seq)) {strict};
{append_only:profile_continuation}
