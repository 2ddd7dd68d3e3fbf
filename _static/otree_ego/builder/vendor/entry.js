// What the page uses of CodeMirror: bundled into ../codemirror.js by `make vendor`.
export { Compartment, EditorState } from "@codemirror/state";
export { EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
export { defaultKeymap } from "@codemirror/commands";
export { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
export { setDiagnostics } from "@codemirror/lint";
export { tags } from "@lezer/highlight";
