SELECT id, payload FROM inbox WHERE execution_id = ? AND id > ? ORDER BY id
