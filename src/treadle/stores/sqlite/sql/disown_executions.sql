UPDATE executions
SET owner = NULL, due_at = min(updated_at, ?1)
WHERE id IN (
  SELECT id FROM executions WHERE owner < ?2 AND ended_at IS NULL
  UNION ALL
  SELECT id FROM executions WHERE owner > ?2 AND ended_at IS NULL
)
