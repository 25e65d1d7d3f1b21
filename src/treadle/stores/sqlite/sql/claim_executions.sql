UPDATE executions
SET owner = ?1, fence = fence + 1, due_at = NULL
WHERE id IN (SELECT value FROM json_each(?2))
