/** A small picture of what to read, and where on it. Drawn, so that it needs no network. */

import type { ComponentChildren } from "preact";
import type { Step } from "../../engine/evaluate";
import { words } from "../../words/words";

const say = words({
  zh: {
    low: "读左边蓝色低压表",
    high: "读右边红色高压表",
    gauge: "读压力表",
    clamp: "钳口只夹一根导线",
    megger: "500 V 摇表:线对地",
    tube: "万用表接灯管两端",
    battery: "万用表接电池两极",
    multimeter: "用万用表量",
    plumb: "吊线量最差一米",
    level: "水平尺量最差一米",
    ruler: "量两卡之间最宽处",
  },
  en: {
    low: "Read the blue gauge, left",
    high: "Read the red gauge, right",
    gauge: "Read the pressure gauge",
    clamp: "Clamp one conductor only",
    megger: "500 V megger, line to earth",
    tube: "Multimeter at the tube's ends",
    battery: "Multimeter at the battery's poles",
    multimeter: "Use the multimeter",
    plumb: "Plumb line, worst metre",
    level: "Spirit level, worst metre",
    ruler: "Widest gap between clips",
  },
});

export type Instrument = keyof ReturnType<typeof say>;

const BY_TAG: Readonly<Record<string, Instrument>> = {
  gauge_low: "low",
  gauge_high: "high",
  gauge: "gauge",
  clamp: "clamp",
  plumb: "plumb",
  level: "level",
  clips: "ruler",
};
const METERS: Readonly<Record<string, Instrument>> = {
  Mohm: "megger",
  "V AC": "tube",
  "V DC": "battery",
};

/** What a step is measured with, told by the picture it asks for; null where nothing is. */
export function instrumentOf(step: Step): Instrument | null {
  const measures = step.kind === "reading" || step.fields?.some((field) => field.unit === "ohm");
  if (!measures) return null;
  for (const { tag } of step.photos) {
    const found = tag === "meter" ? (METERS[step.unit ?? ""] ?? "multimeter") : BY_TAG[tag];
    if (found !== undefined) return found;
  }
  return null;
}

export function InstrumentPicture({ step }: { step: Step }) {
  const instrument = instrumentOf(step);
  if (instrument === null) return null;
  return (
    <figure class="instrument" data-instrument={instrument}>
      <svg viewBox="0 0 120 84" role="img" aria-label={say()[instrument]}>
        {DRAWINGS[instrument]()}
      </svg>
      <figcaption>{say()[instrument]}</figcaption>
    </figure>
  );
}

/** A dial; the one to read is thick and has its hand, the other is faint. */
function Dial({ x, y, r = 19, tone }: { x: number; y: number; r?: number; tone: string }) {
  return (
    <g class={`dial dial-${tone}`}>
      <circle cx={x} cy={y} r={r} />
      <path
        d={`M ${x - r * 0.6} ${y + r * 0.5} A ${r * 0.78} ${r * 0.78} 0 1 1 ${x + r * 0.6} ${y + r * 0.5}`}
      />
      <line x1={x} y1={y} x2={x + r * 0.45} y2={y - r * 0.5} />
    </g>
  );
}

/** The hose manifold of the refrigeration trade: low side left and blue, high side right and red. */
function Manifold({ read }: { read: "low" | "high" }) {
  return (
    <>
      <rect class="metal" x="18" y="48" width="84" height="12" rx="4" />
      <Dial x={38} y={27} tone={read === "low" ? "low" : "faint"} />
      <Dial x={82} y={27} tone={read === "high" ? "high" : "faint"} />
      <path class={read === "low" ? "hose-low" : "hose-faint"} d="M32 60 C32 74 14 70 10 82" />
      <path class="hose-faint" d="M60 60 V82" />
      <path class={read === "high" ? "hose-high" : "hose-faint"} d="M88 60 C88 74 106 70 110 82" />
      <path class="pointer" d={read === "low" ? "M4 8 l14 7" : "M116 8 l-14 7"} />
    </>
  );
}

function Meter({ children }: { children?: ComponentChildren }) {
  return (
    <>
      <rect class="metal" x="40" y="28" width="40" height="52" rx="5" />
      <rect class="screen-lit" x="45" y="33" width="30" height="14" rx="2" />
      <circle class="metal" cx="60" cy="62" r="9" />
      <line class="ink" x1="60" y1="62" x2="65" y2="56" />
      {children}
    </>
  );
}

const DRAWINGS: Readonly<Record<Instrument, () => ComponentChildren>> = {
  low: () => <Manifold read="low" />,
  high: () => <Manifold read="high" />,
  gauge: () => (
    <>
      <Dial x={60} y={36} r={28} tone="low" />
      <path class="ink" d="M60 64 V76 M20 78 H100" />
    </>
  ),
  clamp: () => (
    <>
      <path class="hose-low" d="M8 24 H112" />
      <path class="hose-faint" d="M8 6 H112" />
      <path class="jaw" d="M60 46 C36 42 36 10 58 10 M60 46 C84 42 84 10 62 10" />
      <rect class="metal" x="47" y="44" width="26" height="38" rx="4" />
      <rect class="screen-lit" x="51" y="50" width="18" height="10" rx="2" />
    </>
  ),
  megger: () => (
    <>
      <path class="ink" d="M6 10 H60" />
      <path class="ink" d="M100 20 V34 M88 34 H112 M93 39 H107 M97 44 H103" />
      <Meter>
        <path class="hose-high" d="M46 28 C40 18 36 14 34 10" />
        <path class="hose-low" d="M74 28 C80 12 100 10 100 20" />
      </Meter>
    </>
  ),
  tube: () => (
    <>
      <rect class="lamp" x="12" y="6" width="96" height="12" rx="6" />
      <path class="ink" d="M6 9 H12 M6 15 H12 M108 9 H114 M108 15 H114" />
      <Meter>
        <path class="hose-high" d="M46 30 C24 34 9 30 8 17" />
        <path class="hose-low" d="M74 30 C96 34 111 30 112 17" />
      </Meter>
    </>
  ),
  battery: () => (
    <>
      <rect class="lamp" x="34" y="5" width="50" height="15" rx="3" />
      <rect class="metal" x="84" y="9" width="5" height="7" />
      <Meter>
        <path class="hose-low" d="M46 30 C30 28 26 16 34 12" />
        <path class="hose-high" d="M74 30 C98 28 100 14 90 12" />
      </Meter>
    </>
  ),
  multimeter: () => (
    <Meter>
      <path class="hose-high" d="M46 28 C40 16 26 14 14 16" />
      <path class="hose-low" d="M74 28 C80 16 94 14 106 16" />
    </Meter>
  ),
  plumb: () => (
    <>
      <rect class="metal" x="34" y="4" width="12" height="76" rx="3" />
      <path class="ink" d="M70 4 V62" />
      <path class="lamp" d="M63 62 h14 l-7 16 z" />
      <path class="pointer" d="M48 58 H68 M48 58 l5 -4 M48 58 l5 4 M68 58 l-5 -4 M68 58 l-5 4" />
    </>
  ),
  level: () => (
    <>
      <rect class="metal" x="6" y="54" width="108" height="12" rx="3" />
      <rect class="lamp" x="22" y="32" width="76" height="20" rx="3" />
      <rect class="screen-lit" x="46" y="37" width="28" height="10" rx="5" />
      <circle class="ink" cx="63" cy="42" r="3.5" />
    </>
  ),
  ruler: () => (
    <>
      <rect class="metal" x="4" y="24" width="112" height="12" rx="3" />
      <path class="ink" d="M24 18 V42 M96 18 V42" />
      <path class="pointer" d="M26 62 H94 M26 62 l7 -5 M26 62 l7 5 M94 62 l-7 -5 M94 62 l-7 5" />
    </>
  ),
};
