import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { ensureFields } from "../installation/ensure-fields.ts";
import type { Need, Provisioning } from "../installation/need.ts";
import { Provision } from "../installation/provision.ts";
import { type Provisioned, REFERENCED, referenceField } from "../installation/provisioning.ts";

/** The field by which we find again what we have made for a form, and whether titles can be kept; only where there is a form. */
@Injectable()
export class ReferenceFields implements Need, OnModuleInit {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly provision: Provision,
  ) {}

  onModuleInit() {
    this.provision.register(this);
  }

  async provide({ accountId, kommo, before, problems }: Provisioning) {
    // A revoked key counts too: what came in by it may still be under way.
    const keys = await this.tenancy.run(accountId, (tx) => tx.query("SELECT 1 FROM intake_key LIMIT 1"));
    const references: Provisioned["references"] = [];
    let { hasPosition } = before;
    if (keys.length > 0) {
      for (const entity of REFERENCED) {
        const wanted = [{ key: "reference", ...referenceField, isApiOnly: true }] as const;
        const { fields, all } = await ensureFields(kommo, entity, wanted, problems);
        if (fields.has("reference")) references.push(entity);
        if (entity === "contacts") hasPosition = all.some(({ code, type }) => code === "POSITION" && type === "text");
      }
    }
    return { found: { references, hasPosition }, isNew: false };
  }
}
