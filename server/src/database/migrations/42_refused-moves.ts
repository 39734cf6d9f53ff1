import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/**
 * Moves that a gate did not let stand. The history keeps them, for they happened; but a deal that was sent back has stood
 * all the while where it came from, and so the stays tell it, whenever and in whatever order they learn of a move, of its
 * refusal and of the way back.
 */
export class RefusedMoves1764000000042 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE refused_move (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        /* Where it might not stand, and where it rightfully did. */
        pipeline_id bigint NOT NULL,
        status_id bigint NOT NULL,
        from_pipeline_id bigint NOT NULL,
        from_status_id bigint NOT NULL,
        /* When Kommo showed it there, by Kommo's clock. */
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, lead_id, seen_at, pipeline_id, status_id)
      )`);
    await tenantTable(runner, "refused_move");
    await runner.query(TELL_STAYS(RIGHTFUL));
    await runner.query(`
      CREATE TRIGGER stays_without_refused_moves AFTER INSERT ON refused_move REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION tell_stage_stays()`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE refused_move");
    await runner.query(TELL_STAYS(AS_TOLD));
  }
}

/** Of all deals that the statement has touched: `stood` is every stay that the moves tell of, `rightful` what is kept. */
const TELL_STAYS = (rightful: string) => `
  CREATE OR REPLACE FUNCTION tell_stage_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
  BEGIN
    DELETE FROM stage_stay s USING (SELECT DISTINCT account_id, lead_id FROM changed) c
     WHERE s.account_id = c.account_id AND s.lead_id = c.lead_id;
    INSERT INTO stage_stay (account_id, lead_id, place, pipeline_id, status_id, entered_at, left_at)
    WITH deals AS (SELECT DISTINCT account_id, lead_id FROM changed),
    moves AS (
      SELECT m.*, row_number() OVER deal AS place, lead(m.at) OVER deal AS next_at
        FROM stage_change m JOIN deals USING (account_id, lead_id)
      WINDOW deal AS (PARTITION BY account_id, lead_id ORDER BY m.at, m.ordinal)),
    stood AS (
      SELECT account_id, lead_id, place, to_pipeline_id AS pipeline_id, to_status_id AS status_id,
             at AS entered_at, next_at AS left_at FROM moves
      UNION ALL
      SELECT account_id, lead_id, 0, coalesce(from_pipeline_id, to_pipeline_id), from_status_id, NULL, at
        FROM moves WHERE place = 1 AND from_status_id IS NOT NULL)
    ${rightful};
    RETURN NULL;
  END $$`;

const AS_TOLD = "SELECT account_id, lead_id, place, pipeline_id, status_id, entered_at, left_at FROM stood";

/**
 * A refusal is of the stay that it saw, or of the nearest: a move is not always told with the second in which it shows. Kommo
 * counts in seconds; of several stays that began in the same one, all are refused. Whatever the deal went through after it
 * had left its place belongs to the refused way too. Such stays are told as ones in the rightful place, and neighbours in
 * the same stage are one.
 */
const RIGHTFUL = `,
    refused AS (
      SELECT r.*, s.place AS until_place,
             coalesce((SELECT max(b.place) FROM stood b
                        WHERE b.account_id = r.account_id AND b.lead_id = r.lead_id AND b.place < s.place
                          AND b.pipeline_id = r.from_pipeline_id AND b.status_id = r.from_status_id), s.place - 1) AS after_place
        FROM (SELECT * FROM refused_move JOIN deals USING (account_id, lead_id)) r
       CROSS JOIN LATERAL (
         SELECT place FROM stood s
          WHERE s.account_id = r.account_id AND s.lead_id = r.lead_id
            AND s.pipeline_id = r.pipeline_id AND s.status_id = r.status_id
            AND coalesce(s.entered_at, '-infinity') <= r.seen_at + interval '10 seconds'
            AND coalesce(s.left_at, 'infinity') >= r.seen_at - interval '10 seconds'
          ORDER BY greatest(s.entered_at, r.seen_at) - least(s.left_at, r.seen_at),
                   abs(extract(epoch FROM s.entered_at - r.seen_at))
          FETCH FIRST ROW WITH TIES) s),
    rightful AS (
      SELECT s.account_id, s.lead_id, s.place, s.entered_at, s.left_at,
             coalesce(r.from_pipeline_id, s.pipeline_id) AS pipeline_id, coalesce(r.from_status_id, s.status_id) AS status_id
        FROM stood s
        LEFT JOIN LATERAL (
          SELECT from_pipeline_id, from_status_id FROM refused r
           WHERE r.account_id = s.account_id AND r.lead_id = s.lead_id AND s.place > r.after_place AND s.place <= r.until_place
           ORDER BY r.until_place LIMIT 1) r ON true),
    beginnings AS (
      SELECT *, lag(pipeline_id) OVER deal IS NOT DISTINCT FROM pipeline_id
                AND lag(status_id) OVER deal IS NOT DISTINCT FROM status_id AS goes_on
        FROM rightful WINDOW deal AS (PARTITION BY account_id, lead_id ORDER BY place))
    SELECT account_id, lead_id, place, pipeline_id, status_id, entered_at,
           lead(entered_at) OVER (PARTITION BY account_id, lead_id ORDER BY place) AS left_at
      FROM beginnings WHERE NOT goes_on`;
