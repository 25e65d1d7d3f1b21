SELECT namespace, name, version, digest, document, created_at, deleted_at, is_inline
FROM definitions
WHERE namespace = ? AND digest = ?
ORDER BY is_inline, position
LIMIT 1
