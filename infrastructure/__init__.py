"""AWS infrastructure and deployment of a library. Not part of the Lambda package."""
