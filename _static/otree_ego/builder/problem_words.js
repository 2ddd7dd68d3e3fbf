// The problems' sentences in German. The server says them in English, as ego check does.
import { serverSentences } from "./server_words.js";

const EXPECTED = {
  "a value for each treatment": "ein Wert für jedes Treatment", "a value: a text, a number, true or false, a list or an object": "ein Wert: ein Text, eine Zahl, true oder false, eine Liste oder ein Objekt",
  "a template (text that is not empty)": "eine Vorlage (Text, der nicht leer ist)", "a template (text)": "eine Vorlage (Text)", "a name": "ein Name",
  "a list of names, at least one": "eine Liste von Namen, mindestens einer", "a whole number from 1 to 100000": "eine ganze Zahl von 1 bis 100000",
  "the thread's number, a whole one": "die Nummer des Platzes, eine ganze Zahl", "a list with a filter for each thread": "eine Liste mit einem Filter für jeden Platz",
  "a list with a filter for each thread": "eine Liste mit einem Filter für jeden Platz",
  "an object with an object for each variable, {} if there are none": "ein Objekt mit einem Objekt für jede Variable, {} ohne Variablen",
  "an object with a value for each treatment": "ein Objekt mit einem Wert für jedes Treatment", "an object with system and user": "ein Objekt mit system und user",
  '["JSON"], ["extract_number"], ["exclusive_response", "A;B"] or ["As is"]': '["JSON"], ["extract_number"], ["exclusive_response", "A;B"] oder ["As is"]',
  "another name": "ein anderer Name", "a number": "eine Zahl", "a whole number": "eine ganze Zahl", "true or false": "true oder false",
};
const expected = (words) => EXPECTED[words] ?? words.replace(/^one of /, "eines von ").replace(/^a whole number from (\S+) to (\S+)$/, "eine ganze Zahl von $1 bis $2")
  .replace(/^a number from (\S+) to (\S+)$/, "eine Zahl von $1 bis $2").replace(/^"CLIThread", or \[class, model\] with one of /, '"CLIThread" oder [Klasse, Modell] mit einer von ').replace(/; such as /, "; zum Beispiel ").replace(/, such as /, ", zum Beispiel ")
  .replace(/^an answer's kind: one of /, "die Art einer Antwort: eine von ").replace(/^a list of \[number, thread\], 1 to (\d+) of them,/, "eine Liste von [Nummer, Thread], 1 bis $1 davon,")
  .replace(/^\[number, thread\],/, "[Nummer, Thread],").replace(/^one JSON object with /, "ein JSON-Objekt mit ");
const READ = [
  [/^it is empty$/, "sie ist leer"], [/^it has no number$/, "sie hat keine Zahl"], [/^it was cut off$/, "sie wurde abgeschnitten"],
  [/^(\S+) is out of range$/, "$1 liegt nicht im Bereich"], [/^(\S+) is not a whole number$/, "$1 ist keine ganze Zahl"], [/^(\S+) has more decimals$/, "$1 hat mehr Nachkommastellen"],
  [/^its (.+), (\S+), has more decimals$/s, "$1 ist $2 und hat mehr Nachkommastellen"],
  [/^it has (\d+) characters$/, "sie hat $1 Zeichen"], [/^it has none of them$/, "sie hat keines davon"], [/^its JSON has no "answer"$/, 'ihr JSON hat kein "answer"'],
  [/^its answer is (.+)$/s, "ihre Antwort ist $1"], [/^(.+) cannot be read as one number(: .+)?$/s, "$1 lässt sich nicht als eine Zahl lesen$2"],
  [/^it has more than one number \((.+) and (.+)\)$/s, "sie hat mehr als eine Zahl ($1 und $2)"],
  [/^it has (.+) and (.+), so it can be meant either way$/s, "sie hat $1 und $2, kann also beides heißen"],
  [/^it has (.+) and (.+), so either can be meant$/s, "sie hat $1 und $2, und beides kann gemeint sein"],
  [/^the JSON object with reasoning and answer was asked for$/, "verlangt war das JSON-Objekt mit reasoning und answer"],
  [/^it has (.+) and (.+)$/s, "sie hat $1 und $2"],
];
const read = (words) => {
  const match = READ.find(([pattern]) => pattern.test(words));
  return match ? words.replace(...match) : words;
};
// Jinja's own words.
const JINJA = [
  [/^unexpected char (.+) at \d+$/s, "unerwartetes Zeichen $1"], [/^unexpected (.+), expected (.+)$/s, "$1 statt $2"], [/^unexpected '?end of template'?$/, "die Vorlage hört zu früh auf"],
  [/^unexpected (.+)$/s, "unerwartet ist $1"], [/^expected token (.+), got (.+)$/s, "nötig ist $1, da steht $2"], [/^Expected an expression, got (.+)$/s, "hier fehlt ein Ausdruck, da steht $1"],
  [/^Encountered unknown tag ('.+?')(?:\. .*)?$/s, "die Anweisung $1 gibt es hier nicht"], [/^no filter named (.+)$/s, "einen Filter namens $1 gibt es nicht"], [/^no test named (.+)$/s, "einen Test namens $1 gibt es nicht"], [/^tag name expected$/, "hier fehlt eine Anweisung"],
  [/^Unexpected end of template\. Jinja was looking for the following tags: (.+)\. The innermost block that needs to be closed is (.+)$/s, "die Vorlage hört zu früh auf: es fehlt $1 zu $2"],
  [/^Missing end of (?:comment tag|raw directive)$/, "ein Kommentar oder raw hat kein Ende"], [/^can't assign to (.+)$/s, "$1 kann nichts zugewiesen werden"], [/^block (.+) defined twice$/s, "den Block $1 gibt es zweimal"],
];
const jinja = (words) => {
  const match = JINJA.find(([pattern]) => pattern.test(words));
  return (match ? words.replace(...match) : words).replaceAll("end of print statement", "}}").replaceAll("end of statement block", "%}").replaceAll("begin of ", "Anfang von ").replaceAll(" or ", " oder ");
};
const KINDS = { "a number": "eine Zahl", "a text": "Text", "true or false": "true oder false", "a list": "eine Liste", "an object": "ein Objekt" };
const WANTED = [
  [/^a text of (.+) characters$/, "ein Text mit $1 Zeichen"], [/^exactly one of /, "genau eines von "], [/^one whole number\b/, "eine ganze Zahl"], [/^one number\b/, "eine Zahl"], [/ from (\S+) to (\S+?)(?=,|$)/, " von $1 bis $2"],
  [/ of at least (\S+)/, " ab $1"], [/ of at most (\S+)/, " bis $1"], [/, with at most (\d+) decimals?/, ", mit höchstens $1 Nachkommastellen"],
[/at least (\d+)/, "mindestens $1"], [/at most (\d+)/, "höchstens $1"], [/ and (?=höchstens)/, " und "],
  [/^JSON of the form that was asked for$/, "JSON der verlangten Form"], [/^yes or no$/, "ja oder nein"],
];
const wanted = (words) => WANTED.reduce((made, [pattern, german]) => made.replace(pattern, german), words);
// Each: how a sentence begins and ends, and what it is in German. Parts may be sentences themselves.
const SENTENCES = [
  [/^in the treatments? (.+?): ((?:the prompts|the filter|.+ are the words) .+)$/s, (a, b) => `Treatment ${a}: ${inGerman(b)}`],
  [/^found (.+), which is the number of another thread already$/, (a) => `${a} ist schon die Nummer eines anderen Platzes`],
  [/^found (.+), which is there already; expected another name$/, (a) => `${a} gibt es schon; nötig ist ein anderer Name`],
  [/^found (.+), which is nearly the name (.+)$/, (a, b) => `${a} ist fast derselbe Name wie ${b}`],
  [/^prompts have another (.+) already; take another name$/, (a) => `in Prompts heißt schon etwas anderes ${a}; nehmen Sie einen anderen Namen`],
  [/^has a name that prompts cannot use$/, () => "hat einen Namen, den Prompts nicht verwenden können"],
  [/^is missing; expected: (.+)$/, (a) => `fehlt; nötig: ${expected(a)}`],
  [/^is empty, and other treatments have a value$/, () => "ist leer, und andere Treatments haben einen Wert"],
  [/^is (.+), and other treatments have (.+)$/, (a, b) => `ist ${KINDS[a] ?? a}, und andere Treatments haben ${KINDS[b] ?? b}`],
  [/^has values for what is no treatment: (.+)$/, (a) => `hat Werte für etwas, das kein Treatment ist: ${a}`],
  [/^has (\d+) more than there are threads; .+$/, (a) => `es sind ${a} mehr als Plätze; sehen Sie nach, ob jeder Platz den richtigen hat`],
  [/^found (\d+) for (\d+) threads, expected one for each: thread (.+) has none$/, (a, b, c) => `es sind ${a} für ${b} Plätze, nötig ist je einer: Platz ${c} hat keinen`],
  [/^found filters with and without a thread's number, .+$/, () => "manche Filter haben die Nummer eines Platzes und manche nicht; nötig: alle oder keiner"],
  [/^The template is broken in line (\d+): (.+)$/s, (a, b) => `die Vorlage ist in Zeile ${a} nicht richtig geschrieben: ${jinja(b)}`],
  [/^(.+) was not given to the template in line (\d+); it knows .+$/s, (a, b) => `${a} in Zeile ${b} hat hier keinen Wert`],
  [/^The template goes too far: (.+) in line (\d+); it knows .+$/s, (a, b) => `in Zeile ${b} wird etwas genommen, das es nicht gibt: ${a}`],
  [/^The template does what is not allowed in line (\d+): (.+)$/s, (a, b) => `die Vorlage tut in Zeile ${a}, was nicht erlaubt ist: ${b}`],
  [/^The template failed in line (\d+): (.+)$/s, (a, b) => `die Vorlage ist in Zeile ${a} gescheitert: ${b}`],
  [/^The template has more than (.+) words and signs in its tags$/, (a) => `die Vorlage hat mehr als ${a} Wörter und Zeichen in Klammern`],
  [/^The template has (.+) characters; it may have (.+)$/, (a, b) => `die Vorlage hat ${a} Zeichen; erlaubt sind ${b}`],
  [/^The template gives more than (\S+) characters: (.+)$/s, (a) => `die Vorlage ergibt mehr als ${a} Zeichen`],
  [/^found the name (.+), which nothing defines; did you mean (.+)\?$/, (a, b) => `den Namen ${a} gibt es nicht; meinten Sie ${b}?`],
  [/^found the name (.+), which nothing defines; variables are (.+)$/, (a, b) => `den Namen ${a} gibt es nicht; Variablen sind ${b === "none" ? "keine da" : b}`],
  [/^is not known and not used$/, () => "ist nicht bekannt und wird nicht verwendet"],
  [/^no prompt uses it$/, () => "kein Prompt verwendet sie"],
  [/^for thread (\S+?)( in round (\d+))?: the answer (.+) cannot be read: (.+)$/s, (a, _, b, c, d) => `Platz ${a}${b ? `, Runde ${b}` : ""}: die Antwort ${c} kann nicht gelesen werden: ${inGerman(d)}`],
  [/^for thread (\S+?)( in round (\d+))? in the treatment (.+?): (.+)$/s, (a, _, b, c, d) => `Platz ${a}${b ? `, Runde ${b}` : ""}, Treatment ${c}: ${inGerman(d)}`],
  [/^the prompts of the first (\d+) of (\d+) treatments are checked: .+$/, (a, b) => `geprüft sind die Prompts der ersten ${a} von ${b} Treatments: zusammen sind sie zu lang, um alle zu prüfen`],
  [/^everybody reads the same in (.+)$/, (a) => `alle lesen dasselbe in ${a}`],
  [/^thread (\S+) reads the same in (.+)$/, (a, b) => `Platz ${a} liest dasselbe in ${b}`],
  [/^reads the same in all treatments, though it names (.+)$/, (a) => `liest sich in allen Treatments gleich, obwohl ${a} darin vorkommt`],
  [/^(.+) differ in capitals only, which the filter does not see \(thread (.+)\)$/, (a, b) => `${a} unterscheiden sich nur in Großbuchstaben, die der Filter nicht sieht (Platz ${b})`],
  [/^(.+) are the words that a new filter comes with; .+ \(thread (.+)\)$/, (a, b) => `${a} sind die Wörter eines neuen Filters; geben Sie die Wörter an, die geantwortet werden dürfen (Platz ${b})`],
  [/^the prompts never name the fields? (.+), which the answer must have \(thread (.+)\)$/, (a, b) => `die Prompts nennen ${a} nie, was die Antwort haben muss (Platz ${b})`],
  [/^the prompts never name (.+), which the filter waits for \(thread (.+)\)$/, (a, b) => `die Prompts nennen ${a} nie, worauf der Filter wartet (Platz ${b})`],
  [/^the filter reads JSON, and the prompts never ask for it \(thread (.+)\)$/, (a) => `der Filter liest JSON, und die Prompts verlangen keines (Platz ${a})`],
  [/^the prompts ask for JSON, and the filter reads a number \(thread (.+)\)$/, (a) => `die Prompts verlangen JSON, und der Filter liest eine Zahl (Platz ${a})`],
  [/^the prompts ask for (.+), and the filter reads a number \(thread (.+)\)$/, (a, b) => `die Prompts verlangen ${a}, und der Filter liest eine Zahl (Platz ${b})`],
  [/^was written by a newer otree_ego \((.+)\): (.+)$/, (_, b) => `ist von einer neueren Version von otree_ego: ${b}`],
  [/^is of thread (.+), which is not there$/, (a) => `gehört zu Platz ${a}, den es nicht gibt`],
  [/^has names that are not known: (.+)$/, (a) => `hat Namen, die nicht bekannt sind: ${a}`],
  [/^is no parameter of a seat; there are (.+)$/, (a) => `ist kein Parameter eines Platzes; es gibt ${a}`],
  [/^found a range from (.+) to (.+), which has no number$/, (a, b) => `im Bereich von ${a} bis ${b} gibt es keine Zahl`],
  [/^There is no whole number from (.+) to (.+)$/, (a, b) => `von ${a} bis ${b} gibt es keine ganze Zahl`],
  [/^found no list of options, expected 1 to (\d+) texts$/, (a) => `es fehlen Möglichkeiten: nötig sind 1 bis ${a} Texte`],
  [/^found no list of fields, expected 1 to (\d+) with a name and a kind$/, (a) => `es fehlen Felder: nötig sind 1 bis ${a} mit Namen und Art`],
  [/^found a field without a name$/, () => "ein Feld hat keinen Namen"],
  [/^found the field (.+) twice$/, (a) => `das Feld ${a} gibt es zweimal`],
  [/^The same option stands twice in .+$/, () => "eine Möglichkeit steht zweimal da"],
  [/^No text has at least (.+) and at most (.+) characters$/, (a, b) => `kein Text hat mindestens ${a} und höchstens ${b} Zeichen`],
  [/^the field (.+?): (.+)$/s, (a, b) => `das Feld ${a}: ${inGerman(b)}`],
  [/^Two treatments are called (.+): rename one\. Nothing is saved until then$/, (a) => `Zwei Treatments heißen ${a}: Benennen Sie eines um. Bis dahin wird nichts gespeichert`],
  [/^Two variables are called (.+): rename one\. Nothing is saved until then$/, (a) => `Zwei Variablen heißen ${a}: Benennen Sie eine um. Bis dahin wird nichts gespeichert`],
  [/^A number is missing\. Nothing is saved until there is one$/, () => "Eine Zahl fehlt. Bis dahin wird nichts gespeichert"],
  [/^(.+) is no number\. Nothing is saved until there is one$/, (a) => `${a} ist keine Zahl. Bis dahin wird nichts gespeichert`],
  [/^found (.+), which is not a number; it is kept as text$/, (a) => `${a} ist keine Zahl; es bleibt als Text`],
  [/^found (.+), which is not true or false; it is kept as text$/, (a) => `${a} ist nicht true oder false; es bleibt als Text`],
  [/^found (.+), which is not JSON; it is kept as text$/, (a) => `${a} ist kein JSON; es bleibt als Text`],
  [/^the prompts take longer than (.+) seconds to be filled$/, (a) => `die Prompts zu füllen dauert länger als ${a.replace(".", ",")} Sekunden`],
  [/^it takes longer than (\d+) seconds?$/, (a) => `es dauert länger als ${a} Sekunden`],
  [/^it needs more than (\d+) MB of memory$/, (a) => `es braucht mehr als ${a} MB Speicher`],
  [/^prompts\.(\w+): (.+)$/s, (a, b) => `prompts.${a}: ${inGerman(b)}`],
  [/^Seat (\S+), round (\d+): (.+)$/s, (a, b, c) => `Platz ${a}, Runde ${b}: ${inGerman(c)}`],
  [/^The first (\S+) messages are shown$/, (a) => `Die ersten ${a} Nachrichten werden gezeigt`],
  [/^is what is read; the filter (.+) beside it is for alter_ego only, and would be (.+)$/, (a, b) => `wird gelesen; der Filter ${a} daneben ist nur für alter_ego und wäre sonst ${b}`],
  [/^found something else than (.+)$/, (a) => `gefunden wurde etwas anderes als ${a}`],
  [/^is no object with parameters$/, () => "ist kein Objekt mit Parametern"],
  [/^is no object with the number of a thread$/, () => "ist kein Objekt mit der Nummer eines Platzes"],
  [/^found (.+), which an answer of the kind (.+) does not have$/, (a, b) => `${a} hat eine Antwort der Art ${b} nicht`],
  [/^the field (.+) has fields of its own, which cannot be$/, (a) => `das Feld ${a} hat eigene Felder, was nicht geht`],
  [/^There is no one number (.+)$/, (a) => `eine Zahl ${wanted(` ${a}`).trim()} gibt es nicht`],
  [/^There is no (one (?:whole )?number.+)$/, (a) => `${wanted(a)} gibt es nicht`],
  [/^The template is too deep or too large \((\w+)\): (.+)$/s, (a, b) => `die Vorlage ist zu tief verschachtelt oder zu groß (${a}): ${b}`],
  [/^A variable of the template is nested too deeply$/, () => "eine Variable der Vorlage ist zu tief verschachtelt"],
  [/^What the template names cannot be sent to it: (.+)$/s, (a) => `was die Vorlage nennt, kann ihr nicht geschickt werden: ${a}`],
  [/^its process was ended$/, () => "ihr Prozess wurde beendet"],
  [/^The process that fills it ended$/, () => "der Prozess, der sie füllt, ist zu Ende"],
  ...serverSentences((words) => inGerman(words)),
  [/^(['"].*['"]…?) is not (.+): (.+)$/s, (a, b, c) => `${a} ist nicht, was verlangt war (${wanted(b)}): ${read(c)}`],
  [/^found (.+), expected (.+)$/s, (a, b) => `gefunden ${a}, nötig ${expected(b)}`],
];

export function inGerman(words) {
  const bare = words.replace(/\.$/, "");
  for (const [pattern, german] of SENTENCES) {
    const match = bare.match(pattern);
    if (match) return german(...match.slice(1)) + (bare === words ? "" : ".");
  }
  return read(bare) === bare ? words : read(bare) + words.slice(bare.length);
}
