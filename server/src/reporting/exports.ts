import { Readable } from "node:stream";
import type { EXPORTS, ExportQuery } from "@dealscope/shared/reports";
import { Injectable } from "@nestjs/common";
import { stringify } from "csv-stringify/sync";
import type { Tx } from "../database/tenancy.ts";
import { type Frame, Question } from "./question.ts";
import { type Reader, Reports, type ReportWish } from "./reports.ts";

type Table = (typeof EXPORTS)[number];
type Row = Record<string, unknown>;

/** So many deals at a time: memory holds one such page, and no transaction waits for whoever reads slowly. */
const TOGETHER = 250;

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
    const read = await this.reports.reader(accountId, wish);
    return Readable.from(format === "csv" ? csv(read, table) : lines(read, table), { objectMode: false });
  }
}

/** A spreadsheet takes a cell that begins with = or the like for a formula, and guesses the letters without a mark. */
async function* csv(read: Reader, table: Table): AsyncGenerator<string> {
  const columns = await read((tx) => columnsOf(tx, table));
  const form = { columns, escape_formulas: true, cast: { date: isoTime, boolean: String } };
  yield stringify([], { ...form, header: true, bom: true });
  for await (const rows of pages(read, table)) yield stringify(rows, form);
}

async function* lines(read: Reader, table: Table): AsyncGenerator<string> {
  for await (const rows of pages(read, table)) yield rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

async function* pages(read: Reader, table: Table): AsyncGenerator<Row[]> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const since: number = after;
    const page: Page = await read((tx, frame) => pageOf(tx, frame, table, since));
    if (page.rows.length > 0) yield page.rows;
    after = page.last;
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

interface Page {
  rows: Row[];
  /** The last deal; undefined when there are no more. */
  last?: number;
}

async function pageOf(tx: Tx, frame: Frame, table: Table, after: number): Promise<Page> {
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

function isoTime(time: Date): string {
  return time.toISOString();
}
