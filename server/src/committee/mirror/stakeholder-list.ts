import { Approval, type RoleKey } from "@dealscope/shared/committee";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { byKey, ensureFields, ensureOptions, type FieldOption, optionCode } from "../../installation/ensure-fields.ts";
import type { Need, Provisioning } from "../../installation/need.ts";
import { Provision } from "../../installation/provision.ts";
import type { Provisioned } from "../../installation/provisioning.ts";
import type { KommoClient } from "../../kommo/client.ts";
import { KommoForbidden, KommoRejected } from "../../kommo/errors.ts";
import { tellOfForeign } from "./foreign-options.ts";

const NAME = "Stakeholders";
/** Kommo allows no more in an account. */
const LISTS_AT_MOST = 10;

const APPROVALS: readonly FieldOption[] = [
  { code: "PENDING", name: "Pending" },
  { code: "APPROVED", name: "Approved" },
  { code: "REJECTED", name: "Rejected" },
];

type Found = Provisioned["list"];

/** The list "Stakeholders", one element per deal and person, where the account wants it. */
@Injectable()
export class StakeholderList implements Need, OnModuleInit {
  constructor(
    private readonly provision: Provision,
    private readonly accounts: Accounts,
  ) {}

  onModuleInit() {
    this.provision.register(this);
  }

  async provide(provisioning: Provisioning): Promise<{ found: { list: Found }; isNew: boolean }> {
    const { committee } = settingsOf(await this.accounts.get(provisioning.accountId));
    const list = committee.mirrorList
      ? await this.find(provisioning, committee.roles).catch((error) => {
          // Lists are outside of the plan or of the token's rights; the rest of the account works without.
          if (!(error instanceof KommoForbidden || error instanceof KommoRejected)) throw error;
          provisioning.problems.push(`The list "${NAME}" cannot be kept: ${error.message}`);
          return null;
        })
      : null;
    return { found: { list }, isNew: false };
  }

  private async find(
    { kommo, before, problems }: Provisioning,
    roles: readonly { key: RoleKey; name: string }[],
  ): Promise<Found> {
    const id = await this.listId(kommo, before.list?.id, problems);
    if (id === undefined) return null;
    const home = `catalogs/${id}` as const;
    const roleOptions = roles.map(({ key, name }) => ({ code: optionCode(key), name }));
    const wanted = [
      { key: "role", code: "DEALSCOPE_ROLE", type: "select", name: "Role in the purchase", options: roleOptions },
      { key: "approval", code: "DEALSCOPE_APPROVAL", type: "select", name: "Approval", options: APPROVALS },
      { key: "lastTouch", code: "DEALSCOPE_LAST_TOUCH", type: "date", name: "Last touch" },
      { key: "reference", code: "DEALSCOPE_REFERENCE", type: "text", name: "Dealscope reference" },
    ] as const;
    const { fields } = await ensureFields(kommo, home, wanted, problems);
    const [role, approval] = [fields.get("role"), fields.get("approval")];
    const [lastTouch, reference] = [fields.get("lastTouch"), fields.get("reference")];
    // One of them is of another type, which the problems say.
    if (!role || !approval || !lastTouch || !reference) return null;
    const [ofRole, ofApproval] = [
      await ensureOptions(kommo, home, role, roleOptions, { rename: true }),
      // What an admin calls these in his language is his.
      await ensureOptions(kommo, home, approval, APPROVALS, { rename: false }),
    ];
    tellOfForeign(role, ofRole.ids, problems);
    tellOfForeign(approval, ofApproval.ids, problems);
    return {
      id,
      fields: { role: role.id, approval: approval.id, lastTouch: lastTouch.id, reference: reference.id },
      roles: byKey(
        roles.map(({ key }) => key),
        ofRole.ids,
      ),
      approvals: byKey(Approval.options, ofApproval.ids),
    };
  }

  /** The one we have made, else one of the name, else a new one. */
  private async listId(kommo: KommoClient, known: number | undefined, problems: string[]): Promise<number | undefined> {
    const lists = await kommo.lists();
    const there = lists.find(({ id }) => id === known) ?? lists.find(({ name }) => name === NAME);
    if (there) return there.id;
    if (lists.length >= LISTS_AT_MOST) {
      problems.push(
        `There are ${lists.length} lists in this account, which is all that Kommo allows, so the list "${NAME}" is not made. Delete one in Kommo, then repair.`,
      );
      return undefined;
    }
    // An element speaks of one deal.
    const list = {
      name: NAME,
      type: "regular",
      can_add_elements: true,
      can_link_multiple: false,
      can_show_in_cards: true,
    };
    return (await kommo.addList(list))?.id;
  }
}
