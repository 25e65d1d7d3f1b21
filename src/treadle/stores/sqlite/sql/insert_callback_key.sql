INSERT INTO callback_keys (id, secret, created_at) VALUES (?, ?, ?)
