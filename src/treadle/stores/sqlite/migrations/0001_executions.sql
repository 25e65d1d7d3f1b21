-- Texts compare by bytes. Instants are milliseconds since the Unix epoch, UTC.

CREATE TABLE definitions (
  position   INTEGER PRIMARY KEY,
  namespace  TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  version    TEXT    NOT NULL,
  digest     TEXT    NOT NULL,
  is_inline  INTEGER NOT NULL,
  document   BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX definitions_named ON definitions (namespace, name, version) WHERE NOT is_inline;
CREATE UNIQUE INDEX definitions_inline ON definitions (namespace, digest) WHERE is_inline;
CREATE INDEX definitions_digest ON definitions (namespace, digest);

-- What every commit rewrites is kept short: payloads stand in history and snapshots.
-- due_at is set only while there is no owner and no end.
CREATE TABLE executions (
  id                 TEXT    PRIMARY KEY NOT NULL,
  version            INTEGER NOT NULL,
  owner              TEXT,
  fence              INTEGER NOT NULL,
  due_at             INTEGER,
  status             TEXT    NOT NULL,
  reason             TEXT,
  run                INTEGER NOT NULL,
  failure            TEXT,
  started_at         INTEGER,
  updated_at         INTEGER NOT NULL,
  ended_at           INTEGER,
  namespace          TEXT    NOT NULL,
  definition         TEXT    NOT NULL,
  definition_version TEXT    NOT NULL,
  definition_digest  TEXT    NOT NULL,
  business_key       TEXT,
  priority           INTEGER NOT NULL,
  labels             TEXT    NOT NULL,
  created_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX executions_listed ON executions (namespace, created_at, id);
CREATE INDEX executions_status ON executions (namespace, status, created_at, id);
CREATE INDEX executions_business_key ON executions (namespace, business_key, created_at, id)
  WHERE business_key IS NOT NULL;
CREATE INDEX executions_due ON executions (priority, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX executions_owned ON executions (owner) WHERE owner IS NOT NULL AND ended_at IS NULL;

CREATE TABLE history (
  position     INTEGER PRIMARY KEY,
  execution_id TEXT    NOT NULL,
  first_seq    INTEGER NOT NULL,
  last_seq     INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  events       BLOB    NOT NULL,
  digest       BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX history_execution ON history (execution_id, first_seq);

-- Apart from executions: an update rewrites a whole record, and most commits carry no snapshot.
CREATE TABLE snapshots (
  position     INTEGER PRIMARY KEY,
  execution_id TEXT    NOT NULL UNIQUE,
  version      INTEGER NOT NULL,
  digest       BLOB    NOT NULL,
  state        BLOB    NOT NULL
) STRICT;

CREATE TABLE idempotency (
  namespace    TEXT NOT NULL,
  key          TEXT NOT NULL,
  body_digest  BLOB NOT NULL,
  execution_id TEXT NOT NULL,
  PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;

-- At most one is not retired.
CREATE TABLE engines (
  id            TEXT    PRIMARY KEY NOT NULL,
  registered_at INTEGER NOT NULL,
  retired_at    INTEGER
) STRICT, WITHOUT ROWID;
