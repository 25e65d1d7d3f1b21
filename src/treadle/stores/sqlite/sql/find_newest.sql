SELECT namespace, name, version, digest, document, created_at, deleted_at, is_inline
FROM definitions
WHERE namespace = ? AND name = ? AND NOT is_inline AND deleted_at IS NULL
ORDER BY position DESC
LIMIT 1
