"""The cloud on a laptop: services, event pump, page server, demo pictures. Never shipped; nothing that ships imports it."""
