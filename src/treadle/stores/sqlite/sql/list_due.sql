SELECT id FROM executions
WHERE priority = ? AND due_at <= ?
ORDER BY due_at, id
LIMIT ?
