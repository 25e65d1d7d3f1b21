UPDATE executions
SET due_at = min(coalesce(due_at, new.column2), new.column2)
FROM (VALUES /* each */ (?, ?) /* end */) AS new
WHERE
  executions.id = new.column1 AND executions.owner IS NULL AND executions.ended_at IS NULL
  AND EXISTS (SELECT 1 FROM inbox WHERE inbox.execution_id = new.column1)
