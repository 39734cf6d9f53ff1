const DAY_MS = 86_400_000;

/** The last days up to today (UTC), oldest first, also those without any call. */
export function lastDays(
  known: readonly { day: string; costMicros: number }[],
  howMany: number,
  now = Date.now(),
): { day: string; costMicros: number }[] {
  const byDay = new Map(known.map(({ day, costMicros }) => [day, costMicros]));
  return Array.from({ length: howMany }, (_, at) => {
    const day = new Date(now - (howMany - 1 - at) * DAY_MS).toISOString().slice(0, 10);
    return { day, costMicros: byDay.get(day) ?? 0 };
  });
}
