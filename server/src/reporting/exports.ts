import { Readable } from "node:stream";
import type { EXPORTS, ExportQuery } from "@dealscope/shared/reports";
import { Injectable } from "@nestjs/common";
import { stringify } from "csv-stringify";
import type { Tx } from "../database/tenancy.ts";
import { type Frame, Question } from "./question.ts";
import { Reports, type ReportWish } from "./reports.ts";

type Table = (typeof EXPORTS)[number];
type Row = Record<string, unknown>;

/** So many deals at a time: memory holds one such page, and no transaction waits for whoever reads slowly. */
const TOGETHER = 500;

const ORDER: Record<Table, string> = {
  deals: "deal_id",
  stage_stays: "deal_id, place",
  stakeholders: "deal_id, contact_id",
  holds: "deal_id, hold_id",
  hold_reasons: "deal_id, hold_id, since, kind, what",
  verdicts: "deal_id, verdict_id",
};

/** What reports are made of, row by row, for whoever wants to count himself. */
@Injectable()
export class Exports {
  constructor(private readonly reports: Reports) {}

  /** The rows of all deals meant, as text in this form. The period is that of the deals' creation. */
  async stream(accountId: number, wish: ReportWish, table: Table, format: ExportQuery["format"]): Promise<Readable> {
    const columns = await this.reports.read(accountId, wish, (tx) => columnsOf(tx, table));
    const rows = Readable.from(this.rows(accountId, wish, table));
    if (format === "jsonl") return Readable.from(lines(rows));
    // A spreadsheet takes a cell that begins with = or the like for a formula, and guesses the letters without a mark.
    const csv = stringify({
      header: true,
      columns,
      escape_formulas: true,
      bom: true,
      cast: { date: isoTime, boolean: String },
    });
    rows.on("error", (error) => csv.destroy(error));
    csv.on("close", () => rows.destroy());
    return rows.pipe(csv);
  }

  private async *rows(accountId: number, wish: ReportWish, table: Table): AsyncGenerator<Row> {
    for (let after = 0; ; ) {
      const page = await this.reports.read(accountId, wish, (tx, frame) => pageOf(tx, frame, table, after));
      yield* page.rows;
      if (page.last === undefined) return;
      after = page.last;
    }
  }
}

async function columnsOf(tx: Tx, table: Table): Promise<string[]> {
  const rows: { name: string }[] = await tx.query(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND attname <> 'account_id' ORDER BY attnum`,
    [`report_${table}`],
  );
  return rows.map(({ name }) => name);
}

async function pageOf(tx: Tx, frame: Frame, table: Table, after: number): Promise<{ rows: Row[]; last?: number }> {
  const question = new Question(frame);
  const found: { lead_id: number }[] = await tx.query(
    `SELECT l.lead_id FROM lead l
      WHERE l.lead_id > ${question.place(after)} AND ${question.deals()} AND ${question.within("l.kommo_created_at")}
      ORDER BY l.lead_id LIMIT ${TOGETHER}`,
    question.values,
  );
  if (found.length === 0) return { rows: [] };
  const ids = found.map((row) => row.lead_id);
  const rows: Row[] = await tx.query(`SELECT * FROM report_${table} WHERE deal_id = ANY($1) ORDER BY ${ORDER[table]}`, [
    ids,
  ]);
  return {
    rows: rows.map(({ account_id: _, ...row }) => row),
    ...(ids.length < TOGETHER ? {} : { last: ids.at(-1)! }),
  };
}

async function* lines(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

function isoTime(time: Date): string {
  return time.toISOString();
}
