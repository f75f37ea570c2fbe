-- Guides to items (办事指南): what somebody wants to know before coming. Lists are JSON.
CREATE TABLE guide (
  item {text} NOT NULL PRIMARY KEY REFERENCES item (code), title {text} NOT NULL, who {text} NOT NULL, materials {text} NOT NULL,
  steps {text} NOT NULL, time_limit {text} NOT NULL, fee {text} NOT NULL, place {text} NOT NULL) {strict};
