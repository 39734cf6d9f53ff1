import type { Card } from "@dealscope/shared/card";
import type {
  ApprovalWish,
  FoundContacts,
  MemberChange,
  NewMember,
  NewObjection,
  ObjectionChange,
  SuggestionAnswer,
} from "@dealscope/shared/committee";
import type { Client } from "../../api/client.ts";

/** What can be asked about the people of a deal; each answer is the whole card. */
export interface CommitteeRequest {
  method: "POST" | "PUT";
  /** Below the lead's address. */
  path: string;
  body: object;
}

export const send = (client: Client, leadId: number, { method, path, body }: CommitteeRequest) =>
  client.ask<Card>(`/api/leads/${leadId}/${path}`, { method, body });

export const changeMember = (contactId: number, body: MemberChange): CommitteeRequest => ({
  method: "PUT",
  path: `committee/members/${contactId}`,
  body,
});

export const setApproval = (contactId: number, body: ApprovalWish): CommitteeRequest => ({
  method: "PUT",
  path: `committee/members/${contactId}/approval`,
  body,
});

export const addMember = (body: Partial<NewMember>): CommitteeRequest => ({
  method: "POST",
  path: "committee/members",
  body,
});

export const answerSuggestion = (id: number, body: SuggestionAnswer): CommitteeRequest => ({
  method: "POST",
  path: `committee/suggestions/${id}`,
  body,
});

export const addObjection = (body: NewObjection): CommitteeRequest => ({
  method: "POST",
  path: "committee/objections",
  body,
});

export const changeObjection = (id: number, body: ObjectionChange): CommitteeRequest => ({
  method: "PUT",
  path: `committee/objections/${id}`,
  body,
});

export const overrule = (): CommitteeRequest => ({ method: "POST", path: "hold/overrule", body: {} });

/** People of the account whom Kommo finds by a name, an address or a number. */
export const findContacts = (client: Client, leadId: number, query: string, signal: AbortSignal) =>
  client.ask<FoundContacts>(`/api/leads/${leadId}/committee/contacts?query=${encodeURIComponent(query)}`, { signal });
