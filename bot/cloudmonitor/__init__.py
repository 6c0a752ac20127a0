"""CloudMonitor's side: its wire format, its names of things, its console. Pure, and alone.

Sources: Alibaba Cloud's documentation of alert callbacks and captured requests. Only this
package knows the sender's field names.
"""
