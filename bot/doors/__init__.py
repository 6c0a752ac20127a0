"""Where requests enter: FastAPI and Bolt end here. A handler parses, calls, answers."""
