"""A believable estate to look at, and the people who make it run: invented, all of it."""
