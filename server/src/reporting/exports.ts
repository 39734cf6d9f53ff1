import { Readable } from "node:stream";
import type { EXPORTS, ExportQuery } from "@dealscope/shared/reports";
import { Injectable } from "@nestjs/common";
import { stringify } from "csv-stringify/sync";
import type { Tx } from "../database/tenancy.ts";
import { type Frame, Question } from "./question.ts";
import { type Reader, Reports, type ReportWish } from "./reports.ts";

type Table = (typeof EXPORTS)[number];

/** So many deals at a time: memory holds one such page, and no transaction waits for whoever reads slowly. */
const TOGETHER = 250;
/** Rows that are taken apart at a time, so that their cells are soon forgotten. */
const CELLS_OF = 50;

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
  const form = { columns, escape_formulas: true, cast: { boolean: String } };
  yield stringify([], { ...form, header: true, bom: true });
  for await (const page of pages(read, table, columns)) {
    for (let at = 0; at < page.length; at += CELLS_OF) {
      yield stringify(
        page.slice(at, at + CELLS_OF).map((line) => JSON.parse(line)),
        form,
      );
    }
  }
}

async function* lines(read: Reader, table: Table): AsyncGenerator<string> {
  const columns = await read((tx) => columnsOf(tx, table));
  for await (const page of pages(read, table, columns)) yield `${page.join("\n")}\n`;
}

async function* pages(read: Reader, table: Table, columns: string[]): AsyncGenerator<string[]> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const since: number = after;
    const page: Page = await read((tx, frame) => pageOf(tx, frame, table, columns, since));
    if (page.lines.length > 0) yield page.lines;
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
  /** Each a row as JSON. The database writes them: a row is one text here, and not dozens of values. */
  lines: string[];
  /** The last deal; undefined when there are no more. */
  last?: number;
}

async function pageOf(tx: Tx, frame: Frame, table: Table, columns: string[], after: number): Promise<Page> {
  const question = new Question(frame);
  const found: { lead_id: number }[] = await tx.query(
    `SELECT l.lead_id FROM lead l
      WHERE l.lead_id > ${question.place(after)} AND ${question.deals()} AND ${question.within("l.kommo_created_at")}
      ORDER BY l.lead_id LIMIT ${TOGETHER}`,
    question.values,
  );
  if (found.length === 0) return { lines: [] };
  const ids = found.map((row) => row.lead_id);
  await tx.query("SELECT set_config('TimeZone', 'UTC', true)");
  const rows: { line: string }[] = await tx.query(
    `SELECT row_to_json(v)::text AS line
       FROM (SELECT ${columns.join(", ")} FROM report_${table} WHERE deal_id = ANY($1) ORDER BY ${ORDER[table]}) v`,
    [ids],
  );
  const lines = rows.map(({ line }) => line);
  return { lines, ...(ids.length < TOGETHER ? {} : { last: ids.at(-1)! }) };
}
