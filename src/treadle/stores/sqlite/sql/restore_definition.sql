UPDATE definitions SET deleted_at = NULL WHERE namespace = ? AND name = ? AND version = ? AND NOT is_inline
