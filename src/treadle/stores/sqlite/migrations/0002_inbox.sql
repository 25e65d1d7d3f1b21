-- An id is never given again: a reader asks for what came after the last one that it has seen.
CREATE TABLE inbox (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  execution_id TEXT    NOT NULL,
  payload      BLOB    NOT NULL
) STRICT;

CREATE INDEX inbox_execution ON inbox (execution_id);

CREATE TABLE callback_keys (
  id         TEXT    PRIMARY KEY NOT NULL,
  secret     BLOB    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX callback_keys_created ON callback_keys (created_at, id);
