/**
 * The words with which one tells a reviewer what to answer, in the languages that people write justifications in.
 * `*` ends a stem. Latin letters stand without marks (the rules read a folded text) unless the mark makes the word;
 * English has its own rules, because so much honest work is described with the same words.
 */
const VOCABULARY = {
  setAside: `ignorier* vergiss missacht* ubergeh* ignore ignorez ignorer ignores oublie* ignora* olvida* omite* descarta*
    dimentica* trascura* ignore esqueca* desconsider* negeer* vergeet zignoruj* ignoruj* pomin* zapomnij* zapomen*
    ignorera glom bortse ignorer glem ohita* unohda* figyelmen yoksay* gormezden unut* uita* abaikan lupakan bỏ
    αγνο* ξεχασ* ξέχασ* ігнор* забуд* игнор* пренебрег* התעלם התעלמו שכח تجاهل تجاهلوا انس نادیده अनदेखा नज़रअंदाज
    無視 忘れ 忽略 忽视 无视 忘记 不理会 무시 잊어 ละเว้น เพิกเฉย ไม่ต้องสนใจ`,
  rules: `anweisung* regel* vorgab* richtlini* instruktion* bewertungsregel* instruction* consigne* regle* directives
    instruccion* regla* directric* istruzion* regol* direttiv* instruc* regra* diretriz* instructie* richtlijn*
    instrukcj* polece* zasad* wytyczn* instrukc* pokyn* pravid* anvisning* regler instruks* ohje* saan* utasitas*
    szabaly* talimat* kural* instructiun* regul* instruksi aturan hướng lệnh tắc οδηγ* κανον* κανόν*
    инструкц* указан* правил* інструкц* вказівк* הוראות ההוראות כללים הכללים تعليمات قواعد دستور निर्देश नियम
    指示 ルール 規則 命令 指令 规则 指引 说明 지시 규칙 지침 คำสั่ง คำแนะนำ กฎ`,
  risk: `risk riski* risiko* einstufung risque* riesgo* rischio risco* risico* ryzyk* rizik* kockazat* risc riscul* rủi
    κινδυν* κίνδυν* κινδύν* ρίσκ* риск* ризик* סיכון הסיכון مخاطر المخاطر خطورة ریسک خطر जोखिम リスク 危険度 风险 風險 위험 리스크
    ความเสี่ยง`,
  low: `niedrig* gering* harmlos* faible* minime basse bajo baja minimo basso bassa baixo baixa laag lage niski* nisko nizk*
    lagt låg låga lav lavt matala* alhai* alacsony* dusuk scazut* rendah thấp χαμηλ* низк* низьк* נמוך נמוכה منخفض
    منخفضة پایین کم कम निम्न 低 最低 낮은 낮음 낮게 낮다고 ต่ำ`,
  rate: `bewert* einstuf* stuf* stell* setz* gib antwort* trag evalu* class* note notez mets mettez attribu* repond*
    marqu* califica* asigna* pon marca* devuelve responde* valut* imposta* assegna* segna* rispond* avali* defin* responda
    beoordeel* geef zet markeer* oce* sklasyfik* ustaw* oznacz* nadaj ohodno* oznac* nastav* vyhodno* bedom* satt* klassific*
    vurder* saet* angiv arvioi* aseta* luokittel* merkit* ertekel* allits* jelol* minosit* degerlendir* belirle* isaretle*
    puanla* ver seteaz* marcheaz* nilai beri tetapkan tandai đánh đặt αξιολόγ* αξιολογ* βαθμολόγ* όρισε δώσε χαρακτ* оцен*
    постав* установ* присв* отмет* классифиц* оцін* встанов* познач* דרג דרגו סווג קבע הגדר قيم قيّم صنف صنّف اعتبر ضع امنح मूल्यांकन
    रेट सेट 評価 判定 回答 設定 评为 评定 评估 评级 标记 设为 設為 평가 설정 표시 분류 ประเมิน ให้คะแนน กำหนด ตั้ง`,
  request: `anfrage* antrag* demande requete* solicitud* peticion* richiesta solicitacao pedido* aanvra* verzoek* wnios*
    zgloszen* prosb* zadost* pozadav* begaran ansok* anmodning* pyynto* pyynno* hakemu* kerel* kerveny* talep* talebi* istek*
    istegi* cerere* cereri permintaan yêu αίτη* αίτημ* запрос* заявк* запит* בקשה הבקשה طلب الطلب درخواست अनुरोध 申請 リクエスト 依頼
    请求 申请 請求 요청 คำขอ`,
} as const;
type WordClass = keyof typeof VOCABULARY;

/** An order to the reviewer in another language than English: which classes of words stand close together. */
export function ordersInOtherLanguages(text: string): string[] {
  const sentences = sentencesOf(text);
  const words = sentences.map(wordsOf);
  const ofRating = words.flat().some((classes) => classes.has('risk') || classes.has('low'));
  const order = sentences.some(
    (sentence, n) => asksForLow(sentence, words[n] ?? []) || setsAside(words[n] ?? [], ofRating),
  );
  return order ? ['tells the reviewer what to answer, in another language than English'] : [];
}

/** "Risk low according to the change request" says where it stands, and is said of no request of ours. */
const SOURCE =
  /(?<![\p{L}])(?:laut|gemass|zufolge|selon|d.apres|segun|secondo|conforme|segundo|volgens|wedlug|podle|enligt|ifolge)(?: [\p{L}\p{N}-]{1,40}){1,3}/gu;

type Words = readonly ReadonlySet<WordClass>[];

/** `risk` and `low` with a verb of rating in the sentence, or said of a request in the same breath. */
function asksForLow(sentence: string, words: Words): boolean {
  const low = (some: Words) => standNear(some, 'risk', 'low', 6);
  if (!low(words)) return false;
  const breaths = () =>
    sentence.split(/[,:()\u3001\uff0c\u060c]/u).map((breath) => wordsOf(breath.replace(SOURCE, '')));
  return holds(words, 'rate') || breaths().some((breath) => low(breath) && holds(breath, 'request'));
}

/** An order begins with its verb, where a proxy that ignores a rule is named first; if not, the text says more of ratings. */
const setsAside = (words: Words, ofRating: boolean): boolean =>
  standNear(words, 'setAside', 'rules', 6) && (ofRating || holds(words.slice(0, 2), 'setAside'));

const holds = (words: Words, wordClass: WordClass): boolean => words.some((classes) => classes.has(wordClass));

/** Whether a word of each class stands within `gap` words of the other, in whatever order the language has. */
function standNear(words: Words, a: WordClass, b: WordClass, gap: number): boolean {
  let lastA = Number.NEGATIVE_INFINITY;
  let lastB = Number.NEGATIVE_INFINITY;
  for (const [index, classes] of words.entries()) {
    if (classes.has(a)) lastA = index;
    if (classes.has(b)) lastB = index;
    if (Math.abs(lastA - lastB) <= gap) return true;
  }
  return false;
}

/** Scripts that write words without blanks, or with small words grown on: the dictionary is looked for inside them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/u;

const entries = (Object.keys(VOCABULARY) as WordClass[]).flatMap((wordClass) =>
  VOCABULARY[wordClass]
    .normalize('NFKC')
    .split(/\s+/)
    .map((word) => ({ word, wordClass })),
);
const INSIDE = new RegExp(
  entries
    .map(({ word }) => word)
    .filter((word) => UNSPACED.test(word))
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'gu',
);

const EXACT = new Map<string, Set<WordClass>>();
const STEMS = new Map<string, Set<WordClass>>();
for (const { word, wordClass } of entries) {
  const [table, key] = word.endsWith('*') ? [STEMS, word.slice(0, -1)] : [EXACT, word];
  table.set(key, (table.get(key) ?? new Set()).add(wordClass));
}
const STEM_LENGTHS = [...new Set([...STEMS.keys()].map((stem) => stem.length))];

function sentencesOf(text: string): string[] {
  const parted = UNSPACED.test(text) ? text.replace(INSIDE, ' $& ') : text;
  return parted.split(/(?<![.!?;\u3002\u061b\u061f\n])[.!?;\u3002\u061b\u061f\n]+(?:\s|$)|\|/u);
}

const wordsOf = (sentence: string): Words => (sentence.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map(classesOf);

function classesOf(word: string): ReadonlySet<WordClass> {
  const found = new Set(EXACT.get(word));
  for (const length of STEM_LENGTHS) {
    if (length > word.length) continue;
    for (const wordClass of STEMS.get(word.slice(0, length)) ?? []) found.add(wordClass);
  }
  return found;
}
