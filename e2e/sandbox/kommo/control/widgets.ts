import { readFileSync } from "node:fs";
import { Problem } from "../api/problem.ts";
import { readArchive } from "../widgets/archive.ts";
import type { Widget } from "../widgets/widgets.ts";
import type { World } from "../world.ts";
import { findAccount, findIntegration, type InAccount } from "./find.ts";

interface Upload {
  /** A path on this machine, or … */
  file?: string;
  /** … the bytes, in base64 over HTTP. */
  archive?: Uint8Array | string;
  /** Kommo issues one where this is left out. */
  code?: string;
  client_id?: string;
}

/** Widgets as their maker uploads them, and as an account has them. */
export function widgetControl(world: World) {
  return {
    upload: (wish: Upload) => {
      const { client_id } = findIntegration(world, wish.client_id);
      const code = wish.code ?? `wgt_${client_id.slice(0, 8)}`;
      if (!/^[a-z][a-z0-9_]*$/.test(code)) throw new Problem(400, `${code} is no widget code.`);
      return told(world.widgets.upload({ code, client_id, archive: readArchive(bytesOf(wish)) }));
    },
    list: ({ account: reference }: InAccount = {}) => {
      const account = findAccount(world, reference);
      return world.widgets
        .all()
        .map((widget) => ({ ...told(widget), ...world.widgets.installation(account.id, widget.code) }));
    },
    /** Changes the installation in one account as it is, without calling anybody. */
    save: ({
      account: reference,
      code,
      ...change
    }: InAccount & { code: string; active?: boolean; settings?: Record<string, unknown> }) => {
      const account = findAccount(world, reference);
      if (!world.widgets.get(code)) throw new Problem(404, `There is no widget ${code}.`);
      const installation = { ...world.widgets.installation(account.id, code), ...change };
      world.widgets.save(account.id, code, installation);
      return installation;
    },
  };
}

function told({ code, client_id, archive }: Widget) {
  return { code, client_id, version: archive.manifest.widget.version, files: [...archive.files.keys()] };
}

function bytesOf({ file, archive }: Upload): Uint8Array {
  if (file !== undefined) return readFileSync(file);
  if (archive === undefined) throw new Problem(400, "Name a file, or send an archive.");
  return typeof archive === "string" ? Buffer.from(archive, "base64") : archive;
}
