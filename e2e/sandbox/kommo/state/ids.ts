const FIRST = {
  account: 31_000_001,
  user: 9_120_001,
  group: 400_001,
  role: 300_001,
  pipeline: 8_800_001,
  status: 60_010_101,
  lossReason: 21_001,
  lead: 71_500_001,
  contact: 45_500_001,
  company: 46_500_001,
  field: 910_001,
  enum: 770_001,
  fieldGroup: 1,
  catalog: 5_001,
  element: 9_400_001,
  tag: 5_501,
  note: 88_100_001,
  task: 5_500_001,
  talk: 201,
  source: 22_590_001,
  webhook: 12_001,
  event: 1,
};

export type IdKind = keyof typeof FIRST;

/** Ids are unique in the whole of Kommo, not only in an account. */
export class Ids {
  readonly #next = { ...FIRST };

  next(kind: IdKind): number {
    return this.#next[kind]++;
  }
}
