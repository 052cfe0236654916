"""Which handhelds somebody should look after, and why: judged from the row alone."""

from __future__ import annotations

from collections.abc import Iterable

from server.devices.models import Device

LOW_BATTERY_PERCENT = 15
UNSENT = "unsent"
BATTERY = "battery"
CLOCK = "clock"
#: How a list goes on after the handhelds that need somebody.
_STATES = ("active", "enrolled")


def concerns(device: Device, *, clock_skew_s: int) -> tuple[str, ...]:
    """Why a handheld needs somebody; nothing where it does not work (any more).

    `unsent`: out of reach with records that nobody else has. `battery`: at most 15 percent left
    when last heard. `clock`: off by more than `clock_skew_s` seconds, either way (P-18).
    """
    if not device.works:
        return ()
    found = {
        UNSENT: not device.online and (device.queued or 0) > 0,
        BATTERY: device.battery_percent is not None
        and device.battery_percent <= LOW_BATTERY_PERCENT,
        CLOCK: abs(device.clock_skew_s or 0) > clock_skew_s,
    }
    return tuple(name for name, holds in found.items() if holds)


def neediest_first(devices: Iterable[Device], *, clock_skew_s: int) -> list[Device]:
    """Those that need somebody, then those at work, to be paired, and done with; by label."""

    def place(device: Device) -> tuple[int, int, str, str]:
        state = _STATES.index(device.state) if device.state in _STATES else len(_STATES)
        return (-len(concerns(device, clock_skew_s=clock_skew_s)), state, device.label, device.id)

    return sorted(devices, key=place)
