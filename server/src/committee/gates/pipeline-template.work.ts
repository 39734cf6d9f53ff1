import { BUYING_STAGES, type BuyingStage } from "@dealscope/shared/committee";
import { LOST, WON } from "@dealscope/shared/stage-ref";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { KnownLists } from "../../installation/known-lists.ts";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { KommoForbidden, KommoRejected } from "../../kommo/errors.ts";
import type { Pipeline } from "../../kommo/resources.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";

export const PIPELINE_TEMPLATE = "pipeline_template";

interface Template {
  name: string;
  stages: Record<BuyingStage, string>;
}

const templates: Record<string, Template> = {
  en: template("Buying committee", [
    ...["Decision-maker qualification", "Technical validation", "Budget approval", "Legal review", "Signing"],
  ]),
  es: template("Comité de compra", [
    ...["Calificación del decisor", "Validación técnica", "Aprobación del presupuesto", "Revisión legal", "Firma"],
  ]),
  pt: template("Comitê de compra", [
    ...["Qualificação do decisor", "Validação técnica", "Aprovação do orçamento", "Revisão jurídica", "Assinatura"],
  ]),
  tr: template("Satın alma komitesi", [
    ...["Karar vericinin belirlenmesi", "Teknik doğrulama", "Bütçe onayı", "Hukuki inceleme", "İmza"],
  ]),
  id: template("Komite pembelian", [
    ...[
      "Kualifikasi pengambil keputusan",
      "Validasi teknis",
      "Persetujuan anggaran",
      "Tinjauan hukum",
      "Penandatanganan",
    ],
  ]),
};

/** Makes a pipeline of the buying stages, or finds the one that was made before: asked for twice, there is one. */
@Injectable()
export class PipelineTemplate implements WorkKind, OnModuleInit {
  readonly kind = PIPELINE_TEMPLATE;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly lists: KnownLists,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async ask(accountId: number, by: string) {
    await this.tenancy.run(accountId, async (tx) => {
      await this.work.schedule(tx, accountId, [
        { kind: PIPELINE_TEMPLATE, subject: accountId, priority: "interactive" },
      ]);
      await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, 'pipeline asked for')", [
        accountId,
        by,
      ]);
    });
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const { language, provisioned: known } = await this.accounts.get(accountId);
    const wanted = templates[language.slice(0, 2)] ?? templates.en!;
    const kommo = await this.clients.of(accountId, "interactive");
    const there = await kommo.pipelines();
    const made = provisioned.parse(known).pipelineTemplate?.pipelineId;
    const found = there.find(({ id }) => id === made) ?? there.find((pipeline) => isMadeOf(pipeline, wanted));
    try {
      const pipeline = found ?? (await kommo.addPipeline(definition(wanted, there.length)));
      // Read again: what Kommo has put beside our stages is among its lists.
      await this.lists.keep(accountId, { pipelines: found ? there : await kommo.pipelines() });
      await this.save(accountId, { pipelineId: pipeline.id, stages: stagesOf(pipeline, wanted), problem: null });
    } catch (error) {
      if (!(error instanceof KommoForbidden || error instanceof KommoRejected)) throw error;
      const problem = `Kommo did not make the pipeline: ${error.message}`;
      await this.save(accountId, { pipelineId: null, stages: [], problem });
    }
    return {};
  }

  private async save(accountId: number, pipelineTemplate: NonNullable<Provisioned["pipelineTemplate"]>) {
    await this.tenancy.run(accountId, async (tx) => {
      await tx.query("UPDATE account SET provisioned = provisioned || $1", [JSON.stringify({ pipelineTemplate })]);
      this.accounts.forgetAfter(tx, accountId);
    });
  }
}

function template(name: string, names: string[]): Template {
  const stages = Object.fromEntries(BUYING_STAGES.map((stage, index) => [stage, names[index]])) as Template["stages"];
  return { name, stages };
}

function definition({ name, stages }: Template, others: number) {
  return {
    name,
    sort: (others + 1) * 10,
    is_main: false,
    is_unsorted_on: true,
    _embedded: { statuses: BUYING_STAGES.map((stage, index) => ({ name: stages[stage], sort: (index + 1) * 10 })) },
  };
}

/** Made by us, but the answer was lost. */
function isMadeOf(pipeline: Pipeline, { name, stages }: Template): boolean {
  const names = new Set(pipeline._embedded.statuses.map((status) => status.name));
  return pipeline.name === name && Object.values(stages).every((stage) => names.has(stage));
}

/** By name, and where an administrator has renamed it since, by its place. */
function stagesOf(pipeline: Pipeline, { stages }: Template) {
  const own = pipeline._embedded.statuses
    .filter(({ id, type }) => type !== 1 && id !== WON && id !== LOST)
    .toSorted((a, b) => a.sort - b.sort);
  return BUYING_STAGES.flatMap((buyingStage, index) => {
    const stage = own.find(({ name }) => name === stages[buyingStage]) ?? own[index];
    return stage ? [{ statusId: stage.id, buyingStage }] : [];
  });
}
