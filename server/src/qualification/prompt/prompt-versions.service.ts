import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Remembered } from "../../database/remembered.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { PROVISION } from "../../installation/installations.ts";
import { LeadFields } from "../../installation/lead-fields.ts";
import { Work } from "../../work/work.ts";
import { MANUAL_TAG, segmentTag } from "../tags.ts";
import { endWaiting } from "../waiting.ts";
import { DEFAULT_PROMPT } from "./default-prompt.ts";
import { PromptVersionEntity } from "./prompt-version.entity.ts";

export class NoSuchVersion extends Error {}
export class NotADraft extends Error {}

/** Somebody else has changed the draft since it was read. */
export class DraftConflict extends Error {
  constructor(readonly currentVersion: number) {
    super("Somebody else has changed this draft meanwhile. Please load it again; what you typed is still here.");
  }
}

const REMEMBER_MS = 5_000;

/** Drafts, publishes and rolls back how an account's leads are judged. */
@Injectable()
export class PromptVersions implements OnModuleInit {
  private readonly remembered = new Remembered<number, PromptVersionEntity>(REMEMBER_MS);

  constructor(
    private readonly tenancy: Tenancy,
    private readonly leadFields: LeadFields,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.leadFields.vocabularyFrom(async (tx, accountId) => {
      const { segments } = (await this.published(tx, accountId)).content;
      return { segments, tags: [...segments.map(({ key }) => segmentTag(key)), MANUAL_TAG] };
    });
  }

  /** The version in force, remembered for a few seconds. */
  current(accountId: number): Promise<PromptVersionEntity> {
    return this.remembered.get(accountId, () => this.tenancy.run(accountId, (tx) => this.published(tx, accountId)));
  }

  /** The version in force; a new account starts with BANT. */
  async published(tx: Tx, accountId: number): Promise<PromptVersionEntity> {
    const repository = tx.getRepository(PromptVersionEntity);
    const published = await repository.findOneBy({ accountId, state: "published" });
    if (published) return published;
    await tx.query(
      `INSERT INTO prompt_version (account_id, number, state, content, created_by, published_at)
       VALUES ($1, 1, 'published', $2, 'dealscope', app_now()) ON CONFLICT DO NOTHING`,
      [accountId, JSON.stringify(DEFAULT_PROMPT)],
    );
    return repository.findOneByOrFail({ accountId, state: "published" });
  }

  all(tx: Tx, accountId: number): Promise<PromptVersionEntity[]> {
    return tx.getRepository(PromptVersionEntity).find({ where: { accountId }, order: { number: "DESC" } });
  }

  /** @throws NoSuchVersion */
  async one(tx: Tx, accountId: number, number: number): Promise<PromptVersionEntity> {
    const version = await tx.getRepository(PromptVersionEntity).findOneBy({ accountId, number });
    if (!version) throw new NoSuchVersion(`There is no prompt version ${number}.`);
    return version;
  }

  async draft(tx: Tx, accountId: number, content: PromptVersionContent, actor: string): Promise<number> {
    await takeTurns(tx);
    await this.published(tx, accountId);
    const [row] = await tx.query(
      `INSERT INTO prompt_version (account_id, number, state, content, created_by)
       SELECT $1, max(number) + 1, 'draft', $2, $3 FROM prompt_version RETURNING number`,
      [accountId, JSON.stringify(content), actor],
    );
    return row.number;
  }

  /**
   * @param revision the one that was read; undefined overwrites whatever is there
   * @throws NoSuchVersion, DraftConflict, or NotADraft: what was published once is never changed
   */
  async edit(tx: Tx, accountId: number, number: number, content: PromptVersionContent, revision?: number) {
    await takeTurns(tx);
    const version = await this.one(tx, accountId, number);
    if (version.state !== "draft")
      throw new NotADraft(`Version ${number} was published; make a new draft of it instead.`);
    if (revision !== undefined && revision !== version.revision) throw new DraftConflict(version.revision);
    await tx.query("UPDATE prompt_version SET content = $2, revision = revision + 1 WHERE number = $1", [
      number,
      JSON.stringify(content),
    ]);
    // They tell of what it said before.
    await tx.query("DELETE FROM back_test WHERE number = $1", [number]);
  }

  /** @throws NoSuchVersion, or NotADraft: what was published once is kept for good */
  async discard(tx: Tx, accountId: number, number: number) {
    await takeTurns(tx);
    const version = await this.one(tx, accountId, number);
    if (version.state !== "draft") throw new NotADraft(`Version ${number} was published, so it is kept.`);
    await tx.query("DELETE FROM back_test WHERE number = $1", [number]);
    await tx.query("DELETE FROM prompt_version WHERE number = $1 AND state = 'draft'", [number]);
  }

  /** Puts a draft in force, or an archived version again: that is how one rolls back. */
  async publish(
    tx: Tx,
    accountId: number,
    number: number,
    actor: string,
    { note = "", revision }: { note?: string; revision?: number | undefined } = {},
  ) {
    await takeTurns(tx);
    const version = await this.one(tx, accountId, number);
    if (revision !== undefined && revision !== version.revision) throw new DraftConflict(version.revision);
    await tx.query("UPDATE prompt_version SET state = 'archived' WHERE state = 'published' AND number <> $1", [number]);
    await tx.query(
      `UPDATE prompt_version SET state = 'published', published_at = app_now(), note = coalesce(nullif($2, ''), note)
        WHERE number = $1`,
      [number, note],
    );
    await tx.query(
      "INSERT INTO audit (account_id, actor, action, subject, detail) VALUES ($1, $2, 'prompt published', $3, $4)",
      [accountId, actor, `version ${number}`, JSON.stringify({ note })],
    );
    // It may name another model.
    await endWaiting(tx, "model");
    // A new segment needs its option in the select field.
    await this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
    this.tenancy.afterCommit(tx, () => this.remembered.forget(accountId));
  }
}

/** Administrators who change versions at the same time do it one after the other. */
async function takeTurns(tx: Tx) {
  await tx.query("SELECT 1 FROM account FOR UPDATE");
}
