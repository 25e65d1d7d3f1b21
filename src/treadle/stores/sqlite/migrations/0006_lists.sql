-- What lists walk: each index ends in the order of a list, and holds what else a filter may ask for.

DROP INDEX executions_status;
CREATE INDEX executions_status ON executions (
  namespace, status, created_at, id, definition, definition_version, started_at
);
CREATE INDEX executions_definition ON executions (namespace, definition, created_at, id);
CREATE INDEX executions_version ON executions (namespace, definition, definition_version, created_at, id);

-- All others started within a minute of their creation, so that their place tells when they started.
CREATE INDEX executions_late ON executions (
  namespace, created_at, id, status, definition, definition_version, started_at
) WHERE started_at > created_at + 60000;

CREATE TABLE labels (
  namespace  TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  id         TEXT    NOT NULL,
  PRIMARY KEY (namespace, name, value, created_at, id)
) STRICT, WITHOUT ROWID;

INSERT INTO labels (namespace, name, value, created_at, id)
SELECT executions.namespace, label.key, label.value, executions.created_at, executions.id
FROM executions, json_each(executions.labels) AS label
WHERE executions.labels <> '{}';
