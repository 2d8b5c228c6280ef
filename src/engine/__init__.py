"""The engine: runs BPMN, and knows no child, no Flask and no Celery."""
