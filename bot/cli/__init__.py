"""The command line: each command reads the settings it needs and hands values on."""
