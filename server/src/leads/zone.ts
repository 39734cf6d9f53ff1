const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** The account's time zone as far as clocks here know it; else UTC, so that a strange name does not end a report. */
export function knownZone(name: string): string {
  try {
    // Bare offsets are left out: PostgreSQL reads their sign the other way round.
    if (NAME.test(name) && new Intl.DateTimeFormat("en", { timeZone: name })) return name;
  } catch {
    // No such zone.
  }
  return "UTC";
}
