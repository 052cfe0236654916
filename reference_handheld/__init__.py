"""The reference handheld: the client an integrator reads, and the demo's simulated technicians.

It speaks the published wire and nothing else, so it imports no other room of Paigong but the pure
checklist engine, just as a handheld written elsewhere would bring its own.
"""
