INSERT INTO executions (
  id, fence, version, owner, due_at, status, reason, run, failure, started_at, updated_at, ended_at,
  namespace, definition, definition_version, definition_digest, business_key, priority, labels, created_at
)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
ON CONFLICT DO NOTHING
