"""The domain: what the flows are about. Imports the engine, never the edges."""
