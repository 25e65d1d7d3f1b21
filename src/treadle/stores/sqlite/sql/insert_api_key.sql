INSERT INTO api_keys (name, namespace, scopes, digest, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name) DO NOTHING
