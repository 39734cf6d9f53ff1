import type { Provisioned } from "../installation/provisioning.ts";
import type { KommoClient } from "../kommo/client.ts";
import type { MayLeave } from "../kommo/requests.ts";
import type { NewWrite, Target, WriteRow } from "./write-row.ts";

/** Those of these marks that no row of ours has. */
export type Forgotten = (marks: readonly string[]) => Promise<Set<string>>;

/** How one sort of thing is created, and found again by its mark. */
export interface Creation {
  readonly target: Target;
  /** What has to be made in the account first, in a sentence; undefined when all is there. */
  lacks?(row: WriteRow, made: Provisioned): string | undefined;
  /** Rows that may share a request have the same key. */
  together?(row: WriteRow): number;
  /** Each item carries its row's id as `request_id`. */
  add(
    kommo: KommoClient,
    rows: readonly WriteRow[],
    made: Provisioned,
    mayLeave: MayLeave,
  ): Promise<readonly { id: number; request_id?: string | undefined }[]>;
  /** Ids by mark of those of the rows that are there. */
  find(
    kommo: KommoClient,
    rows: readonly WriteRow[],
    made: Provisioned,
    forgotten: Forgotten,
  ): Promise<Map<string, number>>;
  /** What has to be written once it is there. */
  next?(row: WriteRow, kommoId: number): NewWrite;
}
