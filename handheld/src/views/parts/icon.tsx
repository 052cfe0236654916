/** Drawn signs, in the colour of their words: a font's own picture may be missing or unreadable. */

const DRAWINGS = {
  home: "M2.5 10 10 3l7.5 7M5 8v9h10V8M8.5 17v-5h3v5",
  camera: "M2 6h4l1.5-2h5L14 6h4v10H2zM10 8a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  microphone:
    "M10 2.5a2.5 2.5 0 0 1 2.5 2.5v4a2.5 2.5 0 0 1-5 0V5A2.5 2.5 0 0 1 10 2.5zM5 9a5 5 0 0 0 10 0M10 14v3.5M7 17.5h6",
} as const;

export function Icon({ of }: { of: keyof typeof DRAWINGS }) {
  return (
    <svg class="drawn" viewBox="0 0 20 20" aria-hidden="true">
      <path d={DRAWINGS[of]} />
    </svg>
  );
}
