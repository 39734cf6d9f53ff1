import type { ReactNode } from "react";
import { ticksUpTo } from "../numbers.ts";
import { useWidth } from "./use-width.ts";

export interface Series {
  key: string;
  name: string;
  /** As many as there are months; null draws nothing. */
  values: readonly (number | null)[];
  shape: "columns" | "line" | "dashes";
}

interface Month {
  key: string;
  /** Below the axis. */
  label: string;
  /** All that the picture says of the month. */
  said: string;
  onOpen?: (() => void) | undefined;
}

interface Props {
  label: string;
  months: readonly Month[];
  series: readonly Series[];
  /** Writes a value at the axis. */
  write: (value: number) => string;
  /** Where the axis ends; unless given, above the largest value. */
  most?: number;
}

const HEIGHT = 190;
const TOP = 10;
const BOTTOM = 24;
const LEFT = 58;
/** Narrower, names of months would touch each other. */
const LEAST = 34;

/** Months side by side, with columns and lines over them. Each month can be reached by keyboard and says its figures. */
export function Months({ label, months, series, write, most }: Props) {
  const [width, box] = useWidth();
  const ticks = ticksUpTo(most ?? Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const top = ticks.at(-1)!;
  const step = months.length > 0 ? Math.max(0, width - LEFT) / months.length : 0;
  const x = (at: number) => LEFT + step * (at + 0.5);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const every = Math.max(1, Math.ceil(LEAST / Math.max(step, 1)));
  return (
    <div className="dsc-months" ref={box}>
      <Legend series={series} />
      <div className="dsc-months__plot" style={{ height: HEIGHT }}>
        <svg className="dsc-months__drawing" width={width} height={HEIGHT} aria-hidden="true">
          {ticks.map((tick) => (
            <g key={tick}>
              <line className="dsc-months__line" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
              <text className="dsc-months__text" x={LEFT - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                {write(tick)}
              </text>
            </g>
          ))}
          {months.map(({ key, label: name }, at) =>
            (months.length - 1 - at) % every === 0 ? (
              <text key={key} className="dsc-months__text" x={x(at)} y={HEIGHT - 6} textAnchor="middle">
                {name}
              </text>
            ) : null,
          )}
          {series.map((one) => (
            <Drawn key={one.key} series={one} x={x} y={y} step={step} />
          ))}
        </svg>
        <ul className="dsc-months__list" aria-label={label} style={{ left: LEFT, bottom: BOTTOM }}>
          {months.map((month, at) => (
            <li
              key={month.key}
              className={at * 2 < months.length ? "dsc-months__month" : "dsc-months__month dsc-months__month--late"}
            >
              <Spot onOpen={month.onOpen}>{month.said}</Spot>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Spot({ onOpen, children }: { onOpen: (() => void) | undefined; children: ReactNode }) {
  const said = <span className="dsc-months__said">{children}</span>;
  return onOpen ? (
    <button type="button" className="dsc-months__spot" onClick={onOpen}>
      {said}
    </button>
  ) : (
    <div className="dsc-months__spot">{said}</div>
  );
}

interface DrawnProps {
  series: Series;
  x: (at: number) => number;
  y: (value: number) => number;
  step: number;
}

function Drawn({ series: { key, values, shape }, x, y, step }: DrawnProps) {
  const points = values.flatMap((value, at) => (value === null ? [] : [{ at, value }]));
  if (shape === "columns") {
    const width = Math.min(34, step * 0.6);
    return points.map(({ at, value }) => (
      <rect
        key={at}
        className={`dsc-months__column dsc-series-${key}`}
        x={x(at) - width / 2}
        y={y(value)}
        width={width}
        height={y(0) - y(value)}
      />
    ));
  }
  return (
    <g className={`dsc-months__curve dsc-series-${key}`}>
      <polyline
        points={points.map(({ at, value }) => `${x(at)},${y(value)}`).join(" ")}
        strokeDasharray={shape === "dashes" ? "5 4" : undefined}
      />
      {points.map(({ at, value }) => (
        <circle key={at} cx={x(at)} cy={y(value)} r="3" />
      ))}
    </g>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) return null;
  return (
    <ul className="dsc-legend dsc-quiet">
      {series.map(({ key, name, shape }) => (
        <li key={key} className="dsc-legend__item">
          <svg className={`dsc-legend__sign dsc-series-${key}`} viewBox="0 0 22 12" aria-hidden="true">
            {shape === "columns" ? (
              <rect className="dsc-months__column" x="5" y="1" width="12" height="11" />
            ) : (
              <g className="dsc-months__curve">
                <polyline points="0,6 22,6" strokeDasharray={shape === "dashes" ? "5 4" : undefined} />
              </g>
            )}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
