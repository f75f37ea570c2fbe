-- The counties' names: halls hold their division codes.
CREATE TABLE county (code {text} NOT NULL PRIMARY KEY, name {text} NOT NULL) {strict};
