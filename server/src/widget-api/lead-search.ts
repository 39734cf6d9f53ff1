import type { FoundLeads } from "@dealscope/shared/lead-search";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { type Rep, visibleTo } from "./rights.ts";
import { Segments } from "./segments.ts";

const MOST_FOUND = 20;

interface Row {
  id: number;
  name: string;
  segment: string | null;
  score: number | null;
}

/** Finds a lead by what people remember of it: a part of its name, or its number. */
@Injectable()
export class LeadSearch {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly segments: Segments,
  ) {}

  async find(rep: Rep, search: string): Promise<FoundLeads> {
    const segments = await this.segments.of(rep.accountId);
    const values: unknown[] = [];
    const place = (value: unknown) => `$${values.push(value)}`;
    const number = /^\d{1,15}$/.test(search) ? Number(search) : null;
    const rows: Row[] = await this.tenancy.run(rep.accountId, (tx) =>
      tx.query(
        `SELECT l.lead_id AS id, l.name, l.segment, l.score FROM lead l
          WHERE l.gone IS NULL AND l.kommo_created_at IS NOT NULL AND ${visibleTo(rep, place)}
            AND (position(lower(${place(search)}) IN lower(l.name)) > 0 OR l.lead_id = ${place(number)}::bigint)
          ORDER BY l.kommo_created_at DESC, l.lead_id DESC LIMIT ${MOST_FOUND}`,
        values,
      ),
    );
    return { leads: rows.map((row) => ({ ...row, segment: segments.named(row.segment) })) };
  }
}
