"""A believable year of a repair centre, written as rows: the same seed gives the same year."""
