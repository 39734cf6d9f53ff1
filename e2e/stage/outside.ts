import { startCustomerIo } from "../sandbox/customerio/start.ts";
import { startKommo } from "../sandbox/kommo/start.ts";
import { startOpenAi } from "../sandbox/openai/start.ts";

// Kommo, OpenAI and Customer.io in a process of their own, so that the server is measured alone. Told everything by argv and HTTP.
const wish = JSON.parse(process.argv[2] ?? "{}");
const kommo = await startKommo({ keepBodies: false, ...wish.kommo });
const openai = await startOpenAi(wish.openai);
const customerIo = await startCustomerIo({ keepBodies: false, ...wish.customerIo });
process.send?.({ kommo: kommo.origin, openai: openai.origin, customerIo: customerIo.origins });
process.once("disconnect", () => process.exit(0));
