import { Readable } from "node:stream";
import type { EXPORTS, ExportQuery } from "@dealscope/shared/reports";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import { type Column, FORMS } from "./line.ts";
import { type Frame, Question } from "./question.ts";
import { type Reader, Reports, type ReportWish } from "./reports.ts";

type Table = (typeof EXPORTS)[number];

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
    return Readable.from(pages(read, table, FORMS[format]), { objectMode: false });
  }
}

type Form = (typeof FORMS)[keyof typeof FORMS];

async function* pages(read: Reader, table: Table, form: Form): AsyncGenerator<string> {
  const columns = await read((tx) => columnsOf(tx, table));
  yield form.head(columns);
  const line = form.line(columns, "v");
  for (let after: number | null = 0; after !== null; ) {
    const since: number = after;
    const page: Page = await read((tx, frame) => pageOf(tx, frame, { table, columns, line }, since));
    if (page.text) yield page.text;
    after = page.last;
  }
}

async function columnsOf(tx: Tx, table: Table): Promise<Column[]> {
  return tx.query(
    `SELECT attname AS name, atttypid = 'text'::regtype AS "isText" FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND attname <> 'account_id' ORDER BY attnum`,
    [`report_${table}`],
  );
}

/** One row, whatever the page holds. */
interface Page {
  text: string | null;
  /** The last deal; null when there are no more. */
  last: number | null;
}

interface What {
  table: Table;
  columns: readonly Column[];
  /** What makes a row `v` a line. */
  line: string;
}

async function pageOf(tx: Tx, frame: Frame, { table, columns, line }: What, after: number): Promise<Page> {
  const question = new Question(frame);
  await tx.query("SELECT set_config('TimeZone', 'UTC', true)");
  const [page]: [Page] = await tx.query(
    `WITH found AS MATERIALIZED (
       SELECT l.lead_id FROM lead l
        WHERE l.lead_id > ${question.place(after)} AND ${question.deals()} AND ${question.within("l.kommo_created_at")}
        ORDER BY l.lead_id LIMIT ${TOGETHER})
     SELECT (SELECT max(lead_id) FROM found HAVING count(*) = ${TOGETHER}) AS last,
            (SELECT string_agg(${line} || E'\n', '' ORDER BY ${ORDER[table]})
               FROM (SELECT ${columns.map(({ name }) => name).join(", ")} FROM report_${table}
                      WHERE deal_id = ANY(ARRAY(SELECT lead_id FROM found))) v) AS text`,
    question.values,
  );
  return page;
}
