"""The Celery edge: rings, pumps and works jobs."""
