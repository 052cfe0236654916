/** The limits of a reading as a band, with the reading on it. */

import { words } from "../../words/words";
import { placeOn, type Scale, type Zone } from "../../work/scale";
import { bandWords } from "./bands";
import { type Look, signOfStatus } from "./standings";
import { figure } from "./units";

const say = words({
  zh: {
    limits: "限值",
    below: (to: string) => `低于 ${to}`,
    upTo: (to: string) => `不超过 ${to}`,
    above: (from: string) => `高于 ${from}`,
    from: (from: string) => `${from} 起`,
    between: (from: string, to: string) => `${from} 到 ${to}`,
    reading: (value: string) => `读数 ${value}`,
  },
  en: {
    limits: "Limits",
    below: (to: string) => `below ${to}`,
    upTo: (to: string) => `up to ${to}`,
    above: (from: string) => `above ${from}`,
    from: (from: string) => `from ${from}`,
    between: (from: string, to: string) => `${from} to ${to}`,
    reading: (value: string) => `Reading ${value}`,
  },
});

const WIDTH = 340;
const TOP = 17;
const HEIGHT = 26;
const MARKER = 9;
/** Zones are drawn by weight, not to scale: the narrow good one has to be seen. */
const WEIGHTS: Partial<Record<Zone["status"], number>> = { pass: 1.5, refused: 0.6 };

interface Props {
  scale: Scale;
  unit: string | undefined;
  value: string;
}

export function LimitBand({ scale, unit, value }: Props) {
  const weights = scale.zones.map((zone) => weightOf(zone));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const widths = weights.map((weight) => (weight / total) * WIDTH);
  const starts = widths.map((_, index) => sum(widths.slice(0, index)));
  const place = placeOn(scale, value);
  const markerX = place && starts[place.zone]! + place.along * widths[place.zone]!;
  return (
    <figure class="band">
      <svg
        viewBox={`0 0 ${WIDTH} ${TOP + HEIGHT + 19}`}
        role="img"
        aria-label={describe(scale, unit, value)}
      >
        <Patterns />
        {scale.zones.map((zone, index) => {
          const { look, sign } = signOfStatus(zone.status);
          const x = starts[index]!;
          const width = widths[index]!;
          const isHere = place?.zone === index;
          return (
            <g
              key={zone.from ?? "first"}
              class={`band-zone look-${look}${isHere ? " is-here" : ""}`}
            >
              <rect x={x + 1} y={TOP} width={width - 2} height={HEIGHT} rx={4} />
              <rect
                class="band-pattern"
                x={x + 1}
                y={TOP}
                width={width - 2}
                height={HEIGHT}
                rx={4}
                fill={`url(#band-${patternOf(look, zone)})`}
              />
              <text class="band-sign" x={x + width / 2} y={TOP + 19} text-anchor="middle">
                {sign}
              </text>
            </g>
          );
        })}
        {scale.zones.map((zone, index) => {
          const label = labelAt(scale, index);
          return (
            label !== null && (
              <text
                class="band-limit"
                key={label + zone.status}
                x={scale.whole ? starts[index]! + widths[index]! / 2 : starts[index]!}
                y={TOP + HEIGHT + 16}
                text-anchor={!scale.whole && index === 0 ? "start" : "middle"}
              >
                {label}
              </text>
            )
          );
        })}
        <text class="band-unit" x={WIDTH} y={TOP - 4} text-anchor="end">
          {figure("", unit).trim()}
        </text>
        {markerX !== null && (
          <g class="band-marker" data-marker={place?.zone}>
            <path
              d={`M ${clamp(markerX)} ${TOP + 2} l ${-MARKER} ${-MARKER * 1.6} h ${2 * MARKER} z`}
            />
            <line x1={clamp(markerX)} x2={clamp(markerX)} y1={TOP} y2={TOP + HEIGHT} />
          </g>
        )}
      </svg>
    </figure>
  );
}

function weightOf(zone: Zone): number {
  // A single value, such as exactly zero, is a sliver.
  const isPoint = zone.from !== null && zone.from === zone.to && zone.status === "fail";
  return (WEIGHTS[zone.status] ?? 1) * (isPoint ? 0.6 : 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function clamp(x: number): number {
  return Math.min(WIDTH - MARKER, Math.max(MARKER, x));
}

function patternOf(look: Look, zone: Zone): string {
  if (zone.status === "refused") return "cross";
  return look === "late" ? "stripes" : look === "soon" ? "dots" : "none";
}

/** The figure below the band: where a zone begins, or the counts that it holds. */
function labelAt(scale: Scale, index: number): string | null {
  const { from, to } = scale.zones[index]!;
  if (!scale.whole) return from;
  if (from === null) return to === null ? null : `≤ ${to}`;
  if (to === null) return `≥ ${from}`;
  return from === to ? from : `${from}–${to}`;
}

/** The same in words, for who cannot see the band. */
function describe(scale: Scale, unit: string | undefined, value: string): string {
  const zones = scale.zones.map(
    (zone) => `${extent(zone, unit)}: ${bandWords(zone.band, zone.status)}`,
  );
  const reading = value === "" ? [] : [say().reading(figure(value, unit))];
  return [say().limits, ...zones, ...reading].join("; ");
}

function extent({ from, to, withFrom, withTo }: Zone, unit: string | undefined): string {
  if (from === null && to === null) return "";
  if (from === null) return withTo ? say().upTo(figure(to!, unit)) : say().below(figure(to!, unit));
  if (to === null)
    return withFrom ? say().from(figure(from, unit)) : say().above(figure(from, unit));
  return from === to ? figure(from, unit) : say().between(from, figure(to, unit));
}

function Patterns() {
  return (
    <defs>
      <pattern
        id="band-stripes"
        width="8"
        height="8"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <line x1="0" y1="0" x2="0" y2="8" stroke="currentColor" stroke-width="3" />
      </pattern>
      <pattern id="band-dots" width="7" height="7" patternUnits="userSpaceOnUse">
        <circle cx="3" cy="3" r="1.4" fill="currentColor" />
      </pattern>
      <pattern
        id="band-cross"
        width="8"
        height="8"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M0 0H8M0 0V8" stroke="currentColor" stroke-width="1.6" />
      </pattern>
      <pattern id="band-none" width="8" height="8" patternUnits="userSpaceOnUse" />
    </defs>
  );
}
