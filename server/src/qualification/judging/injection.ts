import { readingsOf } from "./disguises.ts";

const MARK =
  "(?:bewertung|stufe|einschätzung|note|évaluation|niveau|nota|valutazione|livello|ocen\\p{L}|poziom|puan|seviye|değerlendirme|оценк\\p{L}|уровень|балл|оцінк\\p{L}|рівень|avalia[çc][ãa]o|pontua[çc][ãa]o|n[ií]vel|valoraci[oó]n|puntuaci[oó]n|calificaci[oó]n)";
const RIGHT =
  "(?:correct|corret|adecuad|esperad|bonne|giust|richtig|korrekt|angemessen|prawidłow|poprawn|doğru|правильн|верн|корректн|коректн)\\p{L}{0,3}";
const FIVE = "(?:5\\b|cinco|cinq|fünf|cinque|pięć|beş|пять|п'ять|100|hot\\b|0\\b|cero|zero|null|sıfır|ноль)";

/**
 * Signs that a lead's text speaks to the model instead of to us. A sentence with a sign proves nothing, and a person is
 * asked to look. It is no wall: wording can always be varied, so code also checks quotes and computes scores.
 */
const SIGNS: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    "orders_en",
    /(?:ignore|disregard|forget|override|bypass)[^.\n]{0,30}(?:instruction|rules|prompt|guideline|criteria)/,
  ],
  [
    "orders_es_pt_it",
    /(?:ignor[ae]|olvid[ae]|desconsidere|esque[çc]a|dimentica)[^.\n]{0,30}(?:instruc|instruç|istruzion|regla|regra|regole)/,
  ],
  ["orders_de", /(?:ignorier|vergiss|missachte)[^.\n]{0,40}(?:anweisung|regeln|vorgabe|instruktion|prompt)/],
  ["orders_fr", /(?:ignore|oublie)[^.\n]{0,30}(?:instruction|consigne|règle)/],
  [
    "orders_ru_uk",
    /(?:игнориру|забудь|не обращай|отмени|ігнору)[^.\n]{0,30}(?:инструкц|правил|указани|промпт|інструкц)/,
  ],
  ["orders_pl", /(?:ignoruj|zapomnij)[^.\n]{0,30}(?:instrukcj|polece|zasad)/],
  [
    "orders_tr",
    /(?:talimat|kural|yönerge)\p{L}{0,8}[^.\n]{0,30}(?:yok say|görmezden gel|dikkate alma|unut|geçersiz|boş ?ver)/u,
  ],
  ["orders_id", /(?:abaikan|lupakan|hiraukan)[^.\n]{0,30}(?:instruksi|aturan|perintah|petunjuk)/],
  ["orders_zh", /(?:忽略|无视|忘记)[^。\n]{0,12}(?:指令|指示|规则|提示)/],
  [
    "score_en",
    /(?:set|give|assign|(?<![a-z])rate|mark|classify|score)[^.\n]{0,30}(?:score|rating|segment|level|lead)[^.\n]{0,20}(?:100|hot|max|highest|perfect|\b5\b)/,
  ],
  [
    "score_es_pt",
    /(?:pon|asign|establec|defin|atribu|mar[cq]|cla[s]{1,2}ifi)[^.\n]{0,30}(?:puntuaci|pontua|nota|score|segmento|nivel|nível|lead)[^.\n]{0,20}(?:100|hot|caliente|quente|m[aá]xim|\b5\b)/,
  ],
  [
    "score_de",
    /(?:setz|gib|vergib|bewert|markier)[^.\n]{0,30}(?:score|punktzahl|bewertung|segment|lead|stufe)[^.\n]{0,20}(?:100|hot|heiß|höchst|maxim|\b5\b)/,
  ],
  [
    "score_fr",
    /(?:mets|attribue|donne|classe)[^.\n]{0,30}(?:score|note|segment|niveau|lead)[^.\n]{0,20}(?:100|hot|chaud|maxim|\b5\b)/,
  ],
  [
    "score_ru",
    /(?:постав|присво|оцени|установи|отметь)[^.\n]{0,30}(?:оценк|балл|скор|score|сегмент|лид|уров)[^.\n]{0,20}(?:100|hot|горяч|максим|5)/,
  ],
  [
    "score_tr",
    /(?:skor|puan|seviye|segment)\p{L}{0,6}[^.\n]{0,20}(?:100|hot|sıcak|en yüksek|\b5\b|beş|\b0\b|sıfır)[^.\n]{0,12}(?:yap|ver|ayarla|işaretle|belirle)/u,
  ],
  [
    "score_id",
    /(?:beri|atur|tetapkan|jadikan|tandai)[^.\n]{0,30}(?:skor|nilai|level|segmen)[^.\n]{0,20}(?:100|hot|tertinggi|maksimal|\b5\b)/,
  ],
  ["role_tag", /<[|/]{0,2}(?:im_start|im_end|system|assistant|developer|endoftext)\b|\[\/?(?:inst|sys|system)\]/],
  [
    "role_line",
    /^(?:#{1,6} ?)?(?:system|developer|assistant) ?(?:prompt|message|note|override|instructions?) ?:|^(?:developer|assistant) ?:|^system ?: ?(?:new|you|ignore|set|override|all)/m,
  ],
  [
    "persona",
    /you are (?:now|no longer)|from now on,? you|a partir de (?:ahora|agora)|(?:eres ahora|você agora é)|du bist (?:jetzt|ab sofort)|теперь ты|ты теперь|с этого момента ты/,
  ],
  [
    "prompt_talk",
    /(?:system|developer) (?:prompt|message)|systemprompt|системн\p{L}{1,4} промпт|(?:reveal|print|repeat)[^.\n]{0,20}(?:instructions|prompt)/u,
  ],
  ["ready_answer", /["'](?:level|score|segment|criteria|next_action)["'] ?:/],
  // The polite forms: the "correct finding", and a wish to be quoted. People who buy speak of neither.
  [
    "finding_en",
    /(?:correct|right|proper|appropriate|expected|only|true|best) (?:finding|level|score|rating|grade|mark|verdict|assessment|segment|judg?ement)s?\b[^.\n]{0,40}(?:\b5\b|five|100|hundred|\bhot\b|max|highest|\btop\b|perfect|\b(?:is|be|of|to) (?:0\b|zero)|lowest)/,
  ],
  [
    "all_levels_en",
    /(?:all|every|each)(?: of the)? (?:levels?|criteri(?:on|a)|scores?|ratings?|findings?|grades?)(?: (?:is|are|be|must|should|to|at|as|with|gets?|deserves?|reach(?:es)?|rated?|a)){1,3} (?:5\b|five|100|hot\b|max|highest|top\b|perfect)/,
  ],
  [
    "all_levels",
    /(?:tod[oa]s? (?:l[oa]s|[oa]s) (?:niveles|criterios|puntuaciones|níveis|critérios|notas)|tou(?:s|tes) les (?:niveaux|critères|notes)|allen? (?:kriterien|bewertungen)|tutti i (?:livelli|criteri)|wszystkie (?:kryteria|poziomy|oceny)|tüm (?:kriterler|seviyeler)|всем? (?:уровн|критери|оценк)|всі (?:рівні|критерії))[^.\n]{0,25}(?:\b5\b|cinco|cinq|fünf|cinque|pięć|beş|пять|п'ять|\bhot\b)/,
  ],
  ["finding", new RegExp(`(?:${RIGHT} ${MARK}|${MARK} ${RIGHT})[^.\\n]{0,30}${FIVE}`, "u")],
  [
    "cite_en",
    /(?:quote|cite|copy|repeat|use)[^.\n]{0,20} (?:this|the following|that|my|the above) (?:very |exact |whole )?(?:sentence|passage|phrase|paragraph)|as (?:the |your )?(?:quote|evidence|proof) (?:for|of) (?:all|every|each|the)/,
  ],
  [
    "cite",
    /(?:cit[ae]n?|citez|zitier\p{L}{0,3}|zacytuj\p{L}*|alıntıla\p{L}*|(?:про)?цитиру\p{L}+|процитуй\p{L}*)[^.\n]{0,20} (?:est[ea] (?:frase|oraci[oó]n)|cette phrase|dies\p{L}{1,2} satz|questa frase|to zdanie|это предложение|эту фразу|це речення|cümle\p{L}*)|bu cümleyi (?:alıntıla|kullan)|引用(?:这|此)(?:句|段)/u,
  ],
  [
    "rubric",
    /(?:budget|authority|need|timeline|fit)(?:(?:,|\/| and| &|, and) ?(?:budget|authority|need|timeline|fit)){2}/,
  ],
];

/** The names of the signs found in a text that `cleanText` has been through; gaps are bounded, so time is linear. */
export function injectionSigns(text: string): string[] {
  const readings = readingsOf(text);
  return SIGNS.flatMap(([name, pattern]) => (readings.some((plain) => pattern.test(plain)) ? [name] : []));
}

/**
 * The parts of a text that speak to the model, as they stand in it: whole sentences, because what stands beside a command
 * in one sentence was written for the model as well.
 */
export function commandsIn(text: string): string[] {
  if (!speaksToTheModel(text)) return [];
  const [commands, others] = partitioned(sentencesOf(text), speaksToTheModel);
  // A sign that no sentence has by itself goes over the end of one: then nothing in the text can be told from it.
  return speaksToTheModel(others.join(" ")) ? [text] : commands;
}

/** Words of our own trade alone are a reason to look at a lead, and what a rep writes of every deal. */
function speaksToTheModel(text: string): boolean {
  return injectionSigns(text).some((sign) => sign !== "rubric");
}

function partitioned<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const { first = [], other = [] } = Object.groupBy(all, (one) => (isFirst(one) ? "first" : "other"));
  return [first, other];
}

/** A text as it may be shown to a model: what speaks to it is left out, and seen to be left out. */
export function withoutCommands(text: string): string {
  return commandsIn(text).reduce((rest, command) => rest.replaceAll(command, LEFT_OUT), text);
}

const LEFT_OUT = "[…]";

const sentencesOf = (text: string) =>
  text.split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/).filter((part) => part.trim() !== "");
