import { fold } from "./fold.ts";
import { around, sentencesOf } from "./passage.ts";

export type Topic = "price" | "budget" | "security" | "legal" | "incumbent" | "timing" | "missing" | "trust";

/** Something that a client holds against the purchase. */
export interface ObjectionHint {
  topic: Topic;
  /** A part of the text as it stands there. */
  quote: string;
}

/** What clients say, in English, Spanish, Portuguese, Turkish and Indonesian. Written for folded text. */
const RULES: readonly (readonly [Topic, RegExp])[] = [
  [
    "price",
    /(?<!\b(?:not|isn't|wasn't|aren't|never) )\b(?:too|very|way too|so) (?:expensive|pricey|costly)\b|\bprice is (?:too |very )?high\b|\b(?:cheaper|lower price) (?:elsewhere|offer|alternative)\b|\b(?:can't|cannot|can not) afford\b|(?<!\bno (?:es|son) )\b(?:demasiado|muy|bastante) car[oa]s?\b|\bprecio (?:es )?(?:muy |demasiado )?alto\b|\bno (?:nos )?lo podemos pagar\b|(?<!\bnao (?:e|esta) )\b(?:muito|bem) car[oa]s?\b|\bcar[oa]s? demais\b|\bpreco (?:e |esta )?(?:muito )?alto\b|\bcok pahali\w*|\bpahali (?:geldi|buldu\w*)\b|\bfiyat\w* (?:cok )?yuksek\b|(?<!\b(?:tidak|nggak|gak|bukan) )\b(?:terlalu|sangat) mahal\b|\bkemahalan\b|\bharga(?:nya)? (?:terlalu )?(?:tinggi|mahal)\b/,
  ],
  [
    "budget",
    /\b(?:no|don't have (?:a|the|any)|do not have (?:a|the|any)|without (?:a|any)) budget\b|\b(?:over|beyond|out of|exceeds) (?:our |the )?budget\b|\bbudget (?:was|is|has been) (?:cut|frozen|spent|used up|exhausted)\b|\bno (?:tenemos|hay|contamos con) presupuesto\b|\bsin presupuesto\b|\bfuera de(?:l| nuestro) presupuesto\b|\b(?:nao temos|nao ha|sem) (?:orcamento|verba)\b|\bfora do (?:nosso )?orcamento\b|\bbutce(?:miz|de|si|yi)?(?: \w+){0,2} (?:yok|asiyor|asti|kesildi|donduruldu)\b|\b(?:tidak|belum|nggak|gak) (?:ada|punya|memiliki) (?:anggaran|budget)\b|\b(?:melebihi|di luar) (?:anggaran|budget)\b/,
  ],
  [
    "security",
    /\bsecurity (?:concerns?|issues?|risks?|problems?|worries)\b|\b(?:concerned|worried) about (?:the |our )?(?:security|data|privacy)\b|\bis not (?:gdpr[ -]|iso[ -])?compliant\b|\b(?:preocupa\w*|dudas|inquietud\w*) (?:\w+ ){0,3}(?:seguridad|privacidad)\b|\b(?:preocupa\w*|duvidas) (?:\w+ ){0,3}(?:seguranca|privacidade|lgpd)\b|\bguvenlik (?:endise|kaygi|sorun|risk|acig)\w*|\bveri guvenlig\w* (?:konusunda )?(?:endise|kaygi)\w*|\bkvkk\w* (?:\w+ ){0,3}(?:sorun|uygun degil|endise)\w*|\b(?:khawatir|kekhawatiran|kuatir|risiko) (?:\w+ ){0,3}(?:keamanan|privasi|data)\b|\bmasalah keamanan\b/,
  ],
  [
    "legal",
    /\b(?:need|needs|must|have to|has to|waiting for) (?:\w+ ){0,4}(?:our )?(?:legal (?:team|department|review|approval)|lawyers?)\b|\b(?:necesit\w+|falta\w*|esperando|tiene que) (?:\w+ ){0,5}(?:abogad[oa]s?|(?:area|equipo|departamento|revision|aprobacion) (?:legal|juridic[oa]))\b|\b(?:precis\w+|falta\w*|aguardando|esperando|tem que) (?:\w+ ){0,5}(?:juridico|advogad[oa]s?)\b|\bhukuk (?:departman\w*|birim\w*|ekib\w*|onay\w*) (?:\w+ ){0,4}(?:gerek\w*|bekl\w*|lazim|incele\w*)|\b(?:perlu|harus|menunggu) (?:\w+ ){0,4}(?:tim legal|tim hukum|bagian hukum|bagian legal|persetujuan legal)\b/,
  ],
  [
    "incumbent",
    /\bwe(?: are|'re)? (?:already|currently|happily) (?:use|using|have|work|working|happy|signed)\b|\b(?:happy|satisfied) with (?:our|the) (?:current|existing|present)\b|\bya (?:usamos|tenemos|trabajamos con|contamos con)\b|\b(?:contentos|satisfechos) con (?:nuestr[oa]|el|la) (?:\w+ )?actual\b|\bja (?:usamos|temos|utilizamos|trabalhamos com)\b|\bsatisfeitos com (?:o|a|noss[oa]) (?:\w+ )?atual\b|\b(?:zaten|halihazirda) (?:\w+ ){0,4}(?:kullaniyoruz|var|calisiyoruz)\b|\b(?:kami|kita) sudah (?:pakai|memakai|menggunakan|punya|memiliki|bekerja sama)\b/,
  ],
  [
    "timing",
    /\bnot (?:a |the )?(?:good |right )?(?:time|priority)(?: right now| now| for us)?\b|\b(?:maybe|not until|come back|postpone\w*|put (?:it )?on hold)(?: \w+){0,3} (?:next (?:year|quarter|month)|later)\b|\bon hold\b|\bno es (?:el|buen) momento\b|\bno es (?:una )?prioridad\b|\b(?:lo )?(?:dejamos|aplazamos|posponemos)(?: \w+){0,2} para (?:el|mas)\b|\bnao e (?:o|um bom) momento\b|\bnao e (?:uma )?prioridade\b|\bdeixar para (?:o|mais|depois)\b|\b(?:simdi|su an)(?: \w+){0,2} (?:sirasi|zamani|onceligimiz) degil\b|\b(?:gelecek|seneye|onumuzdeki) (?:yil\w*|ceyre\w*|ay\w*)? ?(?:bakariz|erteledik|erteliyoruz|dusunuruz)\b|\b(?:belum|bukan) (?:saatnya|waktunya|prioritas)\b|\b(?:ditunda|tunda)(?: \w+){0,3} (?:tahun|bulan|kuartal) depan\b/,
  ],
  [
    "missing",
    /\b(?:you|it|the (?:system|product|tool)) (?:lack|lacks|does not (?:support|have)|doesn't (?:support|have)|do not (?:support|have)|don't (?:support|have)|can't integrate|cannot integrate)\b|\bmissing (?:feature|integration|function)\w*\b|\b(?:no tiene|le falta|no se integra con|no soporta)\b|\b(?:nao tem (?:integracao|suporte|o recurso|a funcao)|falta (?:a |o )?(?:integracao|recurso|funcao)|nao (?:se )?integra com|nao suporta)\b|\b(?:entegrasyon\w*|ozellik|ozelligi|destek|destegi) (?:\w+ )?(?:yok|eksik)\b|\bdesteklemiyor\w*|\b(?:tidak|belum) (?:mendukung|terintegrasi|bisa integrasi|ada fitur|ada integrasi)\b/,
  ],
  [
    "trust",
    /\b(?:don't|do not|can't|cannot) (?:really )?trust (?:you|your|this|the (?:vendor|company))\b|\b(?:bad|terrible|negative) (?:experience|reviews?|references?)\b|\bno (?:confiamos|nos da confianza)\b|\bmalas? (?:experiencia|referencia)s?\b|\bnao confiamos\b|\b(?:ma experiencia|mas referencias|experiencia ruim)\b|\b(?:guvenmiyoruz|guvenemiyoruz)\b|\bkotu (?:bir )?(?:deneyim|referans|yorum)\w*|\b(?:tidak|kurang|belum) percaya\b|\b(?:pengalaman|ulasan) buruk\b/,
  ],
];

/** What somebody holds against the purchase, one a topic, in his own words. */
export function objectionsIn(text: string): ObjectionHint[] {
  const hints = new Map<Topic, ObjectionHint>();
  const folded = fold(text);
  for (const sentence of sentencesOf(text)) {
    const part = folded.slice(sentence.start, sentence.end);
    // Who asks has not said it: "Is that too expensive?"
    if (part.endsWith("?")) continue;
    for (const [topic, rule] of RULES) {
      const at = part.search(rule);
      if (at >= 0 && !hints.has(topic)) hints.set(topic, { topic, quote: around(text, sentence, sentence.start + at) });
    }
  }
  return [...hints.values()];
}
