// Jinja in the prompts' fields: its colours, and what can be completed where.
import { HighlightStyle, StreamLanguage, syntaxHighlighting, tags } from "./codemirror.js";

const WORDS = ["if", "elif", "else", "endif", "for", "in", "endfor", "set", "endset", "and", "or", "not", "is", "raw", "endraw",
  "macro", "endmacro", "with", "endwith", "filter", "endfilter", "break", "continue", "recursive"];
const VALUES = ["true", "false", "none", "True", "False", "None"];
const FILTERS = ["abs", "capitalize", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "max", "min",
  "random", "reject", "replace", "reverse", "round", "select", "sort", "string", "sum", "title", "trim", "unique", "upper"];
const TESTS = ["defined", "divisibleby", "even", "none", "number", "odd", "string", "undefined"];
const SHAPES = [["{{ … }}", "{{ ", " }}"], ["{% if … %}", "{% if ", " %}{% endif %}"],
  ["{% if … %} {% else %}", "{% if ", " %}{% else %}{% endif %}"], ["{% for … %}", "{% for ", " in %}{% endfor %}"],
  ["{% set … %}", "{% set ", " = %}"], ["{# … #}", "{# ", " #}"]];
const TREATMENT = ["name"];
const THREAD = ["choices", "i", "model", "round"];

const parser = {
  name: "jinja",
  startState: () => ({ close: "", quote: "", after: "" }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (!state.close) {
      const open = stream.match(/^\{[{%#]-?/);
      if (!open) { if (!stream.match(/^[^{]+/)) stream.next(); return null; }
      state.close = { "{": "}}", "%": "%}", "#": "#}" }[open[0][1]];
      state.after = "";
      return state.close === "#}" ? "comment" : "bracket";
    }
    if (state.close === "#}") {
      if (stream.skipTo("#}")) { stream.match("#}"); state.close = ""; } else stream.skipToEnd();
      return "comment";
    }
    if (state.quote) {
      for (let c = stream.next(); c; c = stream.next()) {
        if (c === "\\") stream.next();
        else if (c === state.quote) { state.quote = ""; break; }
      }
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(new RegExp(`^-?${state.close}`))) { state.close = ""; return "bracket"; }
    const before = state.after;
    const quote = stream.match(/^["']/);
    if (quote) { [state.quote] = quote; state.after = ""; return "string"; }
    if (stream.match(/^\d+(\.\d+)?([eE][+-]?\d+)?/)) { state.after = ""; return "number"; }
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
    if (word) {
      state.after = "";
      if (before === ".") return "propertyName";
      if (before === "|") return "function";
      return WORDS.includes(word[0]) ? "keyword" : VALUES.includes(word[0]) ? "atom" : "variableName";
    }
    state.after = stream.next();
    return "operator";
  },
  languageData: { closeBrackets: { brackets: ["(", "[", "{"] } },
  tokenTable: { function: tags.function(tags.variableName) },
};

const style = HighlightStyle.define([
  { tag: tags.bracket, class: "j-bracket" }, { tag: tags.keyword, class: "j-word" }, { tag: tags.string, class: "j-text" },
  { tag: tags.number, class: "j-value" }, { tag: tags.atom, class: "j-value" }, { tag: tags.comment, class: "j-comment" },
  { tag: tags.variableName, class: "j-name" }, { tag: tags.propertyName, class: "j-name" },
  { tag: tags.function(tags.variableName), class: "j-filter" }, { tag: tags.operator, class: "j-sign" },
]);
export const jinja = [StreamLanguage.define(parser), syntaxHighlighting(style)];

const options = (labels, type, detail = "") => labels.map((label) => ({ label, type, detail }));

function shapes(context) {
  const open = context.matchBefore(/\{[{%#]?/);
  if (!open) return null;
  return { from: open.from, filter: false, options: SHAPES.filter(([label]) => label.startsWith(open.text)).map(([label, left, right]) => ({
    label, type: "keyword",
    apply(view, completion, from, to) {
      // Brackets that were closed by themselves are taken along.
      const rest = view.state.sliceDoc(to, to + 2).match(/^[}%#]{0,2}/)[0].length;
      view.dispatch({ changes: { from, to: to + rest, insert: left + right }, selection: { anchor: from + left.length } });
    },
  })) };
}

// What can stand here. `known` gives the names of this scenario: [name, what it is], and the fields of answers.
export function completions(known) {
  return (context) => {
    const text = context.state.sliceDoc(Math.max(0, context.pos - 5000), context.pos);
    const open = Math.max(text.lastIndexOf("{{"), text.lastIndexOf("{%"));
    if (open < 0 || text.indexOf(text[open + 1] === "{" ? "}}" : "%}", open) >= 0) return shapes(context);
    const inside = text.slice(open + 2), word = inside.match(/[\p{L}_][\p{L}\p{N}_]*$/u)?.[0] ?? "";
    const before = inside.slice(0, inside.length - word.length), from = context.pos - word.length;
    if ((before.match(/(?<!\\)["']/g) ?? []).length % 2) return null;
    const { names, variables, fields } = known();
    const found = (list) => (list.length ? { from, options: list, validFor: /^[\p{L}\p{N}_]*$/u } : null);
    if (/\|\s*$/.test(before)) return found(options(FILTERS, "function"));
    if (/\bis\s+(not\s+)?$/.test(before)) return found(options(TESTS, "function"));
    if (/\btreatment\.$/.test(before)) return found([...options(TREATMENT, "property"), ...variables]);
    if (/(\]|\bchoices)\.$/.test(before)) return found(options(fields, "property"));
    if (/\.$/.test(before)) return found(options(THREAD, "property"));
    if (!word && !context.explicit && !/[{%\s(]$/.test(before)) return null;
    const start = /^-?\s*$/.test(before), first = start && text[open + 1] === "%";
    if (first) return found(options(WORDS.filter((each) => !["in", "and", "or", "not", "is"].includes(each)), "keyword"));
    const words = options(start ? ["not"] : text[open + 1] === "%" ? WORDS : ["if", "else", "and", "or", "not", "is"], "keyword");
    const boosted = (list, boost) => list.map((each) => ({ ...each, boost }));
    return found([...boosted(variables, 2), ...boosted(names, 1), ...words]); // one's own first
  };
}
