"""What a library stands on at AWS, and how it gets there; nothing of it ships to Lambda."""
