/** What this handheld writes the server reads, and what the server writes this handheld reads. */

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMessage, UnreadableMessage, uuid7, writeEnvelope } from "../../src/contract/envelope";
import type { Acts, ActType } from "../../src/contract/wire";
import { seal } from "../../src/queue/outgoing";
import { fromPython, python, ROOT } from "../engine/python";
import { DEVICE, freshDatabase, MORNING, ORDER, say } from "../trade";

const PHOTO = { sha256: "0f".repeat(32), tag: "before" };
const SIGNER = { name: "王丽华", relation: "owner" } as const;

/** Everything that the technician can say, once with all that may be left out and once without. */
const SAID: { [Type in ActType]: Acts[Type][] } = {
  "order.received": [{}],
  "order.opened": [{}],
  "order.acknowledged": [{}],
  "order.returned": [{ reason: "客户改期" }],
  "order.set_out": [{}],
  "order.arrived": [{}],
  "order.inspected": [
    { note: "点火针积碳", photos: [PHOTO] },
    { note: "不点火", photos: [] },
  ],
  "order.quoted": [
    { lines: [{ item: "GWH-IGN", qty: "1.5" }], total_fen: 12000 },
    { lines: [], total_fen: 0 },
  ],
  "quote.confirmed": [
    { method: "handheld_signature", signer: SIGNER, signature: "ab".repeat(32) },
    { method: "phone", signer: SIGNER },
  ],
  "step.recorded": [
    {
      step: "GWH-A1",
      attempt: 2,
      answer: { value: "2.5", unit: "V DC" },
      photos: [PHOTO],
      text: "电池漏液",
      reason: "客户自备电池",
    },
    { step: "GWH-01", attempt: 1, answer: { confirmed: true }, photos: [] },
  ],
  "order.suspended": [
    { reason: "wait_material", next_contact_at: "2026-03-03T01:00:00.000Z", note: "等阀门" },
    { reason: "customer_absent", next_contact_at: "2026-03-03T01:00:00.000Z" },
  ],
  "order.resumed": [{}],
  "order.ready": [{}],
  "order.accepted": [
    { signer: SIGNER, signature: "ab".repeat(32), comment: "很好" },
    { signer: SIGNER, signature: "ab".repeat(32) },
  ],
  "order.rejected": [{ reason: "火焰发黄", apology: true }],
  "signature.refused": [{ reason: "refused", witness: "老李", photos: [] }],
  "order.cancel_requested": [{ by: "王丽华", reason: "自己修好了" }],
  "hazard.alarm": [{ kind: "gas_leak", note: "厨房" }, { kind: "fire" }],
  "price.requested": [{ description: "加长管", qty: "2", reason: "墙厚" }],
  "stock.requested": [{ lines: [{ item: "GWH-IGN", qty: "1", kind: "tool" }] }],
  "stock.used": [{ lines: [{ item: "GWH-IGN", qty: "1" }] }],
  "stock.handed_back": [{ lines: [{ item: "GWH-IGN", qty: "1", condition: "未开封" }] }],
  "stock.lost": [{ lines: [{ item: "GWH-IGN", qty: "1", reason: "掉进下水道" }] }],
  "damage.reported": [{ item: "瓷砖", description: "裂了", kind: "damage", photos: [PHOTO] }],
  "incident.reported": [
    {
      place: "B2 车库",
      category: "engineering",
      severity: "major",
      description: "水管爆裂",
      emergency_action: "已关总阀",
      found_at: "2026-03-02T01:00:00.000Z",
      photos: [PHOTO],
    },
    { place: "大堂", category: "cleaning", description: "积水", photos: [] },
  ],
  "shift.handed_over": [{ note: "两单未完", to: "张伟" }, { note: "无" }],
};
const FREE: ReadonlySet<string> = new Set(["incident.reported", "shift.handed_over"]);

const READ = `
import json, sys
from contracts.envelope import ContractError, read_event
def read(body):
    try:
        event = read_event(body.encode())
    except ContractError as error:
        return {"refused": [error.slug, error.errors]}
    return {"type": event.type, "seq": event.seq, "subject": event.subject, "id": event.id}
print(json.dumps([read(body) for body in json.loads(sys.argv[1])]))
`;

function readByServer(bodies: readonly string[]): unknown[] {
  return JSON.parse(python("-c", READ, JSON.stringify(bodies))) as unknown[];
}

describe("what goes up", () => {
  test("the server reads every act that the technician can say", async () => {
    const database = await freshDatabase();
    for (const [type, all] of Object.entries(SAID)) {
      const subjects = FREE.has(type) ? [ORDER, null] : [ORDER];
      for (const data of all) {
        for (const subject of subjects) {
          const orderVersion = subject === null ? null : 3;
          await say(database, type as ActType, data as never, { subject, orderVersion });
        }
      }
    }
    const sealed = await seal(database, DEVICE, MORNING.getTime());
    const read = readByServer(sealed.map((act) => act.body!));
    expect(read).toEqual(sealed.map(({ type, seq, subject, id }) => ({ type, seq, subject, id })));
  });

  test("and the technician can say everything that the server knows", () => {
    const known = fromPython<string[]>("list(contracts.events.EVENT_TYPES)", "contracts.events");
    expect(Object.keys(SAID).sort()).toEqual(known.sort());
  });

  test("whatever is typed, the server can read it", async () => {
    const database = await freshDatabase();
    const typed = fc.sample(
      fc.oneof(
        fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
        fc
          .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 20 })
          .map((units) => String.fromCharCode(...units)),
      ),
      200,
    );
    for (const reason of typed) await say(database, "order.returned", { reason: `因${reason}` });
    const sealed = await seal(database, DEVICE, MORNING.getTime());
    for (const one of readByServer(sealed.map((act) => act.body!))) {
      expect(one).toMatchObject({ type: "order.returned" });
    }
  });
});

describe("what comes down", () => {
  const folder = `${ROOT}contracts/golden/good/`;
  const files = readdirSync(folder).filter((name) =>
    /^(order\.(snapshot|withdrawn)|event\.reply|sync\.result|device\.)/.test(name),
  );

  test.each(files)("%s is read", (name) => {
    const { payload } = JSON.parse(readFileSync(folder + name, "utf-8"));
    const { id, type, subject = null, time, data } = payload;
    expect(readMessage(JSON.stringify(payload))).toEqual({ id, type, subject, time, data });
  });

  test("names of the future are passed over, what is no envelope is not read", () => {
    const future = { type: "order.snapshot", data: {}, priority: 1, id: 7, subject: 8, time: null };
    expect(readMessage(JSON.stringify(future))).toEqual({
      id: "",
      type: "order.snapshot",
      subject: null,
      time: null,
      data: {},
    });
    const wrong = ["", "null", "[]", '"x"', "{}", '{"type":"a"}', '{"type":"a","data":[]}', "{"];
    for (const text of wrong) expect(() => readMessage(text)).toThrow(UnreadableMessage);
  });
});

describe("ids", () => {
  const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  test("are version 7, and sort by age though the clock goes back", () => {
    const clock = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_050 }), {
      minLength: 2,
      maxLength: 300,
    });
    fc.assert(
      fc.property(clock, (times) => {
        const ids = times.map((now) => uuid7(now));
        for (const id of ids) expect(id).toMatch(SHAPE);
        expect(ids).toEqual([...new Set(ids)].sort());
      }),
    );
  });

  test("tell the moment, and stay in order where one millisecond has more than 4096", () => {
    const now = Date.UTC(2100, 0, 1);
    const ids = Array.from({ length: 10_000 }, () => uuid7(now));
    expect(Number.parseInt(ids[0]!.replaceAll("-", "").slice(0, 12), 16)).toBe(now);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

test("an envelope leaves out what it has not, and keeps every character", () => {
  const text = '"\\ \u2028 é 💧';
  const body = writeEnvelope({
    id: "i",
    device: DEVICE,
    type: "sync.request",
    at: MORNING,
    subject: null,
    seq: null,
    data: { text },
  });
  expect(JSON.parse(body)).toEqual({
    specversion: "1.0",
    id: "i",
    source: `devices/${DEVICE}`,
    type: "sync.request",
    time: "2026-03-02T01:00:00.000Z",
    data: { text },
  });
});
