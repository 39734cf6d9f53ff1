import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { Column, Entity, PrimaryColumn } from "typeorm";

/** How an account's leads are judged. Immutable once published; a change is a new version. */
@Entity("prompt_version")
export class PromptVersionEntity {
  @PrimaryColumn({ name: "account_id", type: "bigint" }) accountId: number;
  @PrimaryColumn("int") number: number;
  @Column("text") state: "draft" | "published" | "archived";
  @Column("jsonb") content: PromptVersionContent;
  /** Counts the edits of a draft. */
  @Column("int") revision: number;
  /** Why it was put in force. */
  @Column("text") note: string;
  @Column({ name: "created_by", type: "text" }) createdBy: string;
  @Column({ name: "created_at", type: "timestamptz" }) createdAt: Date;
  @Column({ name: "published_at", type: "timestamptz", nullable: true }) publishedAt: Date | null;
}
