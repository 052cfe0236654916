"""The checklist engine: pure rules that say what an answer is worth and what a run still lacks."""
