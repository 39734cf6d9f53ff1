const PATHS = {
  sent: "M1.5 7 12.5 1.5 9 12.5 6.3 8ZM6.3 8l6.2-6.5",
  delivered: "M1.5 3h11v8h-11Zm0 .4L7 7.8l5.5-4.4",
  opened: "M1.5 5.5 7 1.5l5.5 4V12h-11Zm0 .2L7 9l5.5-3.3",
  clicked: "M3 1.5V11l2.5-2.3 2 3.8 1.8-.9-2-3.8H11Z",
  converted: "M3 12.5v-11h7.8L9.3 4.6l1.5 3.1H3",
  unsubscribed: "M7 1.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM3.2 3.2l7.6 7.6",
  subscribed: "M7 1.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.4 7.2l1.9 1.9 3.3-4.2",
  unknown: "M7 1.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.5 7h.2m2.2 0h.2m2.2 0h.2",
  bounced: "M5 2 1.8 5.2 5 8.4M2 5.2h6.4a3.5 3.5 0 0 1 0 7H5.5",
  spam: "M7 1.8 13 12.2H1Zm0 4v2.9m0 1.4v.3",
  failed: "M3 3l8 8M11 3l-8 8",
  stage: "M1.5 7H12M8.5 3.5 12 7l-3.5 3.5",
  call: "M4.2 1.8 2 3c0 5 4 9 9 9l1.2-2.2-2.7-1.7-1.3 1.1C6.9 8.4 5.7 7.2 4.9 5.8l1.1-1.3Z",
} as const;

export type SignKind = keyof typeof PATHS;

/** A small picture beside the words that say the same. */
export function Sign({ kind }: { kind: SignKind }) {
  return (
    <svg className="dsc-event-sign" viewBox="0 0 14 14" aria-hidden="true">
      <path d={PATHS[kind]} />
    </svg>
  );
}
