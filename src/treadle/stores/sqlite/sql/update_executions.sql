UPDATE executions
SET
  version = new.column5, owner = new.column6, due_at = new.column7, status = new.column8,
  reason = new.column9, run = new.column10, failure = new.column11, started_at = new.column12,
  updated_at = new.column13, ended_at = new.column14
FROM (VALUES /* each */ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* end */) AS new
WHERE
  executions.id = new.column1 AND executions.version = new.column2
  AND executions.owner = new.column3 AND executions.fence = new.column4
