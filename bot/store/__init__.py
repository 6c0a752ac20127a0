"""SQL and nothing else: values in, values out. Knows no Slack and no CloudMonitor."""
