import { expect, test } from "vitest";
import { hazardKind, likelyHazard, mayAlarm, onTheSpot } from "../../src/work/hazard";
import { did, job } from "./given";

test("on gas appliances the danger is gas; elsewhere nobody guesses", () => {
  expect(likelyHazard("gas_water_heater")).toBe("gas_leak");
  expect(likelyHazard("gas_stove")).toBe("gas_leak");
  expect(likelyHazard("lamp")).toBeNull();
});

test("what was told of a danger outweighs what the work makes likely", () => {
  const fire = did("hazard.alarm", { kind: "fire" });
  expect(hazardKind(job({ category: "gas_stove", hazard: true }, [fire]))).toBe("fire");
  expect(hazardKind(job({ category: "gas_stove", hazard: true }))).toBe("gas_leak");
  expect(hazardKind(job({ hazard: true }))).toBe("other");
});

test("an alarm stands until a manager clears it, so none is raised twice (P-22)", () => {
  expect(mayAlarm(job())).toBe(true);
  expect(mayAlarm(job({}, [did("hazard.alarm", { kind: "water" })]))).toBe(false);
  expect(mayAlarm(job({ state: "closed" }))).toBe(false);
});

test("danger is looked for at the order that is under way", () => {
  const here = job({ state: "on_site" });
  const later = job({ state: "acknowledged", number: "FW-202603-0008" });
  const paused = job({ state: "suspended", number: "FW-202603-0009" });
  expect(onTheSpot([later, here, paused])).toEqual([here]);
});
