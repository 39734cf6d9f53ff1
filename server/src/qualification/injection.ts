/**
 * Signs that a lead's text speaks to the model instead of to us. A sign asks a person to look and never changes a score:
 * the defence is that code checks quotes and computes scores, and wording can always be varied.
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
  ["orders_zh", /(?:忽略|无视|忘记)[^。\n]{0,12}(?:指令|指示|规则|提示)/],
  [
    "score_en",
    /(?:set|give|assign|rate|mark|classify|score)[^.\n]{0,30}(?:score|rating|segment|level|lead)[^.\n]{0,20}(?:100|hot|max|highest|perfect|\b5\b)/,
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
];

/** The names of the signs found in a text that `cleanText` has been through; gaps are bounded, so time is linear. */
export function injectionSigns(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  return SIGNS.flatMap(([name, pattern]) => (pattern.test(plain) ? [name] : []));
}
