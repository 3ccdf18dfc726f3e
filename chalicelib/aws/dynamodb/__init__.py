"""The catalogue in DynamoDB: records, memberships and trends, moved together."""
