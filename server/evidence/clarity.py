"""Whether anything can be made out on a photo: how sharp and how bright a small copy is. Pure.

The measure, the copy's size and the bounds are those of the hint that a handheld gives when the
photo is taken, so nobody is blamed later for what the handheld had let pass."""

from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageStat

from server.evidence.models import Flag

JUDGED_EDGE_PX = 160
#: Of 255. A cellar by torchlight is about 50; a covered lens is below 20.
DARK_BELOW = 32
#: Variance of the Laplacian. Of drawn scenes, 800 px wide, those in focus measured 32 and more,
#: nearly all above 80; out of focus by a radius of 12 px they measured 3 to 40, nearly all below 30.
BLURRED_BELOW = 30

# Half of each value beside the middle of the scale: one byte holds it without being cut off.
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=2, offset=128)
_SCALE = 2


@dataclass(frozen=True, kw_only=True)
class Clarity:
    """`sharpness`: variance of the Laplacian; `brightness`: mean light, 0 to 255."""

    sharpness: int
    brightness: int

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reviewer is told; a dark photo is not called blurred as well."""
        if self.brightness < DARK_BELOW:
            return (Flag.DARK,)
        return (Flag.BLURRED,) if self.sharpness < BLURRED_BELOW else ()


def measure(picture: Image.Image) -> Clarity:
    """Measure an upright picture of any size (a thumbnail is enough)."""
    grey = picture.convert("L")
    grey.thumbnail((JUDGED_EDGE_PX, JUDGED_EDGE_PX), Image.Resampling.BOX)
    edges = grey.filter(_LAPLACIAN)
    # The filter leaves the outermost cells as they were: they are no edges.
    width, height = edges.size
    inner = edges.crop((1, 1, max(2, width - 1), max(2, height - 1)))
    return Clarity(
        sharpness=round(ImageStat.Stat(inner).var[0] * _SCALE**2),
        brightness=round(ImageStat.Stat(grey).mean[0]),
    )
