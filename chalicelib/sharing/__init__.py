"""Shared links: anyone with a link sees one album, or a selection of photos, without an account.

A link is a caller with a scope of its own, never its owner: `access` decides whether it is open, `shared_photos` which
photos it shows. Owners manage links through `service`.
"""
