UPDATE definitions SET deleted_at = ?
WHERE namespace = ? AND name = ? AND version = ? AND NOT is_inline AND deleted_at IS NULL
