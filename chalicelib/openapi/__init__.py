"""The OpenAPI 3.1 document of the API, built from the constants that the code itself enforces.

`schemas`, `parameters` and `errors` hold what routes share, and `operations` builds one route's entry from them. The
modules named for a subject (`gallery`, `photos`, `random`, `uploads`, `bundles`, `account`, `system`) hold the routes,
`document` joins everything, and `route` serves it.
"""
