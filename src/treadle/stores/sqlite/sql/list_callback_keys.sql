SELECT id, secret, created_at FROM callback_keys ORDER BY created_at DESC, id DESC LIMIT ?
