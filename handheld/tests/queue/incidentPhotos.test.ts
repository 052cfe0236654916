/** Pictures of incidents go after their report; and what is news to the technician. */

import { beforeEach, expect, test } from "vitest";
import { countAll } from "../../src/queue/counts";
import { keep, seal, settle } from "../../src/queue/outgoing";
import { keepPhoto, markSent, nextToUpload } from "../../src/queue/pictures";
import { type Act, type Database, openDatabase } from "../../src/store/database";

const NOW = new Date("2026-03-02T01:12:05.250Z");

let database: Database;
let opened = 0;
beforeEach(async () => {
  database = await openDatabase(`incidents-${++opened}`);
});

test("a picture of an incident waits until the server has its report", async () => {
  const report = await reported();
  expect(await nextToUpload(database, NOW.getTime())).toBeNull();
  await answered(report);
  expect((await nextToUpload(database, NOW.getTime()))?.act).toBe(report.id);
});

test("once it is up it counts as verified: of incidents there is no receipt", async () => {
  await answered(await reported());
  const photo = (await nextToUpload(database, NOW.getTime()))!;
  await markSent(database, photo.id, NOW.getTime());
  expect(await countAll(database)).toMatchObject({ here: 0, arrived: 0, verified: 2 });
});

test("that an order was looked at too late is no news; that work came too late is", async () => {
  const opening = await did("order.opened");
  const arriving = await did("order.arrived");
  await answered(opening, "recorded");
  await answered(arriving, "recorded");
  const unread = (await database.getAll("acts")).filter((act) => act.unread);
  expect(unread.map((act) => act.type)).toEqual(["order.arrived"]);
});

async function reported(): Promise<Act> {
  const photo = await taken("");
  return keep(database, {
    type: "incident.reported",
    subject: null,
    orderVersion: null,
    data: {
      place: "3栋大堂",
      category: "cleaning",
      description: "积水",
      photos: [{ sha256: photo.sha256, tag: photo.tag }],
    },
    at: NOW,
    photos: [photo.id],
  });
}

function did(type: "order.opened" | "order.arrived"): Promise<Act> {
  const subject = "FW-202603-0007";
  return keep(database, { type, subject, orderVersion: 4, data: {}, at: NOW });
}

async function answered(act: Act, outcome: "applied" | "recorded" = "applied"): Promise<void> {
  await seal(database, "hh-01", NOW.getTime());
  await settle(
    database,
    { event: act.id, outcome, order_version: null, server_time: NOW.toISOString() },
    NOW.getTime(),
  );
}

function taken(order: string) {
  return keepPhoto(database, {
    order,
    step: "",
    tag: "fault_point",
    sha256: "a".repeat(64),
    filetype: "image/jpeg",
    takenAt: NOW.toISOString(),
    bytes: Uint8Array.of(1, 2, 3).buffer,
    thumbnail: Uint8Array.of(1).buffer,
  });
}
