SELECT namespace, name, version, digest, document, created_at, deleted_at, is_inline
FROM definitions
WHERE namespace = ? AND name = ? AND version = ? AND NOT is_inline
