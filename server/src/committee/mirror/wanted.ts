import type { Approval, CommitteeSettings } from "@dealscope/shared/committee";
import type { Provisioned } from "../../installation/provisioning.ts";
import { NAME, option, type Shown } from "./shown.ts";

/** What we know of somebody's part in one deal. */
export interface Part {
  role: string | null;
  weight: number | null;
}

/** What a contact should show of its part in its latest deal. A role that is no option leaves the select alone. */
export function wantedOfContact(part: Part, settings: CommitteeSettings, made: Provisioned): Shown {
  const role = settings.roles.find(({ key }) => key === part.role);
  const numbers = { weight: part.weight ?? role?.weight, probability: role?.probability };
  const { contactFields } = made;
  return {
    ...(contactFields.role === undefined ? {} : choice(contactFields.role, part.role, made.roles)),
    ...Object.fromEntries(
      (["weight", "probability"] as const).flatMap((key) => {
        const fieldId = contactFields[key];
        return fieldId === undefined
          ? []
          : [[String(fieldId), numbers[key] === undefined ? null : String(numbers[key])]];
      }),
    ),
  };
}

export interface Told {
  name: string;
  role: string | null;
  approval: Approval;
  lastTouchAt: Date | null;
}

/** What an element of the list should show. */
export function wantedOfElement(
  { name, role, approval, lastTouchAt }: Told,
  list: NonNullable<Provisioned["list"]>,
): Shown {
  return {
    [NAME]: name,
    ...choice(list.fields.role, role, list.roles),
    ...choice(list.fields.approval, approval, list.approvals),
    [list.fields.lastTouch]: lastTouchAt && day(lastTouchAt),
  };
}

function choice(fieldId: number, key: string | null, options: Readonly<Record<string, number>>): Shown {
  if (key === null) return { [fieldId]: null };
  const id = options[key];
  return id === undefined ? {} : { [fieldId]: option(id) };
}

/** At noon, so that it is the same day nearly everywhere; and once a day at most there is something to write. */
function day(at: Date): string {
  return String(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), 12) / 1000);
}
