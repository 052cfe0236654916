"""Ringing a handheld whose app is closed, through the push service of its browser (Web Push)."""
