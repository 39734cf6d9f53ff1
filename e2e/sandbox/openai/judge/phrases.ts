import { fold } from "./passages.ts";

export const TOPICS = ["budget", "authority", "need", "timeline", "fit"] as const;
export type Topic = (typeof TOPICS)[number];

/** The first rule of a topic that is met anywhere in the lead decides its level. */
export interface Rule {
  level: number;
  pattern: RegExp;
}

/** Phrases parted by `|`, without regard to case and accents; a star stands for any ending of a word, `#` for a number. */
function rule(level: number, ...phrases: string[]): Rule {
  return { level, pattern: patternOf(phrases) };
}

export function patternOf(phrases: readonly string[]): RegExp {
  const alternatives = phrases
    .flatMap((line) => line.split("|"))
    .map((phrase) => fold(phrase.trim()))
    .map((phrase) => phrase.replace(/[.+?^${}()[\]\\]/g, "\\$&").replaceAll(" ", "\\s+"))
    .map((phrase) => phrase.replaceAll("#", "\\d[\\d.,]*"))
    .map((phrase) => phrase.replaceAll("*", "\\p{L}*"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join("|")})(?![\\p{L}\\p{N}])`, "u");
}

const MONEY =
  "(?:usd|eur|gbp|brl|mxn|try|idr|rub|r\\$|us\\$|rp\\.?|[$€£₺₽])\\s?\\d[\\d.,]*|\\d[\\d., ]*\\d?\\s?(?:k\\s?)?(?:usd|eur|euros?|gbp|brl|reais|mxn|pesos|tl|lira|try|idr|rupiah|juta|rub|руб\\p{L}*|тыс\\p{L}*|dollars?|dolares|[$€£₺₽])";

/** One line per language: English, Spanish, Portuguese, Turkish, Indonesian, German, Russian. */
export const RULES: Record<Topic, readonly Rule[]> = {
  budget: [
    rule(
      0,
      "no budget|no money|cannot afford|can't afford|only free",
      "sin presupuesto|no tenemos presupuesto|no hay presupuesto|no tengo dinero",
      "sem orçamento|não temos orçamento|não tenho dinheiro",
      "bütçemiz yok|bütçe yok|paramız yok",
      "tidak ada anggaran|belum ada anggaran|tidak punya anggaran",
      "kein budget|kein geld",
      "нет бюджета|бюджета нет|денег нет|нет денег",
    ),
    rule(
      5,
      "budget approved|budget is approved|approved budget|budget has been approved|budget is signed off|budget signed off",
      "presupuesto aprobado|presupuesto está aprobado|presupuesto ya está aprobado",
      "orçamento aprovado|orçamento está aprovado|orçamento já está aprovado",
      "bütçe onaylandı|bütçemiz onaylandı|bütçemiz onaylı|onaylı bütçe*|bütçe hazır|bütçemiz hazır",
      "anggaran sudah disetujui|anggaran disetujui|anggaran sudah siap|anggaran sudah ada",
      "budget ist freigegeben|budget freigegeben|budget genehmigt|budget ist genehmigt|budget ist bewilligt",
      "бюджет утвержд*|бюджет одобр*|бюджет согласован*|бюджет выдел*",
    ),
    rule(
      1,
      "tight budget|small budget|too expensive|cheapest",
      "presupuesto ajustado|presupuesto limitado|poco presupuesto|muy caro|demasiado caro|lo más barato",
      "orçamento apertado|orçamento limitado|muito caro|mais barato",
      "bütçemiz kısıtlı|çok pahalı|en ucuz*",
      "anggaran terbatas|terlalu mahal|paling murah",
      "kleines budget|zu teuer|am billigsten",
      "бюджет ограничен*|ограниченн* бюджет*|слишком дорого|самый дешев*",
    ),
    { level: 4, pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:${MONEY})`, "u") },
    rule(
      3,
      "budget|price*|pricing|quote|quotation|cost|costs|how much",
      "presupuesto|precio*|cuánto cuesta|cuánto vale|cotización|cotizar|tarifa*",
      "orçamento|preço*|quanto custa|cotação|valores",
      "bütçe*|fiyat*|ne kadar|teklif*|ücret*",
      "anggaran|harga*|berapa|penawaran|biaya",
      "preis*|kosten|kostet|angebot*|budget*",
      "бюджет*|цена|цены|цену|прайс*|сколько стоит|стоимость|коммерческое предложение",
    ),
  ],
  authority: [
    rule(
      0,
      "not my decision|i don't decide|i do not decide|i am an intern|i'm an intern",
      "no decido yo|no soy quien decide|soy becario|soy becaria",
      "não sou eu quem decide|não decido|sou estagiário|sou estagiária",
      "karar bende değil|kararı ben vermiyorum|stajyerim",
      "bukan saya yang memutuskan|saya magang",
      "ich entscheide das nicht|ich bin praktikant*",
      "решаю не я|не я принимаю|я стажер*",
    ),
    rule(
      5,
      "i decide|i make the decision|the decision is mine|i sign the contract*|ceo|founder|co-founder|owner|managing director",
      "yo decido|la decisión es mía|yo firmo|soy el dueño|soy la dueña|director general|directora general|gerente general|fundador*",
      "eu decido|a decisão é minha|eu assino|sou o dono|sou a dona|sócio*|sócia*|diretor geral|diretora geral",
      "kararı ben veriyorum|karar bende|genel müdür*|kurucu*|şirket sahibi*|sahibiyim",
      "saya yang memutuskan|keputusan di saya|direktur utama|pemilik|pendiri",
      "ich entscheide|die entscheidung liegt bei mir|geschäftsführer*|inhaber*|gründer*",
      "решаю я|я принимаю решени*|решение за мной|генеральн* директор*|владел*|основател*|собственник*",
    ),
    rule(
      4,
      "director|head of|vp|vice president|cto|cfo|cio|coo|cmo",
      "director*|jefe de|jefa de|responsable de",
      "diretor*|chefe de|responsável pelo|responsável pela",
      "müdür*|direktör*|sorumlusuyum",
      "direktur|kepala|manajer",
      "leiter*|abteilungsleiter*|vertriebsleiter*|prokurist*|verantwortlich*",
      "руководител*|директор*|начальник*",
    ),
    rule(
      2,
      "manager|my boss|our director|committee|decide together|procurement",
      "gerente|mi jefe|mi jefa|comité|compras",
      "gerente|meu chefe|minha chefe|comitê",
      "yöneticim*|patronum*|satın alma*",
      "atasan*|bos saya|tim pengadaan",
      "mein chef*|meine chefin|einkauf*|gemeinsam entscheiden",
      "менеджер*|отдел закупок|согласую*|начальств*",
    ),
  ],
  need: [
    rule(
      0,
      "just looking|just browsing|not interested|no need",
      "solo mirando|no me interesa|no nos interesa|sólo curiosidad",
      "só olhando|não tenho interesse|não temos interesse",
      "ilgilenmiyor*|ihtiyacımız yok|sadece bakıyor*",
      "tidak tertarik|hanya melihat-lihat|cuma tanya",
      "kein interesse|kein bedarf|nur mal schauen",
      "не интересно|не нужно|просто смотр*",
    ),
    rule(
      5,
      "urgently need|we are losing|we lose|need to replace|must replace",
      "necesitamos urgente*|necesitamos con urgencia|estamos perdiendo|perdemos",
      "precisamos urgente*|precisamos com urgência|estamos perdendo|perdemos",
      "acilen ihtiyac*|acil ihtiyac*|kaybediyoruz",
      "sangat membutuhkan|sangat butuh|kami kehilangan",
      "brauchen dringend|dringend benötigt|wir verlieren|verlieren wir",
      "срочно нужн*|срочно требу*|теряем",
    ),
    rule(
      4,
      "we need|we require|we are looking for|we're looking for|we want|we would like|looking to buy",
      "necesitamos|buscamos|estamos buscando|queremos|nos gustaría",
      "precisamos|procuramos|estamos procurando|queremos|gostaríamos",
      "ihtiyacımız var|arıyoruz|istiyoruz|almak istiyor*",
      "kami butuh|kami membutuhkan|kami mencari|kami ingin|kami perlu",
      "wir brauchen|brauchen wir|wir benötigen|wir suchen|suchen wir|wir möchten|wir wollen",
      "нам нужн*|нам требу*|нам необходим*|ищем|хотим|мы хотели бы",
    ),
    rule(
      3,
      "i need|i am looking for|i'm looking for|interested in|i would like|i'd like|i want",
      "necesito|busco|me interesa|quisiera|me gustaría|quiero",
      "preciso|procuro|tenho interesse|gostaria|quero",
      "ihtiyacım var|arıyorum|ilgileniyor*|istiyorum",
      "saya butuh|saya mencari|tertarik|saya ingin|saya mau",
      "ich brauche|ich suche|interessier*|ich möchte|ich will|hätte gern*",
      "мне нужн*|ищу|интересует|хочу|хотел* бы",
    ),
    rule(
      2,
      "information|more info|learn more|a question|demo",
      "información|una consulta|una pregunta|una demo|demostración",
      "informação|informações|uma dúvida|demonstração",
      "bilgi*|bir sorum|demo",
      "informasi|info lebih|mau tanya|demo",
      "informationen|eine frage|mehr erfahren|demo",
      "информаци*|вопрос*|узнать|демо",
    ),
  ],
  timeline: [
    rule(
      0,
      "no rush|no hurry|someday|one day maybe|no plans",
      "sin prisa|no hay prisa|algún día",
      "sem pressa|não temos pressa|algum dia",
      "acelemiz yok|acelem yok|ileride belki",
      "tidak buru-buru|belum ada rencana|kapan-kapan",
      "keine eile|irgendwann",
      "не спешим|не торопимся|когда-нибудь",
    ),
    rule(
      5,
      "asap|as soon as possible|today|tomorrow|this week|immediately|urgent|urgently|right away",
      "hoy|mañana|esta semana|urgente|urgentemente|cuanto antes|lo antes posible|de inmediato",
      "hoje|amanhã|esta semana|essa semana|urgente|urgentemente|o quanto antes|imediatamente",
      "bugün|yarın|bu hafta|acil|acilen|hemen|en kısa sürede",
      "hari ini|besok|minggu ini|secepatnya|segera",
      "heute|morgen|diese woche|sofort|dringend|so schnell wie möglich|so bald wie möglich",
      "сегодня|завтра|на этой неделе|срочно|как можно скорее|немедленно",
    ),
    rule(
      4,
      "this month|next week|next month|end of the month|within # weeks|within # days|in # weeks|in two weeks",
      "este mes|próxima semana|próximo mes|el mes que viene|fin de mes|en # semanas|en dos semanas",
      "este mês|próxima semana|próximo mês|mês que vem|fim do mês|em # semanas|em duas semanas",
      "bu ay|bu ay içinde|gelecek hafta|önümüzdeki hafta|gelecek ay|önümüzdeki ay|ay sonu*|# hafta içinde",
      "bulan ini|minggu depan|bulan depan|akhir bulan|dalam # minggu|dua minggu",
      "diesen monat|nächste woche|nächsten monat|ende des monats|monatsende|in # wochen|in zwei wochen",
      "в этом месяце|на следующей неделе|в следующем месяце|до конца месяца|через # недел*|через две недели",
    ),
    rule(
      1,
      "next year|not now|later this year|in the future",
      "el próximo año|el año que viene|más adelante|en el futuro",
      "ano que vem|próximo ano|mais tarde|no futuro",
      "gelecek yıl|önümüzdeki yıl|seneye|ileride",
      "tahun depan|nanti saja|di masa depan",
      "nächstes jahr|im nächsten jahr|später",
      "в следующем году|позже|в будущем",
    ),
    rule(
      3,
      "quarter|in january|in february|in march|in april|in may|in june|in july|in august|in september|in october|in november|in december|deadline|start in|go live",
      "trimestre|en enero|en febrero|en marzo|en abril|en mayo|en junio|en julio|en agosto|en septiembre|en octubre|en noviembre|en diciembre",
      "trimestre|em janeiro|em fevereiro|em março|em abril|em maio|em junho|em julho|em agosto|em setembro|em outubro|em novembro|em dezembro|prazo",
      "çeyrek*|ocak*|şubat*|martta|mart ayı*|nisan*|mayıs*|haziran*|temmuz*|ağustos*|eylül*|ekim*|kasım*|aralık*",
      "kuartal|bulan januari|bulan februari|bulan maret|bulan april|bulan mei|bulan juni|bulan juli|bulan agustus|bulan desember|target",
      "quartal*|im januar|im februar|im märz|im april|im mai|im juni|im juli|im august|im september|im oktober|im november|im dezember",
      "квартал*|в январе|в феврале|в марте|в апреле|в мае|в июне|в июле|в августе|в сентябре|в октябре|в ноябре|в декабре",
    ),
  ],
  fit: [
    rule(
      0,
      "student|homework|thesis|personal use|private use|job application|my resume|vacancy",
      "estudiante|tarea escolar|tesis|uso personal|mi currículum|vacante",
      "estudante|trabalho da faculdade|uso pessoal|meu currículo|vaga",
      "öğrenci*|ödev*|kişisel kullanım|iş başvuru*|özgeçmiş*",
      "mahasiswa|tugas kuliah|skripsi|pemakaian pribadi|lamaran kerja|lowongan",
      "studentin|hausarbeit|privatgebrauch|für mich privat|bewerbung*|lebenslauf",
      "студент*|курсов*|для себя лично|ваканси*|резюме",
    ),
    rule(
      4,
      "team of #|# employees|# users|# seats|# licen*|# stores|# branches|# people|# sales*|# agents|# reps|# managers|# locations",
      "equipo de #|# empleados|# usuarios|# licencias|# sucursales|# tiendas|# vendedores|# personas|# asesores|# agentes",
      "equipe de #|time de #|# funcionários|# usuários|# licenças|# lojas|# vendedores|# pessoas|# filiais|# atendentes",
      "# kişi*|# çalışan*|# kullanıcı*|# mağaza*|# şube*|# lisans*|# satış*|# temsilci*",
      "tim # orang|# karyawan|# pengguna|# cabang|# toko|# orang|# lisensi|# sales",
      "team von #|# mitarbeiter*|# nutzer*|# lizenz*|# filialen|# standort*|# vertriebler*|# arbeitsplätze*",
      "# сотрудник*|# пользовател*|# лиценз*|# магазин*|# филиал*|# человек|# менеджер*|# точек",
    ),
    rule(
      3,
      "our company|we are a|our business|our clinic|our agency|our store|our team|b2b|ltd|inc|llc",
      "nuestra empresa|somos una|nuestro negocio|nuestra clínica|nuestra tienda|nuestro equipo|s.a.|s.l.|empresa",
      "nossa empresa|somos uma|nosso negócio|nossa clínica|nossa loja|nosso time|nossa equipe|ltda|empresa",
      "şirketimiz*|firmamız*|mağazamız*|kliniğimiz*|ekibimiz*|şirket*|a.ş.|ltd. şti.",
      "perusahaan*|toko kami|klinik kami|usaha kami|tim kami|bisnis kami|pt",
      "unsere firma|unser unternehmen|unsere praxis|unser team|wir sind ein*|gmbh|firma",
      "наша компани*|нашей компани*|наш магазин|наша клиника|наша команда|мы компани*|ооо|компания",
    ),
  ],
};

export const SPAM = patternOf([
  "guest post*|backlink*|casino|bitcoin|crypto investment*|viagra|loan offer*|earn money|you have won|you've won|lottery|buy followers|rank your website|first page of google|click here|work from home",
  "gana dinero|ganar dinero fácil|criptomoneda*|préstamo rápido|préstamos rápidos|has ganado|primera página de google",
  "ganhe dinheiro|renda extra|empréstimo rápido|criptomoeda*|você ganhou|primeira página do google|comprar seguidores",
  "para kazan*|bahis*|kumar*|kredi teklif*|google'da ilk sıra*|takipçi satın al*|kazandınız",
  "slot gacor|judi*|togel|pinjaman online|pinjaman cepat|anda menang|tambah followers",
  "geld verdienen|kredit ohne schufa|sie haben gewonnen|backlinks kaufen|seo-dienst*|platz 1 bei google",
  "заработок в интернете|казино|кредит без|продвижение сайт*|раскрутк*|вы выиграли|накрутка*|ставки на спорт",
]);
