/**
 * How urgent a flush is: a rep or a gate waits for nothing of it, for some of it, or for all of it. The last goes beside
 * another flush that is under way, so nothing else is taken along.
 */
export type Haste = "none" | "some" | "only";
