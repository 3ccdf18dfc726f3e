"""The library on a laptop: local AWS services, event pollers, page server and demo photos. Never deployed."""
