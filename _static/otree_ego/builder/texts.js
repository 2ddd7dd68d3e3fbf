// All words of the page, in both languages. A text may be a function of what it speaks about.
import * as edit from "./edit_texts.js";
import { inGerman } from "./problem_words.js";
import { RUN_DE, RUN_EN } from "./run_texts.js";

const EN = {
  title: "Builder", undo: "Undo", redo: "Redo", saved: "Saved", saving: "Saving…", unsaved: "Not saved yet",
  start: "Start from…", importing: "Import…", download: "Download", language: "Deutsch",
  offline: "ego builder does not answer. Your work is kept here, and is saved when it runs again at this address.",
  changed: "The file was changed outside. This is what your version would change in it:", gone: "The file is gone.",
  keepMine: "Save mine", takeTheirs: "Take the file's",
  chooseFirst: "The file was changed outside. First choose on the left which version stays.", notSaved: (why) => `The scenario could not be saved. ${why}`,
  seats: "Seats", seat: "Seat", player: "who plays", model: "model", filter: "answer", tokens: "words, with ; between",
  addSeat: "Add a seat", up: "Move up", down: "Move down", left: "Move left", right: "Move right", remove: "Remove",
  variables: "Treatments and variables", treatment: "Treatment", variable: "Variable", addTreatment: "Add a treatment",
  addVariable: "Add a variable", rounds: "Rounds", missing: "missing", emptyText: "empty text",
  kinds: { number: "a number", text: "a text", truth: "true or false", json: "JSON", missing: "missing" },
  prompts: "Prompts", system: "Told once, before the first round (system)", user: "Asked in each round (user)",
  insert: "Insert", problems: "Problems", none: "Nothing looks wrong.", next: "Next problem",
  levels: { error: "error", warning: "warning", note: "note" }, line: "line", column: "column",
  preview: "Preview", beside: "marked against", nobody: "nothing", everybody: "all seats", round: "round",
  answers: "answers", noPreview: "The preview comes back when the errors are gone.", made: "example",
  usage: (p) => `About ${p.tokens_in} tokens in and ${p.tokens_out} out for each replication` +
    (p.cost === null ? "; the price is not known." : p.cost ? `, $${p.cost.toFixed(4)}.` : "; they cost nothing."),
  paste: "Paste a scenario's JSON, or drop a file here.", cancel: "Cancel", take: "Import", close: "Close",
  welcome: "What do you start from?", token: "Open the address that ego builder printed: this one has no valid token.",
  filters: { "As is": "free text", "extract_number": "a number", "exclusive_response": "one of these words", "JSON": "JSON" },
  gallery: {
    empty: ["Empty", "One seat, one question."],
    ultimatum: ["Ultimatum", "Give, take or split: three frames."],
    prisoners_dilemma: ["Prisoner's dilemma", "Three rounds with a partner or a competitor."],
    beauty_contest: ["Beauty contest", "Three players guess a share of the average."],
    trust: ["Trust", "What is sent is doubled or tripled."],
    negotiation: ["Negotiation", "Two players talk about a price."],
  },
};
const DE = {
  title: "Builder", undo: "Rückgängig", redo: "Wiederholen", saved: "Gespeichert", saving: "Speichert…",
  unsaved: "Noch nicht gespeichert", start: "Beginnen mit…", importing: "Importieren…", download: "Herunterladen",
  language: "English",
  offline: "ego builder antwortet nicht. Ihre Arbeit bleibt hier und wird gespeichert, sobald er unter dieser Adresse wieder läuft.",
  changed: "Die Datei wurde anderswo geändert. Das würde Ihre Fassung darin ändern:", gone: "Die Datei ist nicht mehr da.",
  keepMine: "Meine Fassung speichern", takeTheirs: "Die der Datei nehmen",
  chooseFirst: "Die Datei wurde anderswo geändert. Wählen Sie zuerst links, welche Fassung bleibt.", notSaved: (why) => `Das Szenario konnte nicht gespeichert werden. ${why}`,
  seats: "Plätze", seat: "Platz", player: "wer spielt", model: "Modell", filter: "Antwort", tokens: "Wörter, mit ; dazwischen",
  addSeat: "Platz hinzufügen", up: "Nach oben", down: "Nach unten", left: "Nach links", right: "Nach rechts", remove: "Entfernen",
  variables: "Treatments und Variablen", treatment: "Treatment", variable: "Variable", addTreatment: "Treatment hinzufügen",
  addVariable: "Variable hinzufügen", rounds: "Runden", missing: "fehlt", emptyText: "leerer Text",
  kinds: { number: "eine Zahl", text: "ein Text", truth: "wahr oder falsch", json: "JSON", missing: "fehlt" },
  prompts: "Prompts", system: "Einmal gesagt, vor der ersten Runde (system)", user: "In jeder Runde gefragt (user)",
  insert: "Einfügen", problems: "Probleme", none: "Nichts sieht falsch aus.", next: "Nächstes Problem",
  levels: { error: "Fehler", warning: "Warnung", note: "Hinweis" }, line: "Zeile", column: "Spalte",
  preview: "Vorschau", beside: "verglichen mit", nobody: "nichts", everybody: "alle Plätze", round: "Runde",
  answers: "antwortet", noPreview: "Die Vorschau kommt wieder, wenn die Fehler behoben sind.", made: "Beispiel",
  usage: (p) => `Etwa ${p.tokens_in} Tokens hinein und ${p.tokens_out} heraus je Replikation` +
    (p.cost === null ? "; der Preis ist nicht bekannt." : p.cost ? `, ${p.cost.toFixed(4)} $.` : "; sie kosten nichts."),
  paste: "Fügen Sie das JSON eines Szenarios ein, oder ziehen Sie eine Datei hierher.", cancel: "Abbrechen", take: "Importieren",
  close: "Schließen", welcome: "Womit möchten Sie beginnen?",
  token: "Öffnen Sie die Adresse, die ego builder ausgegeben hat: Diese hat kein gültiges Token.",
  filters: { "As is": "freier Text", "extract_number": "eine Zahl", "exclusive_response": "eines dieser Wörter", "JSON": "JSON" },
  gallery: {
    empty: ["Leer", "Ein Platz, eine Frage."],
    ultimatum: ["Ultimatum", "Geben, nehmen oder teilen: drei Rahmungen."],
    prisoners_dilemma: ["Gefangenendilemma", "Drei Runden mit Partner oder Konkurrent."],
    beauty_contest: ["Schönheitswettbewerb", "Drei Spieler raten einen Anteil des Durchschnitts."],
    trust: ["Vertrauensspiel", "Gesendetes wird verdoppelt oder verdreifacht."],
    negotiation: ["Verhandlung", "Zwei Spieler sprechen über einen Preis."],
  },
};
// `say` is for what the server says, in English.
export const LANGUAGES = { en: { ...EN, ...edit.EN, ...RUN_EN, say: (words) => words }, de: { ...DE, ...edit.DE, ...RUN_DE, say: inGerman } };
