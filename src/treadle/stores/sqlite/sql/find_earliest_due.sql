SELECT due_at FROM executions
WHERE priority = ? AND due_at IS NOT NULL
ORDER BY due_at
LIMIT 1
