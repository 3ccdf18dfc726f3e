"""AWS Signature Version 4 as the services check it: request headers, presigned URLs, payloads and form policies.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html. The standard library is enough, so
the modules run in MiniStack's environment, too.
"""
