/** What may be wrong with a picture, seen at once on the handheld: a hint, never a block. */

export type Fault = "dark" | "blurred";

/** The copy that is judged has this longest edge: cheap, and even on every camera. */
export const JUDGED_EDGE_PX = 160;

/** Of 255. A cellar by torchlight is about 50; a covered lens is below 20. */
const DARK_BELOW = 32;
/** Variance of the Laplacian; a gauge in focus has several hundred. */
const BLURRED_BELOW = 30;

/** Judge a small copy; `rgba` as a canvas gives it. */
export function faultOf(rgba: ArrayLike<number>, width: number, height: number): Fault | null {
  const light = luminance(rgba, width * height);
  if (mean(light) < DARK_BELOW) return "dark";
  return sharpness(light, width, height) < BLURRED_BELOW ? "blurred" : null;
}

function luminance(rgba: ArrayLike<number>, count: number): Float32Array {
  const light = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const at = index * 4;
    light[index] = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
  }
  return light;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** How much neighbours differ from each other, beyond an even slope. */
function sharpness(light: Float32Array, width: number, height: number): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const edge =
        light[at - 1]! + light[at + 1]! + light[at - width]! + light[at + width]! - 4 * light[at]!;
      count += 1;
      sum += edge;
      squares += edge * edge;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
