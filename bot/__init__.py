"""Tocsin: CloudMonitor alarms in Slack that a team can act on."""

__version__ = "0.1.0"
