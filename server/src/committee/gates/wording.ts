import type { Missing } from "@dealscope/shared/committee";

/** What people are told of a deal that is held. What stands in braces is filled in. */
interface Words {
  held: string;
  movedBack: string;
  movesOn: string;
  mayPass: string;
  letIn: string;
  wasMissing: string;
  refused: string;
  reminder: string;
  escalation: string;
  role: string;
  approval: string;
  rejected: string;
  nobody: string;
  coverage: string;
  field: string;
  skipped: string;
  back: string;
  approved: string;
  overruled: string;
  givenUp: string;
  released: string;
  reminded: string;
}

const words: Record<string, Words> = {
  en: {
    held: "This deal may not enter “{stage}” yet. What is missing:",
    movedBack: "Dealscope has moved this deal from “{stage}” back to “{place}”. What is missing:",
    movesOn: "When nothing is missing any more, the deal moves on by itself.",
    mayPass: "This deal may enter “{stage}” now.",
    letIn: "{name} let this deal into “{stage}”.",
    wasMissing: "What was missing:",
    refused: "Kommo refused the move, which will be tried again: {why}",
    reminder: "Reminder: this deal still waits to enter “{stage}”. What is missing:",
    escalation: "This deal has waited for {hours} hours to enter “{stage}”. What is missing:",
    role: "somebody with the role {role}",
    approval: "the approval of {name} ({role})",
    rejected: "the approval of {name} ({role}), who has rejected",
    nobody: "somebody with the role {role}, and their approval",
    coverage: "{needs} % coverage of the roles; now it is {has} %",
    field: "a value in the field “{field}”",
    skipped: "the stage “{stage}”, which comes first",
    back: "deals do not move back in this pipeline",
    approved: "Nothing is missing any more.",
    overruled: "{name} has let the deal pass.",
    givenUp: "The deal is no longer wanted there.",
    released: "There is no such stage or rule any more.",
    reminded: "A reminder takes its place.",
  },
  es: {
    held: "Este trato aún no puede entrar en «{stage}». Falta:",
    movedBack: "Dealscope ha devuelto este trato de «{stage}» a «{place}». Falta:",
    movesOn: "Cuando ya no falte nada, el trato avanzará por sí solo.",
    mayPass: "Este trato ya puede entrar en «{stage}».",
    letIn: "{name} dejó entrar este trato en «{stage}».",
    wasMissing: "Faltaba:",
    refused: "Kommo rechazó el traslado, que se intentará de nuevo: {why}",
    reminder: "Recordatorio: este trato sigue esperando para entrar en «{stage}». Falta:",
    escalation: "Este trato lleva {hours} horas esperando para entrar en «{stage}». Falta:",
    role: "alguien con el rol {role}",
    approval: "la aprobación de {name} ({role})",
    rejected: "la aprobación de {name} ({role}), que la ha rechazado",
    nobody: "alguien con el rol {role} y su aprobación",
    coverage: "una cobertura de roles del {needs} %; ahora es del {has} %",
    field: "un valor en el campo «{field}»",
    skipped: "la etapa «{stage}», que va antes",
    back: "en este embudo los tratos no retroceden",
    approved: "Ya no falta nada.",
    overruled: "{name} ha dejado pasar el trato.",
    givenUp: "Ya no se quiere llevar el trato allí.",
    released: "Esa etapa o esa regla ya no existe.",
    reminded: "La sustituye un recordatorio.",
  },
  pt: {
    held: "Este negócio ainda não pode entrar em “{stage}”. Falta:",
    movedBack: "O Dealscope devolveu este negócio de “{stage}” para “{place}”. Falta:",
    movesOn: "Quando não faltar mais nada, o negócio avançará sozinho.",
    mayPass: "Este negócio já pode entrar em “{stage}”.",
    letIn: "{name} deixou este negócio entrar em “{stage}”.",
    wasMissing: "Faltava:",
    refused: "O Kommo recusou a movimentação, que será tentada de novo: {why}",
    reminder: "Lembrete: este negócio ainda espera para entrar em “{stage}”. Falta:",
    escalation: "Este negócio espera há {hours} horas para entrar em “{stage}”. Falta:",
    role: "alguém com o papel {role}",
    approval: "a aprovação de {name} ({role})",
    rejected: "a aprovação de {name} ({role}), que a recusou",
    nobody: "alguém com o papel {role} e a sua aprovação",
    coverage: "{needs} % de cobertura dos papéis; agora é de {has} %",
    field: "um valor no campo “{field}”",
    skipped: "a etapa “{stage}”, que vem antes",
    back: "neste funil os negócios não voltam atrás",
    approved: "Não falta mais nada.",
    overruled: "{name} deixou o negócio passar.",
    givenUp: "Já não se quer levar o negócio para lá.",
    released: "Essa etapa ou essa regra já não existe.",
    reminded: "Um lembrete toma o seu lugar.",
  },
  tr: {
    held: "Bu anlaşma henüz “{stage}” aşamasına giremez. Eksik olanlar:",
    movedBack: "Dealscope bu anlaşmayı “{stage}” aşamasından “{place}” aşamasına geri aldı. Eksik olanlar:",
    movesOn: "Eksik kalmayınca anlaşma kendiliğinden ilerler.",
    mayPass: "Bu anlaşma artık “{stage}” aşamasına girebilir.",
    letIn: "{name} bu anlaşmanın “{stage}” aşamasına girmesine izin verdi.",
    wasMissing: "Eksik olanlar şunlardı:",
    refused: "Kommo taşımayı reddetti, yeniden denenecek: {why}",
    reminder: "Hatırlatma: bu anlaşma hâlâ “{stage}” aşamasına girmeyi bekliyor. Eksik olanlar:",
    escalation: "Bu anlaşma {hours} saattir “{stage}” aşamasına girmeyi bekliyor. Eksik olanlar:",
    role: "{role} rolünde biri",
    approval: "{name} ({role}) onayı",
    rejected: "reddeden {name} ({role}) onayı",
    nobody: "{role} rolünde biri ve onayı",
    coverage: "rollerin %{needs} oranında karşılanması; şu anda %{has}",
    field: "“{field}” alanında bir değer",
    skipped: "önce gelen “{stage}” aşaması",
    back: "bu hunide anlaşmalar geri gitmez",
    approved: "Artık eksik bir şey yok.",
    overruled: "{name} anlaşmanın geçmesine izin verdi.",
    givenUp: "Anlaşmanın artık oraya gitmesi istenmiyor.",
    released: "Böyle bir aşama veya kural artık yok.",
    reminded: "Yerini bir hatırlatma aldı.",
  },
  id: {
    held: "Transaksi ini belum boleh masuk ke “{stage}”. Yang kurang:",
    movedBack: "Dealscope mengembalikan transaksi ini dari “{stage}” ke “{place}”. Yang kurang:",
    movesOn: "Jika tidak ada lagi yang kurang, transaksi akan maju dengan sendirinya.",
    mayPass: "Transaksi ini sekarang boleh masuk ke “{stage}”.",
    letIn: "{name} mengizinkan transaksi ini masuk ke “{stage}”.",
    wasMissing: "Yang saat itu kurang:",
    refused: "Kommo menolak pemindahan, yang akan dicoba lagi: {why}",
    reminder: "Pengingat: transaksi ini masih menunggu untuk masuk ke “{stage}”. Yang kurang:",
    escalation: "Transaksi ini sudah {hours} jam menunggu untuk masuk ke “{stage}”. Yang kurang:",
    role: "seseorang dengan peran {role}",
    approval: "persetujuan {name} ({role})",
    rejected: "persetujuan {name} ({role}), yang telah menolak",
    nobody: "seseorang dengan peran {role} beserta persetujuannya",
    coverage: "cakupan peran {needs} %; sekarang {has} %",
    field: "nilai di bidang “{field}”",
    skipped: "tahap “{stage}”, yang harus didahulukan",
    back: "di pipeline ini transaksi tidak bergerak mundur",
    approved: "Tidak ada lagi yang kurang.",
    overruled: "{name} meloloskan transaksi ini.",
    givenUp: "Transaksi ini tidak lagi diinginkan di sana.",
    released: "Tahap atau aturan itu sudah tidak ada.",
    reminded: "Digantikan oleh sebuah pengingat.",
  },
};

/** What the account calls its things. */
export interface Names {
  language: string;
  stage(statusId: number, pipelineId?: number): string;
  role(key: string): string;
  member(contactId: number): string;
  field(fieldId: number): string;
}

type Sentence = keyof Words;

/** One sentence in the account's language. */
export function say(
  { language }: Pick<Names, "language">,
  sentence: Sentence,
  values: Record<string, string> = {},
): string {
  const text = (words[language.slice(0, 2)] ?? words.en!)[sentence];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** Who let a deal into a stage, and what it lacked then. */
export function sayLetIn(names: Names, values: { name: string; stage: string }, missing: readonly Missing[]): string {
  const lacked =
    missing.length === 0 ? [] : [say(names, "wasMissing"), ...missing.map((one) => `– ${line(names, one)}`)];
  return [say(names, "letIn", values), ...lacked].join("\n");
}

/** A sentence, what is missing line by line, whether the deal will move on by itself, and what Kommo has said to that. */
export function sayMissing(
  names: Names,
  sentence: Sentence,
  values: Record<string, string>,
  { missing, refusal }: { missing: readonly Missing[]; refusal: string | null },
) {
  // Out of turn it stays out of turn, whoever approves.
  const mayPass = missing.every(({ kind }) => kind !== "moved_back" && kind !== "skipped");
  const why =
    missing.length === 0
      ? [say(names, "mayPass", values)]
      : [say(names, sentence, values), ...missing.map((one) => `– ${line(names, one)}`)];
  return [
    ...why,
    ...(refusal === null ? [] : [say(names, "refused", { why: refusal })]),
    ...(mayPass && missing.length > 0 ? [say(names, "movesOn")] : []),
  ].join("\n");
}

function line(names: Names, missing: Missing): string {
  switch (missing.kind) {
    case "role":
      return say(names, "role", { role: names.role(missing.role) });
    case "approval": {
      const role = names.role(missing.role);
      if (missing.contactId === null) return say(names, "nobody", { role });
      const name = names.member(missing.contactId);
      return say(names, missing.approval === "rejected" ? "rejected" : "approval", { name, role });
    }
    case "coverage":
      return say(names, "coverage", { has: String(missing.has), needs: String(missing.needs) });
    case "field":
      return say(names, "field", { field: names.field(missing.fieldId) });
    case "skipped":
      return say(names, "skipped", { stage: names.stage(missing.statusId) });
    case "moved_back":
      return say(names, "back");
  }
}
