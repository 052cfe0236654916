"""Tells whether two pictures look alike: difference hashes, and how to look them up by index.

A difference hash says, for 8 by 8 cells, whether the picture grows brighter to the right. It
survives re-encoding, resizing and brightness; a crop shifts the cells, so windows inside the
picture are hashed too, and a cropped copy meets the window that it was cut to."""
