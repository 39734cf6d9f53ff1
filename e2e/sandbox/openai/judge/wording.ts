import type { Language } from "./language.ts";
import type { Topic } from "./phrases.ts";

export type Band = "hot" | "warm" | "cold" | "spam" | "unknown";

interface Words {
  topics: Record<Topic, string>;
  bands: Record<Band, string>;
  /** What to do next; `{topic}` is what is not known yet. */
  actions: Record<Band, string>;
  questions: Record<Topic, string>;
  nothing: string;
}

export const WORDS: Record<Language, Words> = {
  en: {
    topics: { budget: "budget", authority: "decision maker", need: "need", timeline: "timeline", fit: "company" },
    bands: {
      hot: "Ready to buy",
      warm: "Interested",
      cold: "Early interest",
      spam: "Unsolicited offer",
      unknown: "Too little is known",
    },
    actions: {
      hot: "Call today and agree on the next step.",
      warm: "Answer with an offer and ask about the {topic}.",
      cold: "Send material and ask about the {topic}.",
      spam: "Close without an answer.",
      unknown: "Ask about the {topic}.",
    },
    questions: {
      budget: "What budget have you set aside?",
      authority: "Who else takes part in the decision?",
      need: "What would you like to solve first?",
      timeline: "When would you like to start?",
      fit: "How many people would use it?",
    },
    nothing: "no details given",
  },
  es: {
    topics: { budget: "presupuesto", authority: "quién decide", need: "necesidad", timeline: "plazo", fit: "empresa" },
    bands: {
      hot: "Listo para comprar",
      warm: "Interesado",
      cold: "Interés inicial",
      spam: "Oferta no solicitada",
      unknown: "Se sabe muy poco",
    },
    actions: {
      hot: "Llamar hoy y acordar el siguiente paso.",
      warm: "Responder con una oferta y preguntar por: {topic}.",
      cold: "Enviar material y preguntar por: {topic}.",
      spam: "Cerrar sin responder.",
      unknown: "Preguntar por: {topic}.",
    },
    questions: {
      budget: "¿Qué presupuesto tienen previsto?",
      authority: "¿Quién más participa en la decisión?",
      need: "¿Qué les gustaría resolver primero?",
      timeline: "¿Cuándo les gustaría empezar?",
      fit: "¿Cuántas personas lo usarían?",
    },
    nothing: "sin detalles",
  },
  pt: {
    topics: { budget: "orçamento", authority: "quem decide", need: "necessidade", timeline: "prazo", fit: "empresa" },
    bands: {
      hot: "Pronto para comprar",
      warm: "Interessado",
      cold: "Interesse inicial",
      spam: "Oferta não solicitada",
      unknown: "Sabe-se muito pouco",
    },
    actions: {
      hot: "Ligar hoje e combinar o próximo passo.",
      warm: "Responder com uma proposta e perguntar sobre: {topic}.",
      cold: "Enviar material e perguntar sobre: {topic}.",
      spam: "Encerrar sem responder.",
      unknown: "Perguntar sobre: {topic}.",
    },
    questions: {
      budget: "Qual é o orçamento previsto?",
      authority: "Quem mais participa da decisão?",
      need: "O que gostariam de resolver primeiro?",
      timeline: "Quando gostariam de começar?",
      fit: "Quantas pessoas usariam?",
    },
    nothing: "sem detalhes",
  },
  tr: {
    topics: { budget: "bütçe", authority: "karar verici", need: "ihtiyaç", timeline: "zaman", fit: "şirket" },
    bands: {
      hot: "Satın almaya hazır",
      warm: "İlgileniyor",
      cold: "İlk ilgi",
      spam: "İstenmeyen teklif",
      unknown: "Çok az şey biliniyor",
    },
    actions: {
      hot: "Bugün arayın ve sonraki adımı belirleyin.",
      warm: "Teklifle yanıtlayın ve sorun: {topic}.",
      cold: "Bilgi gönderin ve sorun: {topic}.",
      spam: "Yanıtlamadan kapatın.",
      unknown: "Sorun: {topic}.",
    },
    questions: {
      budget: "Ayırdığınız bütçe nedir?",
      authority: "Karara başka kimler katılıyor?",
      need: "Önce neyi çözmek istersiniz?",
      timeline: "Ne zaman başlamak istersiniz?",
      fit: "Kaç kişi kullanacak?",
    },
    nothing: "ayrıntı yok",
  },
  id: {
    topics: {
      budget: "anggaran",
      authority: "pengambil keputusan",
      need: "kebutuhan",
      timeline: "waktu",
      fit: "perusahaan",
    },
    bands: {
      hot: "Siap membeli",
      warm: "Tertarik",
      cold: "Minat awal",
      spam: "Penawaran tak diminta",
      unknown: "Terlalu sedikit diketahui",
    },
    actions: {
      hot: "Telepon hari ini dan sepakati langkah berikutnya.",
      warm: "Balas dengan penawaran dan tanyakan {topic}.",
      cold: "Kirim materi dan tanyakan {topic}.",
      spam: "Tutup tanpa balasan.",
      unknown: "Tanyakan {topic}.",
    },
    questions: {
      budget: "Berapa anggaran yang disiapkan?",
      authority: "Siapa lagi yang ikut memutuskan?",
      need: "Apa yang ingin diselesaikan lebih dulu?",
      timeline: "Kapan ingin mulai?",
      fit: "Berapa orang yang akan memakainya?",
    },
    nothing: "tanpa rincian",
  },
  de: {
    topics: { budget: "Budget", authority: "Entscheider", need: "Bedarf", timeline: "Zeitplan", fit: "Firma" },
    bands: {
      hot: "Kaufbereit",
      warm: "Interessiert",
      cold: "Erstes Interesse",
      spam: "Unverlangtes Angebot",
      unknown: "Zu wenig bekannt",
    },
    actions: {
      hot: "Heute anrufen und den nächsten Schritt vereinbaren.",
      warm: "Mit einem Angebot antworten und fragen nach: {topic}.",
      cold: "Material senden und fragen nach: {topic}.",
      spam: "Ohne Antwort schließen.",
      unknown: "Fragen nach: {topic}.",
    },
    questions: {
      budget: "Welches Budget ist vorgesehen?",
      authority: "Wer entscheidet noch mit?",
      need: "Was möchten Sie zuerst lösen?",
      timeline: "Wann möchten Sie beginnen?",
      fit: "Wie viele Personen würden es nutzen?",
    },
    nothing: "keine Angaben",
  },
  ru: {
    topics: { budget: "бюджет", authority: "кто решает", need: "потребность", timeline: "сроки", fit: "компания" },
    bands: {
      hot: "Готов к покупке",
      warm: "Заинтересован",
      cold: "Первый интерес",
      spam: "Непрошеное предложение",
      unknown: "Слишком мало известно",
    },
    actions: {
      hot: "Позвонить сегодня и договориться о следующем шаге.",
      warm: "Ответить предложением и уточнить: {topic}.",
      cold: "Отправить материалы и уточнить: {topic}.",
      spam: "Закрыть без ответа.",
      unknown: "Уточнить: {topic}.",
    },
    questions: {
      budget: "Какой бюджет вы заложили?",
      authority: "Кто ещё участвует в решении?",
      need: "Что вы хотели бы решить в первую очередь?",
      timeline: "Когда вы хотели бы начать?",
      fit: "Сколько человек будет пользоваться?",
    },
    nothing: "без подробностей",
  },
};
