"""The verbs of the work order, by phase of its life."""
