import type { Tone } from "./tone.ts";

const RADIUS = 23;
const AROUND = 2 * Math.PI * RADIUS;

/** A score or a share of 0 to 100 as a ring; without one, an empty ring. @param label what is said of it */
export function Ring({ score, tone, label }: { score: number | null; tone: Tone | "good"; label: string }) {
  const filled = ((score ?? 0) / 100) * AROUND;
  return (
    <svg className={`dsc-ring dsc-tone-${tone}`} viewBox="0 0 56 56" role="img" aria-label={label}>
      <circle className="dsc-ring__track" cx="28" cy="28" r={RADIUS} />
      {score !== null && score > 0 && (
        <circle
          className="dsc-ring__value"
          cx="28"
          cy="28"
          r={RADIUS}
          strokeDasharray={`${filled} ${AROUND}`}
          transform="rotate(-90 28 28)"
        />
      )}
      <text className="dsc-ring__number" x="28" y="28" dy="0.36em" textAnchor="middle">
        {score ?? "–"}
      </text>
    </svg>
  );
}
