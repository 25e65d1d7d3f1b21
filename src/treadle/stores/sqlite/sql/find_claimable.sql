SELECT id FROM executions
WHERE id = ?1 AND ended_at IS NULL AND (owner IS NULL OR owner <> ?2)
