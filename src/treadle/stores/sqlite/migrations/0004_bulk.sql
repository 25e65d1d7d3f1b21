-- One act on many executions. Its filter, its refusals and its targets are JSON.
-- ended_at is null while it runs; after_* is the place in the list of executions that has been reached.
CREATE TABLE bulk_acts (
  id               TEXT    PRIMARY KEY NOT NULL,
  namespace        TEXT    NOT NULL,
  filter           TEXT    NOT NULL,
  action           TEXT    NOT NULL,
  reason           TEXT,
  actor            TEXT    NOT NULL,
  created_at       INTEGER NOT NULL,
  total            INTEGER NOT NULL,
  after_created_at INTEGER NOT NULL,
  after_id         TEXT    NOT NULL,
  targets          TEXT    NOT NULL,
  done             INTEGER NOT NULL,
  refused          INTEGER NOT NULL,
  refusals         TEXT    NOT NULL,
  ended_at         INTEGER,
  is_stopping      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX bulk_acts_listed ON bulk_acts (namespace, id);
CREATE INDEX bulk_acts_running ON bulk_acts (id) WHERE ended_at IS NULL;
CREATE INDEX bulk_acts_of_namespace ON bulk_acts (namespace) WHERE ended_at IS NULL;
CREATE INDEX bulk_acts_ended ON bulk_acts (ended_at) WHERE ended_at IS NOT NULL;
