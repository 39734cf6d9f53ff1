import { Column, Entity, PrimaryColumn } from "typeorm";

/** What a Kommo user has allowed us. One administrator's grant is the account's. */
@Entity("oauth_grant")
export class GrantEntity {
  @PrimaryColumn({ name: "account_id", type: "bigint" }) accountId: number;
  @PrimaryColumn({ name: "user_id", type: "bigint" }) userId: number;
  @Column("text") kind: "oauth" | "long_lived";
  @Column({ name: "is_admin", type: "boolean" }) isAdmin: boolean;
  @Column({ name: "is_the_accounts", type: "boolean" }) isTheAccounts: boolean;
  @Column({ name: "access_sealed", type: "text", nullable: true }) accessSealed: string | null;
  @Column({ name: "refresh_sealed", type: "text", nullable: true }) refreshSealed: string | null;
  @Column({ name: "access_expires_at", type: "timestamptz" }) accessExpiresAt: Date;
  @Column({ name: "refreshed_at", type: "timestamptz" }) refreshedAt: Date;
  @Column({ name: "refused_at", type: "timestamptz", nullable: true }) refusedAt: Date | null;
}
