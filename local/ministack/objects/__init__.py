"""S3's objects on disk: an ASGI middleware that serves object operations in front of MiniStack.

Bodies are streamed to files and back and are never held in memory; an SQLite index holds everything else. An answer
that reports success is sent after the bytes are synced, the file is renamed, its directory is synced and the index is
committed. Buckets and their configuration stay MiniStack's; only `buckets.py` and `serving.py` import it.
"""
