SELECT
  id, namespace, definition, definition_version, definition_digest, business_key, status, reason, run,
  priority, labels, failure, created_at, started_at, updated_at, ended_at, version
FROM executions
WHERE /* conditions */
ORDER BY created_at DESC, id DESC
LIMIT ?
