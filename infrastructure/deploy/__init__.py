"""The deployment: from an empty account to a library with a page. Its stages are told in `deployment`."""
