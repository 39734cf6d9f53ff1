import type { Row } from "./table.ts";

/** Kommo's own names throughout, so that an answer is a selection of these and not a translation. */
export type EntityType = "leads" | "contacts" | "companies";

export interface StoredValue {
  value?: unknown;
  enum_id?: number;
  enum_code?: string | null;
  /** Of a chained list, which has no `value`. */
  catalog_id?: number;
  catalog_element_id?: number;
}

export type FieldValues = Map<number, StoredValue[]>;

interface Card extends Row {
  name: string;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
  closest_task_at: number | null;
  is_deleted: boolean;
  values: FieldValues;
  /** Tag ids. */
  tags: Set<number>;
}

export interface Lead extends Card {
  price: number;
  status_id: number;
  pipeline_id: number;
  loss_reason_id: number | null;
  source_id: number | null;
  closed_at: number | null;
}

/** A contact or a company. */
export interface Person extends Card {
  first_name: string;
  last_name: string;
  is_unsorted: boolean;
}

export interface CatalogElement extends Row {
  catalog_id: number;
  name: string;
  created_by: number;
  updated_by: number;
  created_at: number;
  is_deleted: boolean;
  values: FieldValues;
}

export interface Note extends Row {
  entity_type: EntityType;
  entity_id: number;
  note_type: string;
  params: Record<string, unknown>;
  created_by: number;
  updated_by: number;
  created_at: number;
  responsible_user_id: number;
  group_id: number;
  is_pinned: boolean;
}

export interface Task extends Row {
  entity_type: EntityType | null;
  entity_id: number | null;
  text: string;
  task_type_id: number;
  complete_till: number;
  duration: number;
  is_completed: boolean;
  result: string | null;
  responsible_user_id: number;
  group_id: number;
  created_by: number;
  updated_by: number;
  created_at: number;
}

export interface Talk extends Row {
  chat_id: string;
  contact_id: number;
  entity_id: number | null;
  origin: string;
  source_id: number | null;
  status: "in_work" | "closed";
  is_read: boolean;
  rate: number;
  created_at: number;
  messages: Message[];
}

export interface Message {
  id: string;
  type: "incoming" | "outgoing";
  message_type: string;
  text: string;
  created_at: number;
  author: { id: string; type: "external" | "internal" | "bot"; name: string };
  attachment?: { type: string; link: string; file_name: string };
}

/** An incoming lead that nobody has accepted yet. */
export interface Unsorted {
  uid: string;
  category: "forms" | "sip" | "chats" | "mail";
  source_uid: string;
  source_name: string;
  pipeline_id: number;
  created_at: number;
  metadata: Record<string, unknown>;
  lead_id: number;
  contact_id: number | null;
  company_id: number | null;
  /** A chat's first message, shown before anybody accepts. */
  first_message: Message | null;
  chat_id: string | null;
}

export interface HistoryEvent {
  id: string;
  type: string;
  entity_type: string;
  entity_id: number;
  created_by: number;
  created_at: number;
  value_after: Record<string, unknown>[];
  value_before: Record<string, unknown>[];
  linked_talk_contact_id?: number;
}
