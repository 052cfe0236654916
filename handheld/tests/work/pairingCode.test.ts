/** Any code that lies about may come before the camera; only the desk's pairs. */

import { describe, expect, it } from "vitest";
import { codeInHash, scannedCode } from "../../src/work/pairingCode";

const HERE = "https://paigong.example";

describe("a scanned code", () => {
  it("of this server pairs", () => {
    const found = scannedCode(`${HERE}/handheld/#pair=ab12cd34`, HERE);
    expect(found).toEqual({ code: "AB12CD34" });
  });

  it("of another server names it, and pairs nothing", () => {
    const found = scannedCode("https://other.example:8000/handheld/#pair=AB12CD34", HERE);
    expect(found).toEqual({ elsewhere: "other.example:8000" });
  });

  it.each(["AB12CD34", "https://paigong.example/handheld/", `${HERE}/#pair=`, "WIFI:S:x;;", ""])(
    "that says %j means nothing",
    (text) => {
      expect(scannedCode(text, HERE)).toBeNull();
    },
  );

  it("stands in the address when the phone's own camera read it", () => {
    expect(codeInHash("#pair=AB12CD34")).toBe("AB12CD34");
    expect(codeInHash("#/order/FW-1")).toBeNull();
  });
});
