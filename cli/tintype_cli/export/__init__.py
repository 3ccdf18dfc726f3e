"""Takes everything out of a library: originals, sidecars and the catalogue, into a folder."""
