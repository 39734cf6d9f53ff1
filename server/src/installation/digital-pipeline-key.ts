import { randomBytes } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { hashKey } from "../database/known-keys.ts";
import { Tenancy } from "../database/tenancy.ts";
import { Sealing } from "./sealing.ts";

/** The key that an account's actions in the Digital Pipeline carry; made when somebody first asks for it. */
@Injectable()
export class DigitalPipelineKey {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly sealing: Sealing,
  ) {}

  async of(accountId: number): Promise<string> {
    const fresh = randomBytes(32).toString("base64url");
    const sealed: string = await this.tenancy.run(accountId, async (tx) => {
      await tx.query("UPDATE account SET dp_key_hash = $1, dp_key_sealed = $2 WHERE dp_key_hash IS NULL", [
        hashKey(fresh),
        this.sealing.seal(fresh),
      ]);
      const [row] = await tx.query("SELECT dp_key_sealed FROM account");
      return row.dp_key_sealed;
    });
    return this.sealing.open(sealed);
  }
}
