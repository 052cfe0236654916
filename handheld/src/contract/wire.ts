/** What the server says and what this handheld may say: the types of docs/wire.md. */

import type { Template } from "../engine/template";

export type OrderState =
  | "created"
  | "dispatched"
  | "acknowledged"
  | "on_site"
  | "quoted"
  | "in_progress"
  | "suspended"
  | "awaiting_acceptance"
  | "rework"
  | "escalated"
  | "accepted"
  | "closed"
  | "archived"
  | "cancel_pending"
  | "cancelled"
  | "void";

export type Urgency = "normal" | "urgent" | "emergency";

export type SuspensionReason =
  | "wait_material"
  | "customer_absent"
  | "hazard"
  | "capacity_increase"
  | "riser_shutoff"
  | "access"
  | "other";

export type HazardKind = "gas_leak" | "electric_shock" | "water" | "fire" | "structural" | "other";

export type Relation = "owner" | "tenant" | "family" | "visitor" | "other";

export interface PhotoName {
  sha256: string;
  tag: string;
}

export interface RunEntry {
  step: string;
  attempt: number;
  status: string;
  band?: string | null;
  answer: Record<string, unknown>;
  photos: PhotoName[];
  text?: string | null;
  reason?: string | null;
  recorded_at?: string | null;
  evidence_pending?: boolean;
}

export interface QuoteLine {
  item: string;
  description: string;
  qty: string;
  unit_price_fen: number;
  amount_fen: number;
}

export interface Quote {
  revision: number;
  total_fen: number;
  price_list_version: string;
  confirmed_at: string | null;
  method: string | null;
  signer: string | null;
  lines: QuoteLine[];
}

export interface TemplateName {
  code: string;
  version: number;
}

export interface StockLine {
  line: string;
  item: string;
  name: string;
  state: string;
  /** What the technician still has. */
  out: string;
  /** Of that: brought back, and not yet taken in by the storekeeper. */
  handed_back?: string;
}

/** What is repaired, where the desk knows it, and whether the customer pays. */
export interface AssetSeen {
  label: string;
  kind: string;
  brand?: string | null;
  model?: string | null;
  serial?: string | null;
  warranty: string;
  /** The last day covered, as 2026-06-10. */
  covered_until?: string | null;
}

export interface Snapshot {
  number: string;
  version: number;
  state: OrderState;
  category: string;
  urgency: Urgency;
  content: string;
  appointment_at: string | null;
  customer: { name: string; unit_code: string; phone: string };
  checklist: TemplateName | null;
  child_checklists: TemplateName[];
  quote: Quote | null;
  one_off_items: { code: string; description: string; price_fen: number }[];
  run: RunEntry[];
  rework_round: number;
  returned_steps: { step: string; reason: string }[];
  /** An inspection note and a picture from before are held. */
  inspected?: boolean;
  /** Steps at which the supervisor allows a deviation. */
  overrides?: string[];
  /** Pictures that were sent back: they count for nothing any more. */
  rejected_photos?: string[];
  hazard: boolean;
  suspension: SuspensionReason | null;
  /** Where a suspended order goes on. */
  resume_state?: OrderState | null;
  stock: StockLine[];
  asset?: AssetSeen | null;
  run_shortened?: boolean;
}

/** Material, a tool or an old part that this technician answers for. Quantities as decimal strings. */
export interface ThingInHand {
  kind: "material" | "tool" | "old_part";
  item: string | null;
  name: string;
  qty: string;
  unit: string;
  /** Of these: handed back, and lying at the counter. */
  at_counter: string;
  order: string;
  since: string;
  /** By when a tool is to be back. */
  due_at: string | null;
  overdue: boolean;
}

/** An order that waits for whoever is quickest (抢单): the building, not the household. */
export interface PoolOrder {
  number: string;
  category: string;
  urgency: Urgency;
  content: string;
  building: string;
  appointment_at: string | null;
}

/** RFC 9457 problem details; `detail` is Chinese first, then English. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  detail_zh?: string;
  detail_en?: string;
  rule?: string;
  errors?: Record<string, string[]>;
  command?: string;
}

export type Outcome = "applied" | "duplicate" | "recorded" | "rejected" | "out_of_order";

export interface Reply {
  event: string | null;
  outcome: Outcome;
  order_version: number | null;
  first_outcome?: Outcome;
  expected_seq?: number;
  problem?: Problem;
  state?: OrderState;
  server_time: string;
  seq?: number;
}

export interface PriceItem {
  code: string;
  name: { zh: string; en: string };
  category: string;
  unit: string;
  price_fen: number;
}

export interface PriceList {
  version: string;
  items: PriceItem[];
}

export interface Receipt {
  number: string;
  version: number;
  events: string[];
  steps: { step: string; attempt: number; status: string }[];
  photos: { sha256: string; size: number; step: string; tag: string }[];
  missing: { step: string; tag: string | null }[];
  chain_head: string;
}

export interface FieldSettings {
  photo: {
    longest_edge_px: number;
    jpeg_quality_percent: number;
    gallery_tags: string[];
    keep_place: boolean;
  };
  export_key: { id: string; public_key: string };
  push_public_key: string | null;
  clock_skew_s: number;
  undo_s: number;
  dispatch_phone: string;
  server_time: string;
  technician: { id: string; username: string; name: string };
  estate: { name: string };
}

export interface Pairing {
  device: string;
  token: string;
  technician: { id: string; username: string; name: string };
  mqtt: {
    host: string;
    port: number;
    tls: boolean;
    websocket_url: string;
    client_id: string;
    username: string;
    password: string;
    root: string;
  };
}

export interface FieldOrders {
  items: Snapshot[];
  epoch: string;
  expected_seq: number;
  server_time: string;
  notices?: { id: string; text: string; at: string }[];
}

/** One message of the technician's box (message centre). */
export interface FieldMessage {
  id: string;
  title: string;
  text: string;
  kind: string;
  subject_kind: string | null;
  subject: string | null;
  /** Null: the house itself. */
  sender: string | null;
  sent_at: string;
  read_at: string | null;
  wants_reply: boolean;
  reply: string | null;
}

export interface FieldMessages {
  items: FieldMessage[];
  next_cursor: string | null;
  unread: number;
}

/** What the technician does; `type` -> `data` without `order_version`, which the queue adds. */
export interface Acts {
  "order.received": Record<string, never>;
  "order.opened": Record<string, never>;
  "order.acknowledged": Record<string, never>;
  "order.returned": { reason: string };
  "order.set_out": Record<string, never>;
  "order.arrived": Record<string, never>;
  "order.inspected": { note: string; photos: PhotoName[] };
  "order.quoted": { lines: { item: string; qty: string }[]; total_fen: number };
  "quote.confirmed": {
    method: "handheld_signature" | "code" | "phone" | "paper";
    signer: { name: string; relation: Relation };
    signature?: string;
  };
  "step.recorded": {
    step: string;
    attempt: number;
    answer: Record<string, unknown>;
    photos: PhotoName[];
    text?: string;
    reason?: string;
  };
  "order.suspended": { reason: SuspensionReason; next_contact_at: string; note?: string };
  "order.resumed": Record<string, never>;
  "order.ready": Record<string, never>;
  "order.accepted": {
    signer: { name: string; relation: Relation };
    signature: string;
    comment?: string;
  };
  "order.rejected": { reason: string; apology: boolean };
  "signature.refused": { reason: string; witness: string; photos: PhotoName[] };
  "order.cancel_requested": { by: string; reason: string };
  "hazard.alarm": { kind: HazardKind; note?: string };
  "price.requested": { description: string; qty: string; reason: string };
  "stock.requested": { lines: { item: string; qty: string; kind?: "material" | "tool" }[] };
  "stock.used": { lines: { item: string; qty: string }[] };
  "stock.handed_back": { lines: { item: string; qty: string; condition?: string }[] };
  "stock.lost": { lines: { item: string; qty: string; reason: string }[] };
  "damage.reported": {
    item: string;
    description: string;
    kind?: "damage" | "loss";
    photos: PhotoName[];
  };
  "incident.reported": {
    place: string;
    category: "engineering" | "security" | "cleaning" | "greening" | "other";
    severity?: "normal" | "major";
    description: string;
    emergency_action?: string;
    found_at?: string;
    photos: PhotoName[];
  };
  "shift.handed_over": { note: string; to?: string };
}

export type ActType = keyof Acts;

export type { Template };
