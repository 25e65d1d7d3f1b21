SELECT namespace, name, version, digest, document, created_at, deleted_at, is_inline
FROM definitions
WHERE
  namespace = ?1 AND NOT is_inline AND deleted_at IS NULL
  AND (?2 IS NULL OR name = ?2)
  AND (?3 IS NULL OR (created_at, name || '@' || version) < (?3, ?4))
ORDER BY created_at DESC, name || '@' || version DESC
LIMIT ?5
