"""Who may ask the local services for what: the outermost middleware, in front of MiniStack and all its patches.

A request passes `browsers` (which pages may send it), `operations` (what the app uses) and `local.signatures` (the
library's access key), in `middleware`, before anything else reads it.
"""
