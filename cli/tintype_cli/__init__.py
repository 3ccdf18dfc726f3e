"""Export and import libraries through their public API."""
