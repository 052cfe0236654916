"""The language of the wire: what handhelds and the server may say to each other, and how.

Pure: marshmallow and the standard library only. ``docs/wire.md`` tells it to integrators.
"""
