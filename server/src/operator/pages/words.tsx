import { span } from "../health.ts";
import type { Problem } from "../problem.ts";

export function Ago({ at, now, otherwise = "never" }: { at: Date | null; now: Date; otherwise?: string }) {
  if (!at) return <span className="quiet">{otherwise}</span>;
  return (
    <time dateTime={at.toISOString()} title={utc(at)}>
      {span(+now - +at)} ago
    </time>
  );
}

/** To the second, for whoever compares it with a log. */
export function utc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

export function dollars(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(2)}`;
}

export function whole(number: number): string {
  return number.toLocaleString("en");
}

const MARKS = { broken: ["bad", "Broken"], watch: ["watch", "Look"] } as const;

export function Problems({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return <span className="good">All well</span>;
  return (
    <ul className="problems">
      {problems.map(({ severity, words }) => (
        <li key={words}>
          <span className={`mark ${MARKS[severity][0]}`}>{MARKS[severity][1]}</span> {words}
        </li>
      ))}
    </ul>
  );
}
