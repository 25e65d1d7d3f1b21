SELECT listed.created_at, listed.id
FROM /* source */
WHERE /* conditions */
ORDER BY listed.created_at DESC, listed.id DESC
LIMIT ? OFFSET ?
