UPDATE api_keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL
