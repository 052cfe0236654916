"""Prints the catalogue in its wire form, a template a line: `python -m checklists.catalogue`."""

import json
import sys

from checklists.catalogue import load_catalogue

for template in load_catalogue().values():
    sys.stdout.write(json.dumps(template.to_json()) + "\n")
