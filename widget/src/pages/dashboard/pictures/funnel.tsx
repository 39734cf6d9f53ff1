import type { Bar } from "./bars.tsx";
import { PictureRow } from "./row.tsx";

type Step = Omit<Bar, "mark" | "tone">;

interface Props {
  label: string;
  steps: readonly Step[];
}

const WIDTH = 100;
const HEIGHT = 40;
/** From where a step narrows or widens to the next one. */
const WAIST = 28;

/** Steps that follow each other, each as wide as it is large. */
export function Funnel({ label, steps }: Props) {
  const most = Math.max(0, ...steps.map(({ value }) => value));
  const half = (value: number) => (most > 0 ? (value / most) * (WIDTH / 2) : 0);
  return (
    <ul className="dsc-figure dsc-figure--funnel" aria-label={label}>
      {steps.map(({ key, value, ...row }, at) => {
        const own = half(value);
        const next = half(steps[at + 1]?.value ?? 0);
        const middle = WIDTH / 2;
        return (
          <PictureRow key={key} {...row}>
            <svg
              className="dsc-figure__drawing dsc-shade-cold"
              viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              {at < steps.length - 1 && (
                <polygon
                  className="dsc-figure__ground"
                  points={`${middle - own},${WAIST} ${middle + own},${WAIST} ${middle + next},${HEIGHT} ${middle - next},${HEIGHT}`}
                />
              )}
              <rect className="dsc-figure__value" x={middle - own} width={own * 2} height={WAIST} />
            </svg>
          </PictureRow>
        );
      })}
    </ul>
  );
}
