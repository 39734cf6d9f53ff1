import { Column, Entity, PrimaryColumn } from "typeorm";
import type { AccountStatus } from "../database/doors.ts";

/** An installation of Dealscope in one Kommo account. */
@Entity("account")
export class AccountEntity {
  @PrimaryColumn({ name: "account_id", type: "bigint" }) accountId: number;
  @Column("text") name: string;
  @Column("text") host: string;
  @Column("text") language: string;
  @Column("text") currency: string;
  @Column("text") timezone: string;
  @Column("text") status: AccountStatus;
  @Column({ name: "status_reason", type: "text", nullable: true }) statusReason: string | null;
  @Column({ name: "path_key_hash", type: "bytea" }) pathKeyHash: Buffer;
  @Column({ name: "path_key_sealed", type: "text" }) pathKeySealed: string;
  @Column("jsonb") settings: Record<string, unknown>;
  @Column({ name: "settings_version", type: "int" }) settingsVersion: number;
  @Column("jsonb") provisioned: Record<string, unknown>;
  @Column({ name: "last_heard_at", type: "timestamptz", nullable: true }) lastHeardAt: Date | null;
  @Column({ name: "created_at", type: "timestamptz" }) createdAt: Date;
  /** Since when webhooks are heard: when it was installed, the last time. */
  @Column({ name: "connected_at", type: "timestamptz" }) connectedAt: Date;
  @Column({ name: "erase_at", type: "timestamptz", nullable: true }) eraseAt: Date | null;
}
