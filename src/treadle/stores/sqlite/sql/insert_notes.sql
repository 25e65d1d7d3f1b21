INSERT INTO inbox (execution_id, payload)
SELECT new.column1, new.column2
FROM (VALUES /* each */ (?, ?) /* end */) AS new
CROSS JOIN executions ON executions.id = new.column1 AND executions.ended_at IS NULL
