"""What API Gateway does to headers between a client and a Lambda function, in lower case.

AWS, "Amazon API Gateway important notes" for REST APIs: the table of headers that may be dropped or renamed, column
Lambda. Renamed ones arrive as `x-amzn-remapped-{name}`. All other headers pass unchanged.
"""

RENAMED_IN_RESPONSES = frozenset({
    *("authorization", "connection", "content-md5", "date", "max-forwards", "server", "user-agent"),
    "www-authenticate",
})  # fmt: skip
DROPPED_FROM_RESPONSES = frozenset({
    *("expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"),
})  # fmt: skip
DROPPED_FROM_REQUESTS = frozenset({
    *("connection", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server", "te", "trailer"),
    *("transfer-encoding", "upgrade", "www-authenticate"),
})  # fmt: skip
CHANGED_IN_RESPONSES = RENAMED_IN_RESPONSES | DROPPED_FROM_RESPONSES
