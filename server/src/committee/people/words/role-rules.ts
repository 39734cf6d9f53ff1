import type { Role, RoleKey } from "@dealscope/shared/committee";
import { fold } from "./fold.ts";
import { around, sentencesOf } from "./passage.ts";

/** A role that somebody's words speak for. */
export interface RoleHint {
  role: RoleKey;
  /** A part of the text as it stands there. */
  quote: string;
}

/**
 * What people's titles say, in English, Spanish, Portuguese, Turkish and Indonesian; of a title that speaks for several
 * roles the first counts. Written for folded text: small letters without accents.
 */
const TITLES: readonly (readonly [RoleKey, RegExp])[] = [
  [
    "lawyer",
    /\b(?:lawyer|attorney|solicitor|(?:general|legal) counsel|legal|compliance officer|abogad[oa]s?|juridic[oa]s?|advogad[oa]s?|hukuk\w*|avukat\w*|hukum|pengacara|advokat)\b/,
  ],
  [
    "economic_buyer",
    /\b(?:cfo|chief financial officer|(?:finance|financial) (?:director|manager|controller)|(?:head|vp|director) of (?:finance|procurement|purchasing)|procurement|purchasing|purchaser|(?:director|directora|diretor|diretora|gerente|jef[ea]) (?:financier[oa]|financeir[oa]|de finanzas|de financas|de compras|de suprimentos)|compras|mali isler\w*|finans \w*(?:mudur|direktor)\w*|finans(?:tan)? sorumlu\w*|satin ?alma\w*|(?:direktur|manajer|kepala) (?:keuangan|pengadaan|pembelian)|pengadaan)\b/,
  ],
  [
    "technical_evangelist",
    /\b(?:cto|cio|ciso|chief (?:technology|technical|information|information security) officer|it (?:director|manager|lead|head)|(?:head|vp|director) of (?:it|engineering|technology|development)|(?:technical|tech|engineering) (?:lead|director|manager)|(?:solution|software|enterprise|system) architect|(?:director|directora|diretor|diretora|gerente|jef[ea]|coordenador|coordenadora) (?:tecnic[oa]|de tecnologia|de sistemas|de ti|de it|de informatica)|arquitect[oa] de soluciones|arquitet[oa] de solucoes|bilgi (?:islem|teknolojileri)\w*|(?:teknoloji|teknik|yazilim|bt|it) (?:mudur|direktor|lider)\w*|(?:direktur|manajer|kepala) (?:teknologi|teknik|it|ti))\b/,
  ],
  [
    "decision_maker",
    /\b(?:ceo|chief executive officer|managing director|(?:co-?)?founder|(?<!(?:product|process|system|account|business) )owner|(?<!vice[ -])president[ea]?|director[a]? general|directora? ejecutiv[oa]|gerente general|duen[oa]|propietari[oa]|fundador[a]?|diretora? (?:geral|executiv[oa])|soci[oa](?:[ -](?:fundadora?|diretora?|administradora?))?|don[oa]|proprietari[oa]|genel mudur\w*|kurucu\w*|isletme sahib\w*|sirket sahib\w*|yonetim kurulu bask\w*|direktur utama|presiden direktur|pemilik|pendiri)\b/,
  ],
  ["influencer", /\b(?:consultant|advis[eo]r|consultora?|asesora?|assessora?|danisman\w*|konsultan|penasihat)\b/],
  ["user", /\b(?:(?:key|end|power) user|usuari[oa](?: final| clave)?|son kullanici|pengguna(?: akhir)?)\b/],
];

/** Who works for somebody with a title does not have it; nor does who had it, or stands in for it. */
const NOT_HIS =
  /\b(?:assistant|secretary|pa to|intern|trainee|former|ex|asistente|secretari[oa]|assistente|estagiari[oa]|becari[oa]|asistan\w*|sekreter\w*|stajyer\w*|asisten|sekretaris|mantan|wakil|yardimci\w*|vice)\b/;

/** How people say what they are, up to where the title stands. */
const I_AM =
  /\b(?:i am|i'm|im|i work as|my (?:role|title|position) is|as|soy|yo soy|trabajo como|mi cargo es|sou|eu sou|trabalho como|meu cargo e|saya(?: adalah| ini)?|jabatan saya|bekerja sebagai|ben) (?:also )?(?:(?:the|a|an|our|el|la|un|una|o|um|uma|seorang|bir|sirketin) )?$/;

/** What people say of their part itself. */
const WORDS: readonly (readonly [RoleKey, RegExp])[] = [
  [
    "decision_maker",
    /(?<!\b(?:if|when|until|once|before|after|unless|did|do|can|could|should|may|will|till) )\bi (?:alone )?(?:decide(?! (?:to|whether|if|later|against)\b)|make the (?:final )?decisions?\b|have the (?:final say|last word)\b|sign (?:the contracts?|off)\b|am the (?:one who decides|decision[- ]maker)\b)|\b(?:la decision (?:final )?(?:es mia|la tomo yo)|yo (?:decido|tomo la decision|firmo)|soy quien decide)\b|\b(?:a decisao (?:final )?e minha|(?:eu|sou eu quem) (?:decido|decide|tomo a decisao|assino)|quem decide sou eu)\b|\b(?:karari ben (?:veri\w*|verecegim)|ben karar veri\w*|son soz bende|son karar bende|sirketin sahibiyim|genel muduruyum|kurucusuyum)\b|(?<!\bbukan )\b(?:saya (?:sendiri )?yang (?:memutuskan|menentukan|tanda tangan)|keputusan(?:nya)? (?:ada )?(?:di(?: tangan)?|pada) saya)\b/,
  ],
  [
    "economic_buyer",
    /\b(?:i (?:own|hold|approve|control|manage) the budget|it(?:'s| is) my budget|the budget is mine|yo (?:apruebo|manejo|controlo) el presupuesto|el presupuesto es mio|(?:eu )?(?:aprovo|controlo) o orcamento|o orcamento e meu|butceyi ben (?:onayl\w*|yonet\w*)|butce bende|saya (?:yang )?(?:menyetujui|memegang|mengelola) anggaran)\b/,
  ],
  [
    "lawyer",
    /\b(?:i (?:review|check) (?:all |the |our )*contracts|yo reviso los contratos|(?:eu )?reviso os contratos|sozlesmeleri ben incel\w*|avukatiyim|saya (?:yang )?(?:memeriksa|meninjau) kontrak)\b/,
  ],
  [
    "user",
    /\b(?:i (?:will|would|'ll) (?:be using|use) (?:it|this|the (?:system|tool)) (?:every ?day|daily|myself)|lo voy a usar (?:yo|todos los dias)|vou usar (?:isso )?(?:todos os dias|no dia a dia)|her gun (?:ben )?kullanacagim|saya (?:yang )?akan (?:memakai|menggunakan)(?:nya)? setiap hari)\b/,
  ],
  [
    "blocker",
    /\b(?:i (?:am|'m) against (?:it|this|buying|changing|switching)|i (?:will|'ll) (?:veto|block|oppose) (?:it|this)|i (?:see|have seen) no reason to (?:buy|change|switch)|estoy en contra|me opongo|sou contra|me oponho|sou contrari[oa]|buna karsiyim|karsi cikiyorum|saya (?:menolak|keberatan|tidak setuju))\b/,
  ],
];

/** Which role a title speaks for: by our rules, or because it names one of the account's own roles. */
export function roleInTitle(title: string, roles: readonly Role[]): RoleHint | undefined {
  const role = roleAt(fold(title), roles)?.role;
  return role === undefined ? undefined : { role, quote: title };
}

/** Which roles somebody's own words speak for. */
export function rolesInWords(text: string, roles: readonly Role[]): RoleHint[] {
  const hints = new Map<RoleKey, RoleHint>();
  const folded = fold(text);
  for (const sentence of sentencesOf(text)) {
    const part = folded.slice(sentence.start, sentence.end);
    const hint = (role: RoleKey, at: number) => {
      if (isOf(roles, role) && !hints.has(role))
        hints.set(role, { role, quote: around(text, sentence, sentence.start + at) });
    };
    for (const [role, rule] of WORDS) {
      const at = part.search(rule);
      if (at >= 0) hint(role, at);
    }
    const title = roleAt(part, roles);
    // The title is his own only where he says so: "I am the CEO", not "I will ask the CEO".
    if (title && I_AM.test(part.slice(0, title.at))) hint(title.role, title.at);
  }
  return [...hints.values()];
}

/** Which role a note gives to one whom it names: "Ana is their CFO". */
export function roleOfNamed(text: string, name: string, roles: readonly Role[]): RoleHint | undefined {
  const folded = fold(text);
  for (const sentence of sentencesOf(text)) {
    const part = folded.slice(sentence.start, sentence.end);
    if (!names(part, name)) continue;
    const title = roleAt(part, roles);
    if (title) return { role: title.role, quote: around(text, sentence, sentence.start + title.at) };
  }
  return undefined;
}

/** Whether a folded text names somebody: by the whole name, or by the first one. */
export function names(folded: string, name: string): boolean {
  const whole = fold(name).trim();
  const [first = ""] = whole.split(/\s+/);
  return [whole, first].some((one) => one.length >= 3 && isWordIn(folded, one));
}

function roleAt(folded: string, roles: readonly Role[]): { role: RoleKey; at: number } | undefined {
  if (NOT_HIS.test(folded)) return undefined;
  for (const { key, name } of roles) {
    // The account's own words go first; a name such as "User" is one of ours as well.
    const at = wordAt(folded, fold(name).trim());
    if (at >= 0 && name.trim().length >= 4) return { role: key, at };
  }
  for (const [role, rule] of TITLES) {
    const at = folded.search(rule);
    if (at >= 0 && isOf(roles, role)) return { role, at };
  }
  return undefined;
}

function isOf(roles: readonly Role[], key: RoleKey): boolean {
  return roles.some((role) => role.key === key);
}

function isWordIn(text: string, word: string): boolean {
  return wordAt(text, word) >= 0;
}

/** Where a word stands as a whole; a loop, because names may hold anything that means something in a pattern. */
function wordAt(text: string, word: string): number {
  if (word === "") return -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text.charAt(at - 1)) && !isLetter(text.charAt(at + word.length))) return at;
  }
  return -1;
}

function isLetter(unit: string): boolean {
  return /[\p{L}\p{N}]/u.test(unit);
}
