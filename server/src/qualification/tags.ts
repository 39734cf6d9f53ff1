const PREFIX = "dealscope:";

/** On a lead that a person has to judge; gone as soon as a verdict comes. */
export const MANUAL_TAG = "needs manual qualification";

export function segmentTag(segment: string): string {
  return `${PREFIX}${segment}`;
}

/** Tags we put on leads ourselves: they say nothing about the lead. */
export function isOurTag(tag: string): boolean {
  return tag === MANUAL_TAG || tag.startsWith(PREFIX);
}
