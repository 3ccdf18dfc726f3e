"""DynamoDB: tables in SQLite instead of in memory, so that each write is on the disk when it is answered.

MiniStack keeps validation, expressions, conditions, errors and responses; its tables are replaced below that. `patches`
installs everything, `expressions` and `pages` find the rows that a Query or Scan needs, `store` holds items and index
entries, `indexes` and `key_encoding` define their order.
"""
