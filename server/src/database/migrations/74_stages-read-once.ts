import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The names of an account's stages stand in its settings as JSON. As a part of an export's question the planner takes them
 * for 100 000 rows, and takes them apart again for each deal where it expects one deal only. As a function they are read
 * once a question and are taken for as few as they are. And holds are found by their deal.
 */
export class StagesReadOnce1764000000074 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // That it sets its search path keeps it from being taken into the question around it.
    await runner.query(`
      CREATE FUNCTION stage_names() RETURNS TABLE (
        account_id bigint, pipeline_id bigint, pipeline text, status_id bigint, stage text, place int, buying_stage text)
      LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp ROWS 100 AS $$ ${STAGES} $$`);
    await runner.query("REVOKE ALL ON FUNCTION stage_names() FROM PUBLIC");
    await runner.query("GRANT EXECUTE ON FUNCTION stage_names() TO dealscope_tenant");
    await replaceView(runner, "SELECT * FROM stage_names()");
    await runner.query("CREATE INDEX hold_of_lead ON hold (account_id, lead_id)");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX hold_of_lead");
    await replaceView(runner, STAGES);
    await runner.query("DROP FUNCTION stage_names()");
  }
}

/** Its columns stay what they are, and so do its owner and rights. */
async function replaceView(runner: QueryRunner, select: string) {
  await runner.query(`CREATE OR REPLACE VIEW report_stages WITH (security_invoker) AS ${select}`);
}

const STAGES = `
  SELECT a.account_id, (p->>'id')::bigint AS pipeline_id, p->>'name' AS pipeline, (s->>'id')::bigint AS status_id,
         s->>'name' AS stage, s_place::int AS place,
         (SELECT r->>'buyingStage'
            FROM jsonb_path_query(a.settings, '$.gates.pipelines[*]') g, jsonb_path_query(g, '$.stages[*]') r
           WHERE g->>'pipelineId' = p->>'id' AND r->>'statusId' = s->>'id' LIMIT 1) AS buying_stage
    FROM public.account a
   CROSS JOIN LATERAL jsonb_path_query(a.provisioned, '$.pipelines[*]') p
   CROSS JOIN LATERAL jsonb_array_elements(p->'statuses') WITH ORDINALITY AS statuses (s, s_place)`;
