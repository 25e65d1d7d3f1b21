"""The engine: drives live executions, commits what is decided, performs what is owed."""
