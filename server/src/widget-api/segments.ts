import type { SegmentName } from "@dealscope/shared/queue";
import { Injectable } from "@nestjs/common";
import { Remembered } from "../database/remembered.ts";
import { Tenancy } from "../database/tenancy.ts";
import { PromptVersions } from "../qualification/prompt/prompt-versions.service.ts";

const REMEMBER_MS = 5_000;

/** An account's segments in the order in which their leads are worked on, with their names. */
export interface RankedSegments {
  keys: string[];
  /** Those of the version in force. */
  inForce: SegmentName[];
  /** Null for no segment. */
  named(key: string | null): SegmentName | null;
}

/** Ranks segments, also those that only older prompt versions had: leads in them are still somebody's work. */
@Injectable()
export class Segments {
  private readonly remembered = new Remembered<number, RankedSegments>(REMEMBER_MS);

  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
  ) {}

  of(accountId: number): Promise<RankedSegments> {
    return this.remembered.get(accountId, () => this.read(accountId));
  }

  private async read(accountId: number): Promise<RankedSegments> {
    const versions = await this.tenancy.run(accountId, async (tx) => {
      const published = await this.versions.published(tx, accountId);
      const all = await this.versions.all(tx, accountId);
      return [published, ...all.filter((version) => version.state === "archived")];
    });
    const segments = versions.flatMap((version) => version.content.segments);
    const inForce = new Set(versions[0]?.content.segments.map(({ key }) => key));
    // The published definition of a key comes first and is the one that is found; else the newest.
    const ranked = segments
      .filter((segment, i) => segments.findIndex(({ key }) => key === segment.key) === i)
      .sort((a, b) => (b.minScore ?? -1) - (a.minScore ?? -1));
    const names = new Map(ranked.map(({ key, name }) => [key, name]));
    return {
      keys: ranked.map(({ key }) => key),
      inForce: ranked.filter(({ key }) => inForce.has(key)).map(({ key, name }) => ({ key, name })),
      named: (key) => (key === null ? null : { key, name: names.get(key) ?? key }),
    };
  }
}
