INSERT INTO labels (namespace, name, value, created_at, id)
SELECT * FROM (VALUES /* each */ (?, ?, ?, ?, ?) /* end */) WHERE column1 IS NOT NULL
