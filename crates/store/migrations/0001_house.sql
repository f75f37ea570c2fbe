-- One text for both engines; {words} are replaced by engine.rs, {append_only:table}
-- becomes triggers that refuse UPDATE and DELETE. 64-bit integers, text and bytes only.
-- Instants are milliseconds UTC, dates ISO text, ids 16 bytes, flags 0/1.

-- Directory: mutable.
CREATE TABLE meta (key {text} NOT NULL PRIMARY KEY, value {text} NOT NULL) {keyed};
CREATE TABLE unit (code {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, in_hall {int} NOT NULL CHECK (in_hall IN (0, 1))) {strict};
CREATE TABLE hall (code {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, address {text} NOT NULL, county {text} NOT NULL) {strict};
CREATE TABLE item (code {text} NOT NULL PRIMARY KEY, unit {text} NOT NULL REFERENCES unit (code), name {text} NOT NULL) {strict};
CREATE TABLE win (code {text} NOT NULL PRIMARY KEY, hall {text} NOT NULL REFERENCES hall (code), unit {text} NOT NULL REFERENCES unit (code), no {text} NOT NULL, name {text} NOT NULL, item {text} REFERENCES item (code)) {strict};
CREATE TABLE plate (code {text} NOT NULL PRIMARY KEY, short_code {text} NOT NULL UNIQUE, win {text} NOT NULL REFERENCES win (code), version {int} NOT NULL, revoked {int} NOT NULL CHECK (revoked IN (0, 1))) {strict};
CREATE TABLE staff (id {text} NOT NULL PRIMARY KEY, login {text} NOT NULL UNIQUE, name {text} NOT NULL, role {text} NOT NULL, unit {text} NOT NULL, win {text}, password_hash {text} NOT NULL) {strict};
CREATE TABLE connector (id {text} NOT NULL PRIMARY KEY, unit {text} NOT NULL, key_hash {blob} NOT NULL UNIQUE) {strict};
CREATE TABLE session (token_hash {blob} NOT NULL PRIMARY KEY, staff {text} NOT NULL REFERENCES staff (id), created_at {int} NOT NULL, expires_at {int} NOT NULL) {strict};
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE throttle (login {text} NOT NULL PRIMARY KEY, failures {int} NOT NULL, locked_until {int} NOT NULL) {strict};
CREATE TABLE counter (name {text} NOT NULL PRIMARY KEY, last {int} NOT NULL) {keyed};

-- The day's door and the lanes.
CREATE TABLE day_door (
  day {text} NOT NULL PRIMARY KEY, epoch {int} NOT NULL UNIQUE,
  state {text} NOT NULL CHECK (state IN ('open', 'closed', 'sealed')),
  opened_at {int} NOT NULL, closed_at {int}, released_at {int}) {strict};
CREATE UNIQUE INDEX day_door_one_open ON day_door (state) WHERE state = 'open';
CREATE TABLE lane (lane {text} NOT NULL PRIMARY KEY, last {int} NOT NULL) {keyed};
CREATE TABLE lane_batch (
  lane {text} NOT NULL, batch {int} NOT NULL, day {text} NOT NULL, epoch {int} NOT NULL, ratings {int} NOT NULL,
  PRIMARY KEY (lane, batch)) {keyed};
CREATE INDEX lane_batch_day ON lane_batch (day, epoch);
{append_only:lane_batch}

-- Service events.
CREATE TABLE service_event (
  unit {text} NOT NULL, project_no {text} NOT NULL, service_no {int} NOT NULL, item {text} NOT NULL, hall {text} NOT NULL,
  win {text} NOT NULL, staff {text}, served_on {text} NOT NULL, received_at {int} NOT NULL, profile {text} NOT NULL,
  profile_version {text} NOT NULL, code_hash {blob} NOT NULL,
  CHECK (service_no >= 1), CHECK (length(served_on) = 10),
  PRIMARY KEY (unit, project_no, service_no)) {strict};
{append_only:service_event}
CREATE TABLE event_code (code_hash {blob} NOT NULL PRIMARY KEY, unit {text} NOT NULL, project_no {text} NOT NULL, service_no {int} NOT NULL) {keyed};

-- Ratings.
CREATE TABLE rating_event (
  unit {text} NOT NULL, rating {blob} NOT NULL, seq {int} NOT NULL, kind {text} NOT NULL, subject_kind {text} NOT NULL,
  subject_key {text} NOT NULL, level {int} NOT NULL, tags {text} NOT NULL, catalogue {text} NOT NULL, identity {text} NOT NULL,
  hall {text} NOT NULL, win {text} NOT NULL, item {text} NOT NULL, staff {text}, profile {text} NOT NULL,
  profile_version {text} NOT NULL, accepted_at {int} NOT NULL, day {text} NOT NULL, epoch {int} NOT NULL, lane {text} NOT NULL,
  batch {int} NOT NULL, pos {int} NOT NULL, channel {text} NOT NULL, text_hash {blob}, contact_hash {blob},
  private_text {blob}, private_contact {blob},
  CHECK (level BETWEEN 1 AND 5), CHECK (length(rating) = 16), CHECK (seq >= 1),
  PRIMARY KEY (unit, rating, seq)) {strict};
CREATE UNIQUE INDEX rating_event_batch ON rating_event (lane, batch, pos);
{append_only:rating_event}
CREATE TABLE rating_slot (
  unit {text} NOT NULL, subject_key {text} NOT NULL, rating {blob} NOT NULL, seq {int} NOT NULL, opened_at {int} NOT NULL,
  PRIMARY KEY (unit, subject_key)) {keyed};
CREATE TABLE submission (
  unit {text} NOT NULL, idempotency_key {text} NOT NULL, body_hash {blob} NOT NULL, rating {blob} NOT NULL, seq {int} NOT NULL,
  accepted_at {int} NOT NULL, PRIMARY KEY (unit, idempotency_key)) {keyed};
CREATE TABLE code (
  hash {blob} NOT NULL PRIMARY KEY, purpose {text} NOT NULL CHECK (purpose IN ('receipt', 'follow')),
  unit {text} NOT NULL, rating {blob} NOT NULL) {keyed};

-- Tickets.
CREATE TABLE ticket_event (
  unit {text} NOT NULL, ticket {blob} NOT NULL, seq {int} NOT NULL, kind {text} NOT NULL, body {text} NOT NULL, actor {text} NOT NULL,
  at {int} NOT NULL, day {text} NOT NULL, epoch {int} NOT NULL, lane {text} NOT NULL, batch {int} NOT NULL, pos {int} NOT NULL,
  private {blob}, number {text}, rating {blob},
  CHECK (length(ticket) = 16), CHECK (seq >= 1),
  PRIMARY KEY (unit, ticket, seq)) {strict};
CREATE UNIQUE INDEX ticket_event_batch ON ticket_event (lane, batch, pos);
CREATE INDEX ticket_event_opened ON ticket_event (unit, ticket) WHERE seq = 1;
{append_only:ticket_event}
CREATE TABLE ticket (
  unit {text} NOT NULL, ticket {blob} NOT NULL, number {text} NOT NULL UNIQUE, rating {blob} NOT NULL, state {text} NOT NULL,
  level {int} NOT NULL, identity {text} NOT NULL, handler {text}, rated_staff {text}, hall {text} NOT NULL, win {text} NOT NULL,
  item {text} NOT NULL, opened_on {text} NOT NULL, due {text}, closed_on {text}, last_seq {int} NOT NULL, due_key {text} NOT NULL,
  UNIQUE (unit, rating),
  PRIMARY KEY (unit, ticket)) {strict};
CREATE INDEX ticket_worklist ON ticket (due_key, number);
CREATE INDEX ticket_worklist_unit ON ticket (unit, due_key, number);

-- The one table with what people wrote and how to reach them.
CREATE TABLE private (
  id {blob} NOT NULL PRIMARY KEY, kind {text} NOT NULL, ciphertext {blob} NOT NULL, key_id {text} NOT NULL, salt {blob} NOT NULL,
  delete_after {int} NOT NULL, CHECK (length(id) = 16)) {strict};
CREATE INDEX private_expiry ON private (delete_after);

-- Figures.
CREATE TABLE rollup (
  day {text} NOT NULL, epoch {int} NOT NULL, lane {text} NOT NULL, batch {int} NOT NULL, unit {text} NOT NULL, hall {text} NOT NULL,
  win {text} NOT NULL, item {text} NOT NULL, kind {text} NOT NULL, subject_kind {text} NOT NULL, level {int} NOT NULL,
  identity {text} NOT NULL, n {int} NOT NULL,
  PRIMARY KEY (lane, batch, unit, hall, win, item, kind, subject_kind, level, identity)) {strict};
{append_only:rollup}
CREATE TABLE released_cell (
  released_on {text} NOT NULL, day {text} NOT NULL, cell {text} NOT NULL, dim {text} NOT NULL, parent {text} NOT NULL,
  subject_kind {text} NOT NULL, level {int} NOT NULL, n {int} NOT NULL, real_name {int} NOT NULL,
  PRIMARY KEY (day, cell, subject_kind, level, released_on)) {strict};
{append_only:released_cell}
CREATE TABLE released_handling (
  released_on {text} NOT NULL, unit {text} NOT NULL, bad {int} NOT NULL, due {int} NOT NULL, in_time {int} NOT NULL,
  rectified {int} NOT NULL, explained {int} NOT NULL, open {int} NOT NULL, PRIMARY KEY (released_on, unit)) {strict};
{append_only:released_handling}
