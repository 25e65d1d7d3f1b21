SELECT name, namespace, scopes, digest, created_at, revoked_at FROM api_keys ORDER BY name
