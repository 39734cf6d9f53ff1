import type { EntityType } from "./rows.ts";

/** What administrators set up: people, stages, fields, lists, tags, hooks. */

export type Level = "A" | "G" | "M" | "D";
export type Action = "view" | "edit" | "add" | "delete" | "export";
export type EntityRights = Record<Action, Level>;

export interface StatusRight {
  entity_type: "leads";
  pipeline_id: number;
  status_id: number;
  rights: { view: Level; edit: Level; delete: Level; export?: Level };
}

export interface Rights extends Record<EntityType, EntityRights> {
  tasks: { edit: Level; delete: Level };
  mail_access: boolean;
  catalog_access: boolean;
  status_rights: StatusRight[] | null;
}

export interface Role {
  id: number;
  name: string;
  rights: Rights;
}

export interface User {
  id: number;
  name: string;
  email: string;
  lang: string;
  rights: Rights;
  is_admin: boolean;
  is_free: boolean;
  is_active: boolean;
  group_id: number;
  role_id: number | null;
  uuid: string;
  amojo_id: string;
}

export interface Status {
  id: number;
  name: string;
  sort: number;
  color: string;
  is_editable: boolean;
  /** 1 is "incoming leads"; won and lost are 0 like any other and known by their ids 142 and 143. */
  type: 0 | 1;
}

export interface Pipeline {
  id: number;
  name: string;
  sort: number;
  is_main: boolean;
  is_unsorted_on: boolean;
  is_archive: boolean;
  statuses: Map<number, Status>;
}

export interface LossReason {
  id: number;
  name: string;
  sort: number;
  created_at: number;
  updated_at: number;
}

export interface FieldEnum {
  id: number;
  value: string;
  code: string | null;
  sort: number;
}

export interface StagePair {
  pipeline_id: number;
  status_id: number;
}

export interface CustomField {
  id: number;
  name: string;
  type: string;
  code: string | null;
  sort: number;
  group_id: string | null;
  is_api_only: boolean;
  is_predefined: boolean;
  is_deletable: boolean;
  is_visible: boolean;
  is_required: boolean;
  enums: FieldEnum[] | null;
  required_statuses: StagePair[];
  hidden_statuses: StagePair[];
  currency: string | null;
  remind: string | null;
  chained_lists: unknown[] | null;
  tracking_callback: string | null;
  search_in: string | null;
}

export interface FieldGroup {
  id: string;
  name: string;
  sort: number;
  is_predefined: boolean;
}

/** Fields and groups of one kind of card, or of one list. */
export interface FieldSet {
  fields: Map<number, CustomField>;
  groups: Map<string, FieldGroup>;
}

export interface Catalog {
  id: number;
  name: string;
  type: string;
  sort: number;
  can_add_elements: boolean;
  can_link_multiple: boolean;
  can_show_in_cards: boolean;
  created_by: number;
  updated_by: number;
  created_at: number;
  updated_at: number;
  fieldSet: FieldSet;
}

export interface Tag {
  id: number;
  name: string;
  color: string | null;
}

/** Ids of tags differ per kind of card; a name is known once per kind. */
export interface TagSet {
  byId: Map<number, Tag>;
  byName: Map<string, Tag>;
}

export interface Webhook {
  id: number;
  destination: string;
  settings: Set<string>;
  sort: number;
  created_at: number;
  updated_at: number;
  created_by: number;
  client_id: string;
  disabled: boolean;
  /** Times (ms) of invalid answers, the last two hours of them. */
  failures: number[];
}
