-- What each version of a plate says: written when the plate is made, never changed. Names in the
-- directory may change later; what was printed does not. Made before this table: no day, no maker.
CREATE TABLE plate_content (
  plate {text} NOT NULL PRIMARY KEY REFERENCES plate (code), win {text} NOT NULL, version {int} NOT NULL,
  short_code {text} NOT NULL, hall_name {text} NOT NULL, window_no {text} NOT NULL, window_name {text} NOT NULL,
  unit_name {text} NOT NULL, item_name {text}, made_on {text}, made_by {text},
  CHECK (version >= 1), UNIQUE (win, version)) {strict};
INSERT INTO plate_content (plate, win, version, short_code, hall_name, window_no, window_name, unit_name, item_name)
  SELECT plate.code, plate.win, plate.version, plate.short_code, hall.name, win.no, win.name, unit.name, item.name
  FROM plate JOIN win ON win.code = plate.win JOIN hall ON hall.code = win.hall JOIN unit ON unit.code = win.unit
  LEFT JOIN item ON item.code = win.item;
{append_only:plate_content}
-- Who took a plate out of use, and when.
CREATE TABLE plate_revocation (
  plate {text} NOT NULL PRIMARY KEY REFERENCES plate (code), revoked_on {text} NOT NULL, revoked_at {int} NOT NULL,
  revoked_by {text} NOT NULL) {strict};
{append_only:plate_revocation}
