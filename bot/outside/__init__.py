"""Ways out of the house other than Slack: a webhook, mail, our own public address."""
