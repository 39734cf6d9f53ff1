import type { Labels, LabelsImported, LabelsToImport } from "@dealscope/shared/labels";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import { READ_AT_MOST } from "../../kommo/requests.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";

type Row = LabelsToImport["rows"][number];

/** What experts say of leads without touching them, to judge a prompt by. */
@Injectable()
export class ExpertLabels {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly versions: PromptVersions,
  ) {}

  /** Keeps what can be kept. Leads we have not heard of are looked for in Kommo. */
  async import(accountId: number, rows: readonly Row[], by: string): Promise<LabelsImported> {
    const { segments } = (await this.versions.current(accountId)).content;
    const keys = new Map(segments.flatMap(({ key, name }) => [name, key].map((word) => [word.toLowerCase(), key])));
    const keyOf = (segment: string) => keys.get(segment.toLowerCase());
    const known = await this.knownLeads(accountId, [...new Set(rows.map(({ leadId }) => leadId))]);
    const refused = rows.flatMap(({ leadId, segment }, row): LabelsImported["refused"] => {
      if (!known.has(leadId)) return [{ row, leadId, why: "unknown_lead" }];
      return keyOf(segment) !== undefined ? [] : [{ row, leadId, why: "unknown_segment" }];
    });
    const left = new Set(refused.map(({ row }) => row));
    // Of two rows on one lead the later holds; a statement may touch a row once only.
    const kept = [...new Map(rows.filter((_, row) => !left.has(row)).map((row) => [row.leadId, row])).values()];
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query(
        `INSERT INTO label (account_id, lead_id, segment, by_name)
         SELECT $1, l.lead_id, l.segment, $2 FROM unnest($3::bigint[], $4::text[]) AS l (lead_id, segment)
         ON CONFLICT (account_id, lead_id) DO UPDATE
           SET segment = excluded.segment, by_name = excluded.by_name, at = app_now()`,
        [accountId, by, kept.map(({ leadId }) => leadId), kept.map(({ segment }) => keyOf(segment))],
      );
      await tx.query("INSERT INTO audit (account_id, actor, action, detail) VALUES ($1, $2, 'labels imported', $3)", [
        ...[accountId, by, JSON.stringify({ kept: kept.length, refused: refused.length })],
      ]);
    });
    return { kept: kept.length, refused };
  }

  async show(accountId: number): Promise<Labels> {
    return this.tenancy.run(accountId, async (tx) => {
      const segments: Labels["segments"] = await tx.query(
        "SELECT segment AS key, count(*)::int AS count FROM label GROUP BY segment ORDER BY count DESC, segment",
      );
      return { total: segments.reduce((sum, { count }) => sum + count, 0), segments };
    });
  }

  async clear(accountId: number, by: string): Promise<Labels> {
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query("DELETE FROM label");
      await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, 'labels deleted')", [
        accountId,
        by,
      ]);
    });
    return this.show(accountId);
  }

  private async knownLeads(accountId: number, ids: readonly number[]): Promise<Set<number>> {
    const rows: { lead_id: number }[] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT lead_id FROM lead WHERE lead_id = ANY($1) AND pipeline_id IS NOT NULL AND gone IS NULL", [ids]),
    );
    const known = new Set(rows.map((row) => row.lead_id));
    const unheard = ids.filter((id) => !known.has(id));
    const kommo = await this.clients.of(accountId, "interactive");
    for (let from = 0; from < unheard.length; from += READ_AT_MOST) {
      const found = await kommo.leads(async () => unheard.slice(from, from + READ_AT_MOST));
      for (const { id } of found) known.add(id);
    }
    return known;
  }
}
