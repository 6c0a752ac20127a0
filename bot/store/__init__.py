"""SQL and nothing else: values in, values out. Knows no Slack and no CloudMonitor.

Statements that each batch of callbacks needs are constants: to make one takes longer than to
execute it.
"""
