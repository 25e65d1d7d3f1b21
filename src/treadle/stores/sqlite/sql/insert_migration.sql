INSERT INTO migrations (number, name, sha256) VALUES (?, ?, ?)
