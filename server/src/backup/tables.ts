import type { Client } from "pg";

export interface Table {
  name: string;
  /** Those that hold something of their own: what is computed from others is computed again. */
  columns: string[];
}

/** Made by whoever migrates, and not by what is in them. */
const NOT_ROWS = ["migrations", "migration_turn"];

/** Every table with rows of ours, in an order in which they can be filled: what others refer to comes first. */
export async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table & { parents: string[] }>(
    `SELECT t.relname AS name,
            ARRAY(SELECT a.attname::text FROM pg_attribute a
                   WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
            ARRAY(SELECT DISTINCT p.relname::text FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid
                   WHERE c.conrelid = t.oid AND c.contype = 'f' AND c.confrelid <> t.oid) AS parents
       FROM pg_class t
      WHERE t.relkind IN ('r', 'p') AND t.relnamespace = 'public'::regnamespace AND t.relname <> ALL ($1) ORDER BY 1`,
    [NOT_ROWS],
  );
  const ordered: Table[] = [];
  let left = rows;
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const free = left.filter(({ parents }) => !parents.some((parent) => waiting.has(parent)));
    if (free.length === 0)
      throw new Error(`These tables refer to one another in a circle: ${[...waiting].join(", ")}.`);
    ordered.push(...free.map(({ name, columns }) => ({ name, columns })));
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}

/** `COPY` of a table's columns, up to its direction. */
export function copy(client: Client, { name, columns }: Table): string {
  return `COPY ${client.escapeIdentifier(name)} (${columns.map((column) => client.escapeIdentifier(column)).join(", ")})`;
}
