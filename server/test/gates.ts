import type { PipelineGates, StageRule } from "@dealscope/shared/committee";
import { installAccount, type TestAccount } from "./account.ts";
import { until, type World } from "./world.ts";

export const LAWYER = "lawyer";

/** A pipeline whose second stage wants the lawyer's approval, with a deal in the first. */
export class Gated {
  private constructor(
    readonly account: TestAccount,
    readonly pipelineId: number,
    /** Open stages in their order. */
    readonly stages: readonly number[],
  ) {}

  static async open(world: World, rules: Partial<PipelineGates> = {}, more: object = {}): Promise<Gated> {
    const account = await installAccount(world);
    const { pipelineId, statusIds } = account.installed;
    const gated = new Gated(account, pipelineId, statusIds);
    const stages = [gated.rule(1, { requiredApprovals: [LAWYER] })];
    await gated.setRules({ stages, ...rules }, more);
    return gated;
  }

  stage(place: number): number {
    return this.stages[place]!;
  }

  nameOf(place: number): string {
    const { pipelines } = this.account.control.accounts.show({ account: this.account.id });
    return pipelines.flatMap(({ statuses }) => statuses).find(({ id }) => id === this.stage(place))!.name;
  }

  rule(place: number, changed: Partial<StageRule> = {}): StageRule {
    const nothing = { requiredRoles: [], requiredApprovals: [], wantedRoles: [], requiredFieldIds: [] };
    return { statusId: this.stage(place), buyingStage: null, minCoverage: null, ...nothing, ...changed };
  }

  async setRules(rules: Partial<PipelineGates>, more: object = {}) {
    const empty = {
      isOn: true,
      stages: [],
      noSkipping: false,
      noMovingBack: false,
      overrulerIds: [],
      nativeLock: false,
    };
    const pipeline: PipelineGates = { pipelineId: this.pipelineId, ...empty, ...rules };
    await this.account.set({ triggers: { onCreation: false }, gates: { pipelines: [pipeline] }, ...more });
  }

  /** A deal with somebody whom we know to be the lawyer. */
  async deal(place = 0): Promise<{ id: number; lawyer: number }> {
    const contact = { name: "Lena Recht", email: "lena@recht.example" };
    const id = this.account.create({ name: "Deal", status_id: this.stage(place), contact });
    const lawyer = this.account.lead(id).contacts[0]!.id;
    await this.account.look(
      `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, changed_by) VALUES ($1, $2, $3, $4, 'Test')`,
      [this.account.id, id, lawyer, LAWYER],
    );
    await until("the contact is known", async () => {
      const known = await this.account.look("SELECT 1 FROM contact WHERE account_id = $1 AND contact_id = $2", [
        this.account.id,
        lawyer,
      ]);
      return known.length > 0;
    });
    return { id, lawyer };
  }

  /** What the card does when somebody approves. */
  async approve(leadId: number, approval = "approved") {
    await this.account.look("UPDATE stakeholder SET approval = $3 WHERE account_id = $1 AND lead_id = $2", [
      this.account.id,
      leadId,
      approval,
    ]);
    await this.account.ask("gate", leadId, {}, 1);
  }

  move(id: number, place: number, by?: number) {
    const user = by === undefined ? {} : { user_id: by };
    this.account.control.leads.move({ account: this.account.id, id, status_id: this.stage(place), ...user });
  }

  /** In which of the open stages it stands; -1 in none. */
  placeOf(id: number): number {
    return this.stages.indexOf(this.account.lead(id).status_id);
  }

  async standsIn(id: number, place: number) {
    await until(`lead ${id} stands in stage ${place}`, () => this.placeOf(id) === place);
  }

  /** Until the faults are cleared, Kommo lets nobody change this account's deals by its API. */
  refuseMoves(
    { times, ...problem }: { status: number; times?: number; "validation-errors"?: object[] } = { status: 403 },
  ) {
    const match = { method: "PATCH", path: "/api/v4/leads", account: this.account.id };
    const body = { title: "Refused", detail: "You may not touch this deal", ...problem };
    const fault = { match, effect: { kind: "answer", status: problem.status, body } } as const;
    this.account.control.faults.add({ ...fault, ...(times === undefined ? {} : { times }) });
  }

  /** Until Kommo has refused a move often enough for it to be given up for now. */
  async refused(id: number): Promise<string> {
    let said: string | null = null;
    await until(`a move of lead ${id} is refused`, async () => {
      await this.account.hurry("write");
      said = (await this.holds(id)).find(({ outcome }) => outcome === null)?.refusal ?? null;
      return said !== null;
    });
    return said!;
  }

  /** As if the pause after the refusals were over. */
  async pauseIsOver() {
    await this.account.look(
      "UPDATE write SET ended_at = ended_at - interval '2 hours' WHERE account_id = $1 AND state = 'dead'",
      [this.account.id],
    );
    await this.account.hurry("work");
  }

  /** What stands in the deal's feed. */
  texts(id: number): string[] {
    return this.account.lead(id).notes.map(({ params }) => String((params as { text?: string }).text ?? ""));
  }

  /** Where we say that we have sent it back. */
  notes(id: number): string[] {
    return this.texts(id).filter((text) => text.includes("Dealscope has moved"));
  }

  /** As for whoever has changed something that rules may ask for. */
  async lookAgain(id: number) {
    await this.account.ask("gate", id, {}, 1);
    await this.quiet();
  }

  async holds(id: number) {
    return this.account.look<{
      outcome: string | null;
      ended_by: string | null;
      refusal: string | null;
      missing: object[];
      wanted_status_id: number;
    }>("SELECT * FROM hold WHERE account_id = $1 AND lead_id = $2 ORDER BY id", [this.account.id, id]);
  }

  async held(id: number) {
    await until(`lead ${id} is held`, async () => (await this.holds(id)).some(({ outcome }) => outcome === null));
  }

  quiet() {
    return this.account.quiet("gate");
  }

  tasks(id: number) {
    return this.account.lead(id).tasks;
  }

  openTasks(id: number) {
    return this.tasks(id).filter((task) => !task.is_completed);
  }
}
