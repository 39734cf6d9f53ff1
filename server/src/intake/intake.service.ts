import { createHash } from "node:crypto";
import type { InputIssue } from "@dealscope/shared/api-error";
import type { IntakeBody, IntakeReceipt, IntakeRequests, MergeProposal } from "@dealscope/shared/intake";
import { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { provisioned } from "../installation/provisioning.ts";
import { countryOfNumbers } from "../leads/contact-address.ts";
import { Work } from "../work/work.ts";
import type { KeyOwner } from "./intake-keys.service.ts";
import { INTAKE } from "./intake-rows.ts";
import { aboutOf, readWish, type Wish } from "./read-wish.ts";

/** Who sends the same once more within this time has pressed a button twice. */
const SAME_WITHIN = "10 minutes";

/** The same Idempotency-Key has come with another body. */
export class OtherBody extends Error {}

/** There is no such request, receipt or proposal. */
export class NotTakenIn extends Error {}

type From = Pick<KeyOwner, "accountId" | "keyId" | "isTrusted">;

/** Takes in what forms send. Kommo is not asked: what is kept here is carried out as soon as it can be. */
@Injectable()
export class Intake {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly work: Work,
  ) {
    work.expect(INTAKE);
  }

  /**
   * Keeps a request, once however often it comes.
   * @throws UnusableRequest when fields are wrong, OtherBody
   */
  async take(from: From, body: IntakeBody, idempotencyKey: string | null): Promise<IntakeReceipt> {
    const { accountId, keyId } = from;
    if (body.homepage !== "") return this.takeForSpam(from);
    const account = await this.accounts.get(accountId);
    const settings = Settings.parse(account.settings);
    const country = countryOfNumbers(settings.intake.country, provisioned.parse(account.provisioned).country);
    const bodyHash = createHash("sha256").update(JSON.stringify(body)).digest();
    return this.tenancy.run(accountId, async (tx) => {
      const before = await this.sameBefore(tx, from, idempotencyKey, bodyHash);
      if (before) return before;
      const wish = readWish(body, { settings, country, isTrusted: from.isTrusted });
      const [row] = await tx.query(
        `INSERT INTO intake_request (account_id, key_id, idempotency_key, body_hash, body, about)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
        [accountId, keyId, idempotencyKey, bodyHash, JSON.stringify(wish satisfies Wish), aboutOf(wish)],
      );
      await this.work.schedule(tx, accountId, [{ kind: INTAKE, subject: row.no, priority: "qualification" }]);
      return toReceipt(from, row, []);
    });
  }

  /** @throws NotTakenIn */
  async receipt(from: From, receipt: string): Promise<IntakeReceipt> {
    return this.tenancy.run(from.accountId, async (tx) => {
      const [row] = await tx.query("SELECT * FROM intake_request WHERE receipt = $1 AND key_id = $2", [
        receipt,
        from.keyId,
      ]);
      if (!row) throw new NotTakenIn();
      return toReceipt(from, row, await proposalsOf(tx, [row.no]));
    });
  }

  recent(accountId: number): Promise<IntakeRequests["requests"]> {
    return this.tenancy.run(accountId, async (tx) => {
      const rows: (Row & { key_name: string; waiting_for: string | null })[] = await tx.query(
        `SELECT r.*, k.name AS key_name,
                CASE WHEN r.state = 'received' AND (w.waits > 0 OR w.attempts > 0) THEN w.last_error END AS waiting_for
           FROM intake_request r JOIN intake_key k ON k.id = r.key_id
           LEFT JOIN work w ON w.kind = '${INTAKE}' AND w.subject = r.no
          ORDER BY r.no DESC LIMIT 50`,
      );
      const proposals = await proposalsOf(
        tx,
        rows.map(({ no }) => no),
      );
      return rows.map((row) => ({
        ...stateOf(row),
        ...outcomeOf(
          row,
          proposals.filter(({ requestNo }) => requestNo === row.no),
        ),
        status: row.state,
        keyName: row.key_name,
        waitingFor: row.waiting_for,
      }));
    });
  }

  /** Open ones, newest first. Those that were merged in Kommo meanwhile are none any more. */
  proposals(accountId: number): Promise<MergeProposal[]> {
    return this.tenancy.run(accountId, (tx) => openProposals(tx));
  }

  /** @throws NotTakenIn */
  async dismiss(accountId: number, id: number, by: string): Promise<MergeProposal[]> {
    return this.tenancy.run(accountId, async (tx) => {
      const [, dismissed] = await tx.query(
        "UPDATE merge_proposal SET dismissed_at = app_now(), dismissed_by = $2 WHERE id = $1 AND dismissed_at IS NULL",
        [id, by],
      );
      if (dismissed === 0) throw new NotTakenIn();
      return openProposals(tx);
    });
  }

  /** A machine is told what everybody is told, and nothing of it is kept but that it came. */
  private async takeForSpam(from: From): Promise<IntakeReceipt> {
    const [row] = await this.tenancy.run(from.accountId, (tx) =>
      tx.query(
        `INSERT INTO intake_request (account_id, key_id, body_hash, state) VALUES ($1, $2, '', 'spam') RETURNING *`,
        [from.accountId, from.keyId],
      ),
    );
    return toReceipt(from, row, []);
  }

  /** Requests of one key take turns here, so that the second of two equal ones finds the first. */
  private async sameBefore(
    tx: Tx,
    from: From,
    idempotencyKey: string | null,
    bodyHash: Buffer,
  ): Promise<IntakeReceipt | undefined> {
    const { keyId } = from;
    await tx.query("SELECT FROM intake_key WHERE id = $1 FOR NO KEY UPDATE", [keyId]);
    const [row]: Row[] = idempotencyKey
      ? await tx.query("SELECT * FROM intake_request WHERE key_id = $1 AND idempotency_key = $2", [
          keyId,
          idempotencyKey,
        ])
      : await tx.query(
          `SELECT * FROM intake_request
            WHERE key_id = $1 AND body_hash = $2 AND idempotency_key IS NULL AND state <> 'failed'
              AND received_at > app_now() - interval '${SAME_WITHIN}'
            ORDER BY no DESC LIMIT 1`,
          [keyId, bodyHash],
        );
    if (!row) return undefined;
    if (!row.body_hash.equals(bodyHash)) {
      throw new OtherBody("This Idempotency-Key was used for another request. Give each request a key of its own.");
    }
    return toReceipt(from, row, await proposalsOf(tx, [row.no]));
  }
}

interface Row {
  no: number;
  receipt: string;
  body_hash: Buffer;
  state: "received" | "done" | "failed" | "spam";
  lead_id: number | null;
  /** The driver reads lists of large numbers as texts. */
  contact_ids: (string | null)[];
  is_extended: boolean;
  issues: InputIssue[];
  received_at: Date;
  ended_at: Date | null;
}

type Proposed = Required<IntakeReceipt>["mergeProposals"][number] & { requestNo: number };

/** Whoever may have the key out of a page is not told whom and what Kommo knew. */
function toReceipt({ isTrusted }: From, row: Row, proposals: readonly Proposed[]): IntakeReceipt {
  return { ...stateOf(row), ...(isTrusted ? outcomeOf(row, proposals) : {}) };
}

function stateOf(row: Row) {
  return {
    id: row.receipt,
    status: row.state === "spam" ? ("received" as const) : row.state,
    receivedAt: row.received_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    issues: row.issues,
  };
}

function outcomeOf(row: Row, proposals: readonly Proposed[]) {
  return {
    leadId: row.lead_id,
    contactIds: row.contact_ids.map((id) => (id === null ? null : Number(id))),
    isExtended: row.is_extended,
    mergeProposals: proposals.map(({ entity, keptId, otherIds }) => ({ entity, keptId, otherIds })),
  };
}

async function proposalsOf(tx: Tx, requestNos: readonly number[]): Promise<Proposed[]> {
  const rows: (Proposed & { otherIds: string[] | number[] })[] = await tx.query(
    `SELECT entity, kept_id AS "keptId", other_ids AS "otherIds", request_no AS "requestNo" FROM merge_proposal
      WHERE request_no = ANY($1) ORDER BY id`,
    [requestNos],
  );
  return rows.map((row) => ({ ...row, otherIds: row.otherIds.map(Number) }));
}

async function openProposals(tx: Tx): Promise<MergeProposal[]> {
  const nameOf = (id: string) =>
    `CASE entity WHEN 'company' THEN shared
          ELSE coalesce((SELECT c.name FROM contact c WHERE c.contact_id = ${id} AND NOT c.gone), '') END`;
  const rows: (Omit<MergeProposal, "at"> & { at: Date })[] = await tx.query(
    `SELECT id, entity, kept_id AS "keptId", other_ids AS "otherIds", shared, at, ${nameOf("p.kept_id")} AS "keptName",
            ARRAY(SELECT ${nameOf("other.id")} FROM unnest(p.other_ids) WITH ORDINALITY AS other (id, place) ORDER BY place)
              AS "otherNames",
            CASE WHEN entity = 'company' THEN 'name' WHEN shared LIKE '%@%' THEN 'email' ELSE 'phone' END AS "sharedBy"
       FROM merge_proposal p
      WHERE dismissed_at IS NULL
        AND (entity = 'company' OR 1 < (SELECT count(*) FROM unnest(p.other_ids || p.kept_id) AS one (id)
               WHERE NOT EXISTS (SELECT FROM contact c WHERE c.contact_id = one.id AND c.gone)))
      ORDER BY id DESC LIMIT 200`,
  );
  return rows.map((row) => ({ ...row, otherIds: row.otherIds.map(Number), at: row.at.toISOString() }));
}
