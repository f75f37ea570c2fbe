-- What pages read often, kept beside the append-only rows: folds that can be made again.

-- Released cells by month: what a figures page shows, whatever the number of ratings and days.
CREATE TABLE released_month (
  month {text} NOT NULL, cell {text} NOT NULL, dim {text} NOT NULL, parent {text} NOT NULL, subject_kind {text} NOT NULL,
  level {int} NOT NULL, n {int} NOT NULL, real_name {int} NOT NULL,
  PRIMARY KEY (month, cell, subject_kind, level)) {keyed};
CREATE INDEX released_month_parent ON released_month (month, parent);
INSERT INTO released_month (month, cell, dim, parent, subject_kind, level, n, real_name)
  SELECT substr(day, 1, 7), cell, dim, parent, subject_kind, level, CAST(SUM(n) AS BIGINT), CAST(SUM(real_name) AS BIGINT)
  FROM released_cell GROUP BY substr(day, 1, 7), cell, dim, parent, subject_kind, level;
CREATE INDEX released_cell_trend ON released_cell (cell, subject_kind, day);
CREATE INDEX released_handling_unit ON released_handling (unit, released_on);

-- Ratings of a day by lane: the live number without adding up a day's batches.
CREATE TABLE lane_day (lane {text} NOT NULL, day {text} NOT NULL, ratings {int} NOT NULL, PRIMARY KEY (day, lane)) {keyed};
INSERT INTO lane_day (lane, day, ratings) SELECT lane, day, CAST(SUM(ratings) AS BIGINT) FROM lane_batch GROUP BY lane, day;
