DELETE FROM inbox WHERE (id, execution_id) IN (VALUES /* each */ (?, ?) /* end */)
