import { type DynamicModule, Global, Module } from "@nestjs/common";
import { TypeOrmModule } from "@nestjs/typeorm";
import type { Config } from "../config.ts";
import { describeDatabase, type Entities } from "./data-source.ts";
import { Doors } from "./doors.ts";
import { Tenancy } from "./tenancy.ts";

/** Global, because everything that remembers needs it and nothing else may reach the database. */
@Global()
@Module({})
export class DatabaseModule {
  static with(config: Config, entities: Entities): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          ...describeDatabase(config.DATABASE_URL, config.DATABASE_POOL, entities),
          retryAttempts: 3,
        }),
      ],
      providers: [Doors, Tenancy],
      exports: [Doors, Tenancy, TypeOrmModule],
    };
  }
}
