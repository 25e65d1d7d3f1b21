WITH RECURSIVE found (priority) AS (
  SELECT max(priority) FROM executions WHERE due_at IS NOT NULL
  UNION ALL
  SELECT (SELECT max(priority) FROM executions WHERE due_at IS NOT NULL AND priority < found.priority)
  FROM found WHERE found.priority IS NOT NULL
)
SELECT priority FROM found WHERE priority IS NOT NULL
