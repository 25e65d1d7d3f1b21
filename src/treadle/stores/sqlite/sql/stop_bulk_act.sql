UPDATE bulk_acts SET is_stopping = 1 WHERE id = ? AND namespace = ? AND ended_at IS NULL
