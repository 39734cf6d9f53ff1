import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { ensureFields } from "../../installation/ensure-fields.ts";
import type { Need, Provisioning } from "../../installation/need.ts";
import { Provision } from "../../installation/provision.ts";

const FIELD = { key: "emailStatus", code: "DEALSCOPE_EMAIL_STATUS", type: "text", name: "E-mail status" } as const;

/** Where a contact shows that mail does not reach him. Only of accounts that hear of mails and want it. */
@Injectable()
export class EmailStatusField implements Need, OnModuleInit {
  constructor(
    private readonly provision: Provision,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
  ) {}

  onModuleInit() {
    this.provision.register(this);
  }

  async provide({ accountId, kommo, problems }: Provisioning) {
    const isWanted = await this.tenancy.run(accountId, async (tx) => {
      const rows = await tx.query("SELECT 1 FROM customerio_connection");
      const { effects } = settingsOf(await this.accounts.read(tx, accountId)).engagement;
      return rows.length > 0 && effects.address.mark;
    });
    if (!isWanted) return { found: {}, isNew: false };
    const { fields } = await ensureFields(kommo, "contacts", [{ ...FIELD, isApiOnly: true }], problems);
    return { found: { emailStatusField: fields.get("emailStatus")?.id ?? null }, isNew: false };
  }
}
