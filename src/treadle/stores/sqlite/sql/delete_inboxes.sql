DELETE FROM inbox WHERE execution_id IN (VALUES /* each */ (?) /* end */)
