"""The HTML pages, one subject per file. A view reads the request, calls a command or a query, and renders."""
