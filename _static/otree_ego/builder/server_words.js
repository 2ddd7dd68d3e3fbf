// German for what the server says of files, calls and runs; `problem_words.js` has what it says of a scenario, and takes these in.
const PLACES = { "The text": "Der Text", "The scenario": "Das Szenario", "The built scenario": "Das Szenario", "The page": "Die Seite" };
const place = (where) => PLACES[where] ?? where;
const number = (digits) => digits.replaceAll(",", ".");
const SYSTEM = {
  "No space left on device": "auf dem Datenträger ist kein Platz mehr", "Permission denied": "der Zugriff wird verweigert",
  "No such file or directory": "Datei oder Ordner gibt es nicht", "Is a directory": "es ist ein Ordner", "Not a directory": "es ist kein Ordner",
  "Read-only file system": "der Datenträger lässt sich nur lesen", "Input/output error": "der Datenträger meldet einen Fehler",
  "File name too long": "der Name ist zu lang", "Too many open files": "zu viele Dateien sind offen", "Disk quota exceeded": "Ihr Speicherplatz ist aufgebraucht",
  "Operation not permitted": "das ist nicht erlaubt", "it is no file": "es ist keine Datei", "Too many levels of symbolic links": "die Links führen im Kreis",
};
const system = (words) => SYSTEM[words] ?? words;
const JSON_ERRORS = {
  "Expecting value": "hier fehlt ein Wert", "Expecting ',' delimiter": "hier fehlt ein Komma", "Expecting ':' delimiter": "hier fehlt ein Doppelpunkt",
  "Expecting property name enclosed in double quotes": "hier fehlt ein Name in Anführungszeichen", "Extra data": "hier steht noch etwas dahinter",
  "Unterminated string starting at": "dieser Text hat kein Ende", "Invalid control character at": "hier steht ein Steuerzeichen",
  "Illegal trailing comma before end of object": "das Komma am Ende ist zu viel", "Illegal trailing comma before end of array": "das Komma am Ende ist zu viel",
};
const jsonError = (words) => JSON_ERRORS[words] ?? words;

const keys = (words) => words.replace(/in the environment variable/g, "in der Umgebungsvariable").replace(/in the working directory/g, "im Arbeitsordner")
  .replace(/in the file/g, "in der Datei").replace(/in the code \(api_key=…; .*?\)/g, "im Code (api_key=…)").replace(/in the code/g, "im Code")
  .replace(/\bset (\S+) in the environment(?: \(on Heroku: (.+?)\))? and restart/, (_, a, b) => `${a} in die Umgebung setzen${b ? ` (auf Heroku: ${b})` : ""} und neu starten`)
  .replace(/\bset (\S+) and restart/, "$1 setzen und neu starten").replace(/, or /g, " oder ").replace(/\bwrite it to the file\b/, "ihn in die Datei schreiben:");

export const serverSentences = (inGerman) => [
  [/^(\w*(?:Error|Exception|Interrupt)): (.+)$/s, (a, b) => `unerwarteter Fehler ${a}: ${b}`],
  [/^There is no scenario (.+) to start from$/, (a) => `Ein Szenario ${a}, mit dem man beginnen könnte, gibt es nicht`],
  [/^The scenario (.+)\. It is shown, and cannot be changed here$/s, (a) => `Das Szenario ${inGerman(a)}. Es wird gezeigt und kann hier nicht geändert werden`],
  [/^This address does not belong to the builder: open the one that ego builder printed$/, () => "Diese Adresse gehört nicht zum Builder: Öffnen Sie die, die ego builder ausgegeben hat"],
  [/^Another site asked for this$/, () => "Eine andere Website hat das verlangt"],
  [/^Only (\w+) is answered here$/, (a) => `Hier wird nur ${a} beantwortet`],
  [/^The builder cannot stand in another page$/, () => "Der Builder lässt sich nicht in eine andere Seite einbetten"],
  [/^The token is missing: open the address that ego builder printed$/, () => "Das Token fehlt: Öffnen Sie die Adresse, die ego builder ausgegeben hat"],
  [/^The token is another one: the builder was started again\. Open the address it printed$/, () => "Das Token ist ein anderes: Der Builder wurde neu gestartet. Öffnen Sie die Adresse, die er ausgegeben hat"],
  [/^The request does not say how long it is$/, () => "Die Anfrage sagt nicht, wie lang sie ist"],
  [/^This is too large: a scenario has up to (.+) bytes here$/, (a) => `Das ist zu groß: Ein Szenario hat hier höchstens ${number(a)} Bytes`],
  [/^This is not JSON$/, () => "Das ist kein JSON"],
  [/^There is no such page$/, () => "Diese Seite gibt es nicht"],
  [/^No such call$/, () => "Diesen Aufruf gibt es nicht"],
  [/^A header stands there twice$/, () => "Ein Header steht zweimal da"],
  [/^There is no such run$/, () => "Diesen Lauf gibt es nicht"],
  [/^There is no download (.+)$/, (a) => `${a} lässt sich nicht herunterladen`],
  [/^(.+) is too large: a built scenario has up to (\S+) bytes$/, (a, b) => `${place(a)} ist zu groß: Ein Szenario hat höchstens ${number(b)} Bytes`],
  [/^(.+) has (\S+) (characters|bytes); a built scenario has up to (\S+)$/, (a, b, c, d) => `${place(a)} hat ${number(b)} ${c === "bytes" ? "Bytes" : "Zeichen"}; ein Szenario hat höchstens ${number(d)}`],
  [/^(.+) is not UTF-8 text( \(byte (\d+)\))?; save it as UTF-8$/, (a, _, b) => `${place(a)} ist kein UTF-8-Text${b ? ` (Byte ${b})` : ""}; speichern Sie die Datei als UTF-8`],
  [/^(.+) cannot be written: (.+)\. It is as it was$/, (a, b) => `${a} kann nicht geschrieben werden: ${system(b)}. Die Datei ist, wie sie war`],
  [/^(\/.+|[A-Z]:.+) cannot be read: (.+)$/, (a, b) => `${a} kann nicht gelesen werden: ${system(b)}`],
  [/^There is no file (.+)$/, (a) => `Die Datei ${a} gibt es nicht`],
  [/^(.+) cannot be the name of a file: (.+)$/, (a, b) => `${a} kann keine Datei heißen: ${b}`],
  [/^(.+) is no name for a scenario: use letters, digits, - and _, as in game\.json$/, (a) => `${a} ist kein Name für ein Szenario: Nehmen Sie Buchstaben, Ziffern, - und _, wie in spiel.json`],
  [/^(.+) is a link to another place: open it with ego builder (.+)$/, (a, b) => `${a} ist ein Link an einen anderen Ort: Öffnen Sie ihn mit ego builder ${b}`],
  [/^(.+) is there already: choose another name$/, (a) => `${a} gibt es schon: Wählen Sie einen anderen Namen`],
  [/^The file was changed outside$/, () => "Die Datei wurde anderswo geändert"],
  [/^(.+) is not a scenario that can be edited here: (.+)$/s, (a, b) => `${place(a)} kann hier nicht bearbeitet werden: ${inGerman(b)}`],
  [/^(.+) is not a scenario that can be played:\s?(.+)$/s, (a, b) => `${place(a)} kann nicht gespielt werden:${inList(b, inGerman)}`],
  [/^and (\d+) more$/, (a) => `und ${a} weitere`],
  [/^expected one JSON object$/, () => "nötig ist ein JSON-Objekt"],
  [/^threads must be a list of \[number, thread\]$/, () => "threads muss eine Liste von [Nummer, Thread] sein"],
  [/^treatments must be a list of names$/, () => "treatments muss eine Liste von Namen sein"],
  [/^rounds must be a number$/, () => "rounds muss eine Zahl sein"],
  [/^variables must be an object with an object for each variable$/, () => "variables muss ein Objekt mit einem Objekt für jede Variable sein"],
  [/^prompts must be an object with system and user$/, () => "prompts muss ein Objekt mit system und user sein"],
  [/^prompts must be texts$/, () => "Prompts müssen Texte sein"],
  [/^filters must be a list with a filter for each thread$/, () => "filters muss eine Liste mit einem Filter für jeden Platz sein"],
  [/^([\w, ]+) is missing$/, (a) => `es ${a.includes(",") ? "fehlen" : "fehlt"} ${a}`],
  [/^The page sent something that is no scenario \((.+)\)$/s, (a) => `Die Seite hat etwas geschickt, das kein Szenario ist (${a})`],
  [/^(.+?) is not JSON: line (\d+), column (\d+): (.+)$/, (a, b, c, d) => `${place(a)} ist kein JSON: Zeile ${b}, Spalte ${c}: ${jsonError(d)}`],
  [/^(.+?) is not JSON: (.+) is not a JSON value$/, (a, b) => `${place(a)} ist kein JSON: ${b} ist kein Wert, den JSON hat`],
  [/^(.+?) is not JSON: (.+)$/s, (a, b) => `${place(a)} ist kein JSON: ${b}`],
  [/^(.+) is not a JSON value$/, (a) => `${a} ist kein Wert, den JSON hat`],
  [/^(.+): the name (.+) stands twice in one object$/, (a, b) => `${place(a)}: der Name ${b} steht zweimal in einem Objekt`],
  [/^(.+) is nested too deeply to be a built scenario$/, (a) => `${place(a)} ist zu tief verschachtelt`],
  [/^(.+) is nested too deeply \((\d+) levels are allowed\)$/, (a, b) => `${place(a)} ist zu tief verschachtelt (erlaubt sind ${b} Ebenen)`],
  [/^(.+) has more than (\S+) parts; no scenario is as large$/, (a, b) => `${place(a)} hat mehr als ${number(b)} Teile; so groß ist kein Szenario`],
  [/^(.+) has a text with characters that cannot be stored: (.+)$/s, (a, b) => `${place(a)} hat einen Text mit Zeichen, die sich nicht speichern lassen: ${b}`],
  [/^A run is under way: wait for it, or stop it$/, () => "Ein Lauf ist im Gang: Warten Sie auf sein Ende, oder halten Sie ihn an"],
  [/^There is no run (.+) in (.+)$/, (a, b) => `Den Lauf ${a} gibt es in ${b} nicht`],
  [/^The run cannot be started: (.+)$/s, (a) => `Der Lauf lässt sich nicht starten: ${system(a)}`],
  [/^There is no seat (.+?)(?:; there are (.+))?$/, (a, b) => `Einen Platz ${a} gibt es nicht${b ? `; es gibt ${b}` : ""}`],
  [/^There is no treatment (.+); there are (.+)$/, (a, b) => `Ein Treatment ${a} gibt es nicht; es gibt ${b}`],
  [/^The answer is empty$/, () => "Die Antwort ist leer"],
  [/^The answer is too long: it has up to (\S+) characters$/, (a) => `Die Antwort ist zu lang: Sie hat höchstens ${number(a)} Zeichen`],
  [/^This was answered already, or the run has ended$/, () => "Das wurde schon beantwortet, oder der Lauf ist zu Ende"],
  [/^The number of replications is a whole number from 1 to (\S+), not (.+)$/, (a, b) => `Die Zahl der Replikationen ist eine ganze Zahl von 1 bis ${number(a)}, nicht ${b}`],
  // Of runs that went wrong, or wait.
  [/^ego: (.+)$/s, (a) => `ego: ${inGerman(a)}`],
  [/^no key for the service (.+?) was found\. Looked (.+)\. To fix it, (.+)$/is, (a, b, c) => `Für den Dienst ${a} wurde kein Schlüssel gefunden. Gesucht wurde ${keys(b)}. Abhilfe: ${keys(c)}`],
  [/^the model (.+?) names a service (.+?) that is not known: (?:did you mean (.+)\? )?Known are (.+?)(?:; a project's own .*)?$/is,
    (a, b, c, d) => `Das Modell ${a} nennt einen Dienst ${b}, der nicht bekannt ist${c ? `; meinten Sie ${c.replaceAll(" or ", " oder ")}` : ""}. Bekannt sind ${d}; eigene stehen in EGO_SERVICES`],
  [/^(.+?) names no model: write (.+?) and what it should be, e\.g\. (.+)$/is, (a, b, c) => `${a} nennt kein Modell: Schreiben Sie ${b} und dahinter das Modell, z. B. ${c}`],
  [/^(.+?) names no model after the slash, e\.g\. (.+)$/is, (a, b) => `${a} nennt nach dem Schrägstrich kein Modell, z. B. ${b}`],
  [/^(.+?) gave no reply at (.+?)(, which cannot be reached)?: (.+)$/s, (a, b, c, d) => `${a} hat unter ${b} nicht geantwortet${c ? ", weil niemand zu erreichen ist" : ""}: ${d}`],
  [/^none of (\S+) replications has an answer$/, (a) => `keine von ${number(a)} Replikationen hat eine Antwort`],
  [/^(\S+) of (\S+) replications were played$/, (a, b) => `${number(a)} von ${number(b)} Replikationen wurden gespielt`],
  [/^the budget of (\S+) US dollars is reached \((\S+) spent\)$/, (a, b) => `das Budget von ${a} $ ist erreicht (${b} $ ausgegeben)`],
  [/^The budget of (\S+) US dollars needs the prices of all models: (.+)$/s, (a, b) => `Ein Budget von ${a} $ braucht die Preise aller Modelle: ${b}`],
  [/^(\d+) replications failed one after the other \((.+)\)$/s, (a, b) => `${a} Replikationen sind nacheinander fehlgeschlagen (${b})`],
  [/^its process ended$/, () => "sein Prozess ist zu Ende"],
  [/^its parent process has ended$/, () => "das Programm, das ihn begonnen hat, ist zu Ende"],
  [/^the run stops$/i, () => "der Lauf hält an"],
  [/^the run waits( until (.+?))?: (.+)$/s, (_, a, b) => `der Lauf wartet${a ? ` bis ${a}` : ""}: ${inGerman(b)}`],
  [/^1 replication waits( until (.+?))?: (.+)$/s, (_, a, b) => `1 Replikation wartet${a ? ` bis ${a}` : ""}: ${inGerman(b)}`],
  [/^(\d+) replications wait( until (.+?))?: (.+)$/s, (n, _, a, b) => `${n} Replikationen warten${a ? ` bis ${a}` : ""}: ${inGerman(b)}`],
  [/^(.+), and patience is (.+)$/s, (a, b) => `${inGerman(a)}, und die Geduld reicht ${b}`],
  [/^(.+) asks for fewer requests \(HTTP 429\)$/, (a) => `${a} bittet um weniger Anfragen (HTTP 429)`],
  [/^(.+) asks for a pause of (.+) \(HTTP 429\)$/, (a, b) => `${a} bittet um eine Pause von ${b} (HTTP 429)`],
  [/^requests_per_minute or tokens_per_minute allows no more$/, () => "requests_per_minute oder tokens_per_minute erlaubt nicht mehr"],
  [/^The replication was broken off$/, () => "Die Replikation wurde abgebrochen"],
  [/^The run was ended while the reply was under way$/, () => "Der Lauf wurde beendet, während die Antwort kam"],
  [/^the prompt cannot be filled: (.+)$/s, (a) => `der Prompt kann nicht gefüllt werden: ${inGerman(a)}`],
  [/^(.+): prompts\.(\w+) for thread (\S+)( in round (\d+))?: (.+)$/s, (a, b, c, _, d, e) => `${place(a)}: prompts.${b} für Platz ${c}${d ? ` in Runde ${d}` : ""}: ${inGerman(e)}`],
  [/^(.+?\.?) The answer( \(asked (\d+) times\))?: (['"].*)$/s, (a, _, b, c) => `${inGerman(a)} Die Antwort${b ? ` (${b}-mal gefragt)` : ""}: ${c}`],
  [/^The parser found no answer in it$/, () => "Der Filter hat darin keine Antwort gefunden"],
];

// Several problems, each after its place.
const inList = (words, inGerman) => words.split("\n").map((line) => {
  const match = line.match(/^(- )?(\S+?)(: | (?=is |has ))(.+)$/s);
  const bare = line.replace(/^- /, "");
  return line && (bare === line ? " " : "\n- ") + (match ? `${match[2]}: ${inGerman(match[4])}` : inGerman(bare));
}).join("");
