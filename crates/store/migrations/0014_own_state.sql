-- What the database knows of itself.

-- A row that comes and goes: whether anything can be written (Store::probe).
CREATE TABLE pulse (who {text} NOT NULL PRIMARY KEY, room {blob} NOT NULL) {strict};

-- The last time that was believed: what every clock is measured against (decision 0023). Of what is there
-- already, the latest time that anything was stamped with.
CREATE TABLE heard (id {int} NOT NULL PRIMARY KEY, at {int} NOT NULL, CHECK (id = 1)) {strict};
INSERT INTO heard (id, at) SELECT 1, MAX(seen.at) FROM (
  SELECT MAX(opened_at) AS at FROM day_door UNION ALL SELECT MAX(closed_at) FROM day_door
  UNION ALL SELECT MAX(released_at) FROM day_door UNION ALL SELECT MAX(accepted_at) FROM rating_event
  UNION ALL SELECT MAX(at) FROM ticket_event) seen HAVING MAX(seen.at) IS NOT NULL;

-- What pages read and releases add to: it grows as it should, or not at all.
{append_only:code}
{append_only:event_code}
{refuse:DELETE:day_door:1 = 1}
{refuse:UPDATE:day_door:OLD.state = 'sealed' OR (NEW.state = 'sealed' AND OLD.state <> 'closed') OR NEW.day <> OLD.day OR NEW.epoch <> OLD.epoch OR NEW.opened_at <> OLD.opened_at}
{refuse:DELETE:lane_day:1 = 1}
{refuse:UPDATE:lane_day:NEW.lane <> OLD.lane OR NEW.day <> OLD.day OR NEW.ratings < OLD.ratings}
-- A month is the sum of its days, which are append-only.
{refuse:DELETE:released_month:1 = 1}
{refuse:INSERT:released_month:NEW.n IS DISTINCT FROM (SELECT SUM(c.n) FROM released_cell c WHERE c.cell = NEW.cell AND c.subject_kind = NEW.subject_kind AND c.level = NEW.level AND c.day >= NEW.month || '-00' AND c.day <= NEW.month || '-99') OR NEW.real_name IS DISTINCT FROM (SELECT SUM(c.real_name) FROM released_cell c WHERE c.cell = NEW.cell AND c.subject_kind = NEW.subject_kind AND c.level = NEW.level AND c.day >= NEW.month || '-00' AND c.day <= NEW.month || '-99')}
{refuse:UPDATE:released_month:NEW.month <> OLD.month OR NEW.cell <> OLD.cell OR NEW.dim <> OLD.dim OR NEW.parent <> OLD.parent OR NEW.subject_kind <> OLD.subject_kind OR NEW.level <> OLD.level OR NEW.n IS DISTINCT FROM (SELECT SUM(c.n) FROM released_cell c WHERE c.cell = NEW.cell AND c.subject_kind = NEW.subject_kind AND c.level = NEW.level AND c.day >= NEW.month || '-00' AND c.day <= NEW.month || '-99') OR NEW.real_name IS DISTINCT FROM (SELECT SUM(c.real_name) FROM released_cell c WHERE c.cell = NEW.cell AND c.subject_kind = NEW.subject_kind AND c.level = NEW.level AND c.day >= NEW.month || '-00' AND c.day <= NEW.month || '-99')}
