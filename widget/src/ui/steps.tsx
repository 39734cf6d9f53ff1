const STEPS = [1, 2, 3, 4, 5];

/** A level of 0 to 5 as five bars; unknown is dashed. @param label what is said of it */
export function Steps({ level, label }: { level: number | null; label: string }) {
  const kind = level === null ? "unknown" : level >= 4 ? "high" : level >= 2 ? "middle" : "low";
  return (
    <span className={`dsc-steps dsc-steps--${kind}`} role="img" aria-label={label}>
      {STEPS.map((step) => (
        <span key={step} className={level !== null && step <= level ? "dsc-steps__on" : "dsc-steps__off"} />
      ))}
    </span>
  );
}
