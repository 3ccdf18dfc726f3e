"""DynamoDB adapters: photo records, memberships and trends, changed in one transaction."""
