-- Tickets follow from ratings that are durable, after the citizen has the receipt: up to which batch of a lane
-- that was done commits with what was done. What stands there already has its tickets.
CREATE TABLE lane_read (
  reader {text} NOT NULL, lane {text} NOT NULL, batch {int} NOT NULL, PRIMARY KEY (reader, lane)) {keyed};
INSERT INTO lane_read (reader, lane, batch) SELECT 'tickets', lane, last FROM lane;
-- Numbers of tickets do not count any more (decision 0006).
DROP TABLE counter;

-- Who served where a ticket's rating was given: none of them sees it or is given it (decision 0021). Of tickets
-- from before, the rated person and whoever sits there now.
CREATE TABLE ticket_served (
  unit {text} NOT NULL, ticket {blob} NOT NULL, staff {text} NOT NULL, PRIMARY KEY (unit, ticket, staff)) {keyed};
INSERT INTO ticket_served (unit, ticket, staff)
  SELECT ticket.unit, ticket.ticket, staff.id FROM ticket JOIN staff ON staff.id = ticket.rated_staff
  WHERE staff.role <> 'authority'
  UNION SELECT ticket.unit, ticket.ticket, staff.id FROM ticket JOIN staff ON staff.win = ticket.win
  WHERE staff.role <> 'authority';

-- The last day on which the rater changed anything: who sits at a window sees a ticket once that is released.
ALTER TABLE ticket ADD COLUMN news_on {text} NOT NULL DEFAULT '';
UPDATE ticket SET news_on = COALESCE((SELECT MAX(day) FROM ticket_event WHERE ticket_event.unit = ticket.unit
  AND ticket_event.ticket = ticket.ticket AND kind IN ('opened', 'amended', 'identified')), opened_on);
