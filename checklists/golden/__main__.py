"""Plays walks for the writer of a twin, who compares: `python -m checklists.golden`.

Reads a walk a line, `{"template": code, "given": [...]}` with `given` as in a vector's file (but
no `walk`), and answers each with a line: what the engine says after every entry, in a list.
"""

import json
import sys

from checklists.golden import play

for line in sys.stdin:
    walk = json.loads(line)
    sys.stdout.write(json.dumps(play(walk["template"], walk["given"])) + "\n")
    sys.stdout.flush()
