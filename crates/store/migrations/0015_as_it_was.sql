-- Who left: their name stands in the tickets, and they neither sign in nor are given anything.
ALTER TABLE staff ADD COLUMN left_on {text};

-- What places and items were called, from when on: receipts and tickets keep the words of their day. Written by
-- founding where something differs; what was called otherwise before this table nobody knows any more.
CREATE TABLE place_name (
  win {text} NOT NULL, from_at {int} NOT NULL, hall_name {text} NOT NULL, window_no {text} NOT NULL,
  window_name {text} NOT NULL, unit_name {text} NOT NULL, PRIMARY KEY (win, from_at)) {strict};
INSERT INTO place_name (win, from_at, hall_name, window_no, window_name, unit_name)
  SELECT win.code, 0, hall.name, win.no, win.name, unit.name
  FROM win JOIN hall ON hall.code = win.hall JOIN unit ON unit.code = win.unit;
{append_only:place_name}
CREATE TABLE item_name (
  item {text} NOT NULL, from_at {int} NOT NULL, name {text} NOT NULL, PRIMARY KEY (item, from_at)) {strict};
INSERT INTO item_name (item, from_at, name) SELECT code, 0, name FROM item;
{append_only:item_name}
