DELETE FROM callback_keys
WHERE id NOT IN (SELECT id FROM callback_keys ORDER BY created_at DESC, id DESC LIMIT ?)
