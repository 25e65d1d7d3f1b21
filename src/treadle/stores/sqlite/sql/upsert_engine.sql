INSERT INTO engines (id, registered_at, retired_at) VALUES (?, ?, NULL)
ON CONFLICT (id) DO UPDATE SET registered_at = excluded.registered_at, retired_at = NULL
