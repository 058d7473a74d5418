"""The local stack's window: telemetry, mail, development tokens and the dashboard in one process."""
