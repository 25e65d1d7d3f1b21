SELECT
  executions.id, namespace, definition, definition_version, definition_digest, business_key, status, reason,
  run, priority, labels, failure, created_at, started_at, updated_at, ended_at, version
FROM json_each(?) AS wanted
CROSS JOIN executions ON executions.id = wanted.value
