"""The app's configuration: `.chalice/config.json` of the local stage.

Chalice's own way to read this file imports all of its commands, in every process of the library.
"""

import json

from chalice.config import Config

from local.data_dir import PROJECT
from local.provision import STAGE


def read_config() -> Config:
    """Time limits and memory of the app's functions; raises OSError or ValueError if the file is not readable."""
    file = PROJECT / ".chalice" / "config.json"
    return Config(chalice_stage=STAGE, config_from_disk=json.loads(file.read_text()))
