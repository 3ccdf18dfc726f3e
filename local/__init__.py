"""The cloud on a laptop: services, event pump, page server, demo pictures; never shipped, unknown to what ships."""
