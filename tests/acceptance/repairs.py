"""How the technicians of the scenarios do their usual work, step by step of the checklists."""

from tests.acceptance.handheld import Handheld


def looks_at_lamp(handheld: Handheld, number: str) -> None:
    """Everything up to the price: starter and tube fail the inspection."""
    handheld.records(number, "LAMP-01", {}, "before")
    handheld.records(number, "LAMP-02", {"confirmed": True})
    handheld.records(number, "LAMP-03", {"value": "221", "unit": "V AC"}, "meter")
    handheld.records(number, "LAMP-05", {"confirmed": True}, "isolation")
    handheld.records(number, "LAMP-06", {"ok": True})
    handheld.records(number, "LAMP-08", {"ok": False})
    handheld.records(number, "LAMP-10", {"ok": False})


def repairs_lamp(handheld: Handheld, number: str) -> None:
    """Starter and tube replaced, everything else found sound, power back on."""
    handheld.records(number, "LAMP-09", {"done": True}, "old_part", "new_part")
    specs = {"done": True, "old_spec": "36 W", "new_spec": "36W"}
    handheld.records(number, "LAMP-11", specs, "old_part", "new_part")
    handheld.records(number, "LAMP-12", {"ok": True})
    handheld.records(number, "LAMP-16", {"ok": True})
    handheld.records(number, "LAMP-18", {"done": True})


def prices_lamp(handheld: Handheld, number: str, signer: str) -> None:
    """15.00 + 12.00 + 3.00, signed."""
    handheld.quotes(number, 3000, "L-LAMP", "M-TUBE36", "M-STARTER")
    handheld.price_agreed(number, signer)


def tries_toilet(handheld: Handheld, number: str) -> None:
    """Filling stops, nothing leaks for ten minutes, a picture of it."""
    handheld.records(number, "WC-T1", {"ok": True}, "level")
    still = {"value": "10", "unit": "min", "fields": {"leaks": "0"}}
    handheld.records(number, "WC-T2", still, "dye")
    handheld.records(number, "WC-T3", {}, "after")


def fits_new_tank_fitting(handheld: Handheld, number: str) -> None:
    """Branch A to its end: dressing the seal did not help, so the fitting is replaced."""
    handheld.records(number, "WC-A1", {"ok": False})
    handheld.records(number, "WC-A3", {"done": True}, "seal")
    handheld.records(number, "WC-A4", {"ok": False})
    handheld.records(number, "WC-A5", {"confirmed": True}, "isolation")
    handheld.records(number, "WC-A6", {"done": True}, "old_part", "new_part")
    handheld.records(number, "WC-T0", {"done": True})


def looks_at_air_conditioner(
    handheld: Handheld, number: str, *, refrigerant: str = "R22", rated_a: str = "5.2"
) -> None:
    """AC-01 to AC-09: nothing but weak cooling is found."""
    handheld.records(number, "AC-01", {"choices": ["weak_cooling"]})
    plate = {"ambient_c": "30", "refrigerant": refrigerant, "rated_current_a": rated_a}
    handheld.records(number, "AC-02", {"value": "30", "unit": "C", "fields": plate}, "nameplate")
    handheld.records(number, "AC-04", {"ok": True})
    handheld.records(number, "AC-06", {"confirmed": True}, "isolation")
    handheld.records(number, "AC-07", {"ok": True}, "terminals")
    handheld.records(number, "AC-09", {"ok": True}, "joint")


def runs_air_conditioner(handheld: Handheld, number: str) -> None:
    """AC-11 to AC-16: a quarter of an hour of cooling, felt and looked at."""
    handheld.records(number, "AC-11", {"done": True, "fields": {"run_min": "16"}})
    handheld.records(number, "AC-12", {"choices": ["cooler"]})
    handheld.records(number, "AC-15", {"ok": True}, "frost")
    handheld.records(number, "AC-16", {"choices": ["slightly_warm"]})


def mpa(value: str) -> dict[str, str]:
    """A pressure as the gauge showed it."""
    return {"value": value, "unit": "MPa"}


def amperes(value: str) -> dict[str, str]:
    """A current as the clamp showed it."""
    return {"value": value, "unit": "A"}
