import { startKommo } from "../sandbox/kommo/start.ts";
import { startOpenAi } from "../sandbox/openai/start.ts";

// Kommo and OpenAI in a process of their own, so that the server is measured alone. Told everything by argv and HTTP.
const wish = JSON.parse(process.argv[2] ?? "{}");
const kommo = await startKommo({ keepBodies: false, ...wish.kommo });
const openai = await startOpenAi(wish.openai);
process.send?.({ kommo: kommo.origin, openai: openai.origin });
process.once("disconnect", () => process.exit(0));
