/** A picture that QA could not use is noticed while the technician still stands before the thing. */

import { describe, expect, it } from "vitest";
import { faultOf } from "../../src/photos/fault";

const WIDTH = 160;
const HEIGHT = 120;

/** A picture of grey values. */
function picture(grey: Grey): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      rgba.fill(grey(x, y), (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
      rgba[(y * WIDTH + x) * 4 + 3] = 255;
    }
  }
  return rgba;
}

/** The dial of a gauge: dark strokes on white. */
type Grey = (x: number, y: number) => number;
const dial: Grey = (x, y) => (x % 20 < 3 || y % 24 < 2 ? 40 : 210);

function blurred(grey: Grey, radius: number): Grey {
  return (x, y) => {
    let sum = 0;
    for (let down = -radius; down <= radius; down++) {
      for (let across = -radius; across <= radius; across++) sum += grey(x + across, y + down);
    }
    return sum / (2 * radius + 1) ** 2;
  };
}

const judged = (grey: Grey) => faultOf(picture(grey), WIDTH, HEIGHT);

describe("a hint after the shot", () => {
  it("has nothing against a sharp gauge in daylight, nor in poor light", () => {
    expect(judged(dial)).toBeNull();
    expect(judged((x, y) => dial(x, y) * 0.4)).toBeNull();
  });

  it("notices a picture out of focus or shaken", () => {
    expect(judged(blurred(dial, 9))).toBe("blurred");
    expect(judged((x) => 80 + x / 2)).toBe("blurred");
  });

  it("notices darkness, and then says nothing of blur", () => {
    expect(judged((x, y) => dial(x, y) * 0.08)).toBe("dark");
    expect(judged(() => 3)).toBe("dark");
  });

  it("does not stumble over a picture of one pixel", () => {
    expect(faultOf([255, 255, 255, 255], 1, 1)).toBe("blurred");
  });
});
