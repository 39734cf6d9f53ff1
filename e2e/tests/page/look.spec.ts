import { expectAccessible } from "../kit/accessible.ts";
import { test } from "../kit/sandbox.ts";

for (const theme of ["light", "dark"] as const) {
  test(`board, card and settings can be used by everybody in the ${theme} theme`, async ({
    kommo,
    host,
    withWidget,
  }) => {
    withWidget();
    const { id } = kommo.control.leads.create({
      name: "Ana Reyes",
      price: 1200,
      tags: ["hot"],
      contact: { name: "Ana" },
      note: "Twenty seats",
    });
    kommo.control.chats.message({ lead_id: id, text: "Do you have a demo?" });
    kommo.control.tasks.create({ lead_id: id, text: "Call Ana" });
    for (const path of ["/leads/pipeline/", `/leads/detail/${id}`, "/settings/widgets/"]) {
      await host.open(path);
      await host.setTheme(theme);
      // The colours are Kommo's, and not all of them reach the contrast of AA.
      await expectAccessible(host.page, "body", { without: ["color-contrast"] });
    }
  });
}
