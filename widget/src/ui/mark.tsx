import type { Tone } from "./tone.ts";

const shapes: Record<Tone, string> = {
  // A flame, a sun's disc, a crystal, a barred circle, an empty ring.
  hot: "M6.3.6c.5 2-.6 3-1.5 4.1C4 5.7 2.5 6.7 2.5 8.4 2.5 10.3 4 11.5 6 11.5s3.6-1.3 3.6-3.4c0-1.6-.8-2.6-1.3-3.4-.2.9-.6 1.4-1.2 1.7C7.5 4.5 7.6 2.2 6.3.6Z",
  warm: "M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z",
  cold: "M6 .7 11.3 6 6 11.3.7 6Z",
  spam: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm0 1.5c.7 0 1.4.2 2 .6L3.1 8A3.5 3.5 0 0 1 6 2.5Zm0 7c-.7 0-1.4-.2-2-.6L8.9 4A3.5 3.5 0 0 1 6 9.5Z",
  none: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Zm0 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z",
};

/** The shape of a segment; its word stands beside it. */
export function Mark({ tone }: { tone: Tone }) {
  return (
    <svg className={`dsc-mark dsc-tone-${tone}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={shapes[tone]} fillRule="evenodd" />
    </svg>
  );
}
