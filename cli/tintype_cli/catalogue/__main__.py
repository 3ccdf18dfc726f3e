"""`python -m tintype_cli.catalogue`: the JSON Schema of a line, for docs/catalogue.schema.json."""

import json

from tintype_cli.catalogue.schema import SCHEMA

print(json.dumps(SCHEMA, indent=2, ensure_ascii=False))
