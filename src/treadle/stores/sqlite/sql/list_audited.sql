SELECT
  executions.id, namespace, definition, definition_version, definition_digest, business_key, status, reason,
  run, priority, labels, failure, created_at, started_at, updated_at, ended_at, executions.version,
  snapshots.state, snapshots.version, snapshots.digest
FROM executions
LEFT JOIN snapshots ON snapshots.execution_id = executions.id
WHERE executions.id > ?
ORDER BY executions.id
LIMIT ?
