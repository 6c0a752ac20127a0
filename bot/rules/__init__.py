"""The domain: pure values and pure functions. No SQL, no HTTP, no Slack, no clock."""
