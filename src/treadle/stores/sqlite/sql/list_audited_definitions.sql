SELECT namespace, name, version, digest, document, created_at, deleted_at, is_inline, position
FROM definitions
WHERE position > ?
ORDER BY position
LIMIT ?
