INSERT INTO definitions (namespace, name, version, digest, document, created_at, deleted_at, is_inline)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
