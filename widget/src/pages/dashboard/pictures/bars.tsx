import { PictureRow } from "./row.tsx";

export type Shade = "good" | "warm" | "hot" | "cold" | "spam";

export interface Bar {
  key: string;
  label: string;
  value: number;
  figure: string;
  more?: string;
  /** A second figure of the same kind, drawn as a line across. */
  mark?: number;
  tone?: Shade;
  onOpen?: (() => void) | undefined;
}

interface Props {
  /** What the picture shows, for those who listen. */
  label: string;
  bars: readonly Bar[];
  /** The value of a whole line; unless given, the largest there is. */
  most?: number;
}

const LENGTH = 100;
const HEIGHT = 10;

/** Bars below each other, longest first or in an order of their own. */
export function Bars({ label, bars, most = largestOf(bars) }: Props) {
  const length = (value: number) => (most > 0 ? Math.min(1, value / most) * LENGTH : 0);
  return (
    <ul className="dsc-figure" aria-label={label}>
      {bars.map(({ key, value, mark, tone = "cold", ...row }) => (
        <PictureRow key={key} {...row}>
          <svg
            className={`dsc-figure__drawing dsc-shade-${tone}`}
            viewBox={`0 0 ${LENGTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <rect className="dsc-figure__ground" width={LENGTH} height={HEIGHT} />
            <rect className="dsc-figure__value" width={length(value)} height={HEIGHT} />
            {mark !== undefined && mark > 0 && (
              <line className="dsc-figure__mark" x1={length(mark)} x2={length(mark)} y1="0" y2={HEIGHT} />
            )}
          </svg>
        </PictureRow>
      ))}
    </ul>
  );
}

function largestOf(bars: readonly Bar[]): number {
  return Math.max(0, ...bars.map(({ value, mark = 0 }) => Math.max(value, mark)));
}
