import type { IntakeSettings } from "@dealscope/shared/intake";
import { type Provisioned, referenceField } from "../installation/provisioning.ts";
import type { Creation } from "./intake-rows.ts";
import type { Person, Wish } from "./read-wish.ts";

/** Where a deal is put; what is undefined is left to Kommo. */
export interface Place {
  pipelineId: number | undefined;
  statusId: number | undefined;
  responsibleUserId: number | undefined;
  tag: string;
}

/** The first pipeline and its first stage, unless others are chosen; never the stage of leads that nobody has accepted. */
export function placeOf(settings: IntakeSettings, { pipelines }: Provisioned): Place {
  const pipeline = pipelines.find(({ id }) => id === settings.pipelineId) ?? pipelines[0];
  const stages = pipeline?.statuses ?? [];
  const stage = stages.find(({ id }) => id === settings.statusId) ?? stages.find(({ incoming }) => !incoming);
  return {
    pipelineId: pipeline?.id,
    statusId: stage?.id,
    responsibleUserId: settings.responsibleUserId ?? undefined,
    tag: settings.tag,
  };
}

type Item = Record<string, unknown>;
type NamedItem = Item & { request_id: string };

export function leadItem(wish: Wish, marker: string, place: Place): Item {
  const { pipelineId, statusId, responsibleUserId, tag } = place;
  return {
    name: wish.deal.name,
    ...(wish.deal.price > 0 ? { price: wish.deal.price } : {}),
    ...(pipelineId === undefined ? {} : { pipeline_id: pipelineId }),
    ...(statusId === undefined ? {} : { status_id: statusId }),
    ...(responsibleUserId === undefined ? {} : { responsible_user_id: responsibleUserId }),
    ...(tag === "" ? {} : { tags_to_add: [{ name: tag }] }),
    custom_fields_values: [reference(marker)],
  };
}

export function contactItem({ name, email, phone, title }: Person, { marker }: Creation): NamedItem {
  return {
    name: name || email || phone,
    request_id: marker,
    custom_fields_values: [
      reference(marker),
      ...(email === "" ? [] : [address("EMAIL", email)]),
      ...(phone === "" ? [] : [address("PHONE", phone)]),
      ...(title ? [{ field_code: "POSITION", values: [{ value: title }] }] : []),
    ],
  };
}

export function companyItem(name: string, { marker }: Creation): NamedItem {
  return { name, request_id: marker, custom_fields_values: [reference(marker)] };
}

/** What of a contact stands where in `custom_fields_values`, to read Kommo's complaints by. */
export function valueKeys({ email, phone, title }: Person): string[] {
  return [
    "reference",
    ...(email === "" ? [] : ["email"]),
    ...(phone === "" ? [] : ["phone"]),
    ...(title ? ["title"] : []),
  ];
}

function reference(marker: string) {
  return { field_code: referenceField.code, values: [{ value: marker }] };
}

function address(code: "EMAIL" | "PHONE", value: string) {
  return { field_code: code, values: [{ value, enum_code: "WORK" }] };
}
