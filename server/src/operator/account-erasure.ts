import { Injectable, NotFoundException } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { Installations } from "../installation/installations.ts";
import { OperatorLog } from "./operator-log.ts";

/** An account that is connected would come back with its next webhook. */
export class StillConnected extends Error {}

/** Has an account erased now instead of when its time has come. */
@Injectable()
export class AccountErasure {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly installations: Installations,
    private readonly log: OperatorLog,
  ) {}

  /**
   * The upkeep does it, within minutes.
   * @throws StillConnected; NotFoundException when it is not installed here
   */
  async hasten(accountId: number, actor: string) {
    if ((await this.statusOf(accountId)) === "needs_reconnect")
      await this.installations.leave(accountId, "The operator has ended it.", actor);
    await this.tenancy.run(accountId, async (tx) => {
      const [, changed] = await tx.query(
        "UPDATE account SET erase_at = app_now(), upkept_at = NULL WHERE status = 'uninstalled'",
      );
      if (changed === 0) throw new StillConnected(`Account ${accountId} is connected.`);
      // Its own audit goes with it.
      await this.log.add(actor, "asked to erase an account", `account ${accountId}`, tx);
    });
  }

  private async statusOf(accountId: number): Promise<string> {
    const [account] = await this.tenancy.run(accountId, (tx) => tx.query("SELECT status FROM account"));
    if (!account) throw new NotFoundException();
    return account.status;
  }
}
