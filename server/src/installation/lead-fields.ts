import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { byKey, ensureFields, ensureOptions, optionCode } from "./ensure-fields.ts";
import { KnownLists } from "./known-lists.ts";
import type { Need, Provisioning } from "./need.ts";
import { type LeadField, leadFields } from "./provisioning.ts";

interface Vocabulary {
  /** Become the options of the segment field. */
  segments: { key: string; name: string }[];
  /** Are made before they are needed, so that an admin can build filters on them. */
  tags: string[];
}

type VocabularySource = (tx: Tx, accountId: number) => Promise<Vocabulary>;

/** The fields and tags of leads that verdicts are written into. */
@Injectable()
export class LeadFields implements Need {
  private vocabularyOf: VocabularySource = async () => ({ segments: [], tags: [] });
  private mend: (tx: Tx, accountId: number) => Promise<void> = async () => {};

  constructor(
    private readonly tenancy: Tenancy,
    private readonly lists: KnownLists,
  ) {}

  /** Qualification knows what the account calls its segments. */
  vocabularyFrom(source: VocabularySource) {
    this.vocabularyOf = source;
  }

  /** Qualification puts right what was written while a field or an option was missing. */
  whenMade(mend: (tx: Tx, accountId: number) => Promise<void>) {
    this.mend = mend;
  }

  async completes(tx: Tx, accountId: number, isNew: boolean) {
    if (isNew) await this.mend(tx, accountId);
  }

  async provide({ accountId, kommo, problems }: Provisioning) {
    const vocabulary = await this.tenancy.run(accountId, (tx) => this.vocabularyOf(tx, accountId));
    const segments = vocabulary.segments.map(({ key, name }) => ({ code: optionCode(key), name }));
    const wanted = (Object.keys(leadFields) as LeadField[]).map((key) => ({
      key,
      ...leadFields[key],
      // Only the API may write what the model says; a hand edit is an override and has its own button.
      isApiOnly: true,
      ...(key === "segment" ? { options: segments } : {}),
    }));
    const { fields, wrongTypes, made, all } = await ensureFields(kommo, "leads", wanted, problems);
    await this.lists.keep(accountId, { leadFields: all });
    const select = fields.get("segment");
    const options = select && (await ensureOptions(kommo, "leads", select, segments, { rename: false }));
    await kommo.ensureLeadTags(vocabulary.tags);
    const keys = vocabulary.segments.map(({ key }) => key);
    return {
      found: {
        fields: Object.fromEntries([...fields].map(([key, { id }]) => [key, id])),
        wrongTypes,
        segments: options ? byKey(keys, options.ids) : {},
      },
      isNew: made || options?.made === true,
    };
  }
}
