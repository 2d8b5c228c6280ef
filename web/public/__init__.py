"""Pages without a log-in. They read projected tables only, never a case."""
