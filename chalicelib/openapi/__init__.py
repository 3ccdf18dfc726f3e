"""The API told to programs: an OpenAPI 3.1 document, put together from what the code itself holds to.

The way through: `schemas`, `parameters` and `refusals` are what routes share; `operations` makes one route's entry of
them; the modules named for a subject (`gallery`, `photos`, `doors`, `account`, `library`) hold the routes;
`document` puts all of it together, and `serving` answers with it. Limits and words come from the modules that enforce
them, so that the two cannot part.
"""
