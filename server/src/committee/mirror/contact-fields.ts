import type { CommitteeSettings } from "@dealscope/shared/committee";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { byKey, ensureFields, ensureOptions, optionCode } from "../../installation/ensure-fields.ts";
import { KnownLists } from "../../installation/known-lists.ts";
import type { Need, Provisioning } from "../../installation/need.ts";
import { Provision } from "../../installation/provision.ts";
import type { CustomField } from "../../kommo/resources.ts";
import { tellOfForeign } from "./foreign-options.ts";

const NUMBERS = [
  ["weight", "weightFieldId"],
  ["probability", "probabilityFieldId"],
] as const;

/** What a contact shows of its part in the purchase, and by which we find a contact again that we have made. */
@Injectable()
export class ContactFields implements Need, OnModuleInit {
  constructor(
    private readonly provision: Provision,
    private readonly accounts: Accounts,
    private readonly lists: KnownLists,
  ) {}

  onModuleInit() {
    this.provision.register(this);
  }

  async provide({ accountId, kommo, problems }: Provisioning) {
    const { committee } = settingsOf(await this.accounts.get(accountId));
    const roles = committee.roles.map(({ key, name }) => ({ code: optionCode(key), name }));
    const wanted = [
      { key: "role", code: "DEALSCOPE_ROLE", type: "select", name: "Role in the purchase", options: roles },
      { key: "reference", code: "DEALSCOPE_REFERENCE", type: "text", name: "Dealscope reference", isApiOnly: true },
    ] as const;
    const { fields, all } = await ensureFields(kommo, "contacts", wanted, problems);
    await this.lists.keep(accountId, { contactFields: all });
    const select = fields.get("role");
    // An option of a role that was removed stays: contacts may show it.
    const options = select && (await ensureOptions(kommo, "contacts", select, roles, { rename: true }));
    if (options) tellOfForeign(select, options.ids, problems);
    return {
      found: {
        contactFields: {
          ...Object.fromEntries([...fields].map(([key, { id }]) => [key, id])),
          ...numbersIn(all, committee, problems),
        },
        roles: options
          ? byKey(
              committee.roles.map(({ key }) => key),
              options.ids,
            )
          : {},
      },
      isNew: false,
    };
  }
}

/** Fields that an admin has mapped, as far as they are there and take a number. */
function numbersIn(all: readonly CustomField[], committee: CommitteeSettings, problems: string[]) {
  return Object.fromEntries(
    NUMBERS.flatMap(([key, setting]) => {
      const id = committee[setting];
      if (id === null) return [];
      if (all.find((field) => field.id === id)?.type === "numeric") return [[key, id] as const];
      problems.push(
        `The contact field ${id} that is chosen for the ${key} of a role is not there, or takes no numbers. Choose another one in the settings.`,
      );
      return [];
    }),
  );
}
