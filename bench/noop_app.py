"""What the measured server runs: `--app bench.noop_app:registry`."""

from bench.workloads import handlers

registry = handlers()
