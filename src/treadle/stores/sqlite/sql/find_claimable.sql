SELECT id FROM executions
WHERE id = ?1 AND (ended_at IS NULL OR status = 'failed') AND (owner IS NULL OR owner <> ?2)
