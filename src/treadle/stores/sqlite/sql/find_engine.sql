SELECT id FROM engines WHERE retired_at IS NULL
