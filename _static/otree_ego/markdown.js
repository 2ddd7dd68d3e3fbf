/* Markdown of a model's reply, made safe: the global otreeEgoMarkdown, absent where a vendored script is. */
(function () {
    'use strict';

    if (!window.marked || !window.DOMPurify || !window.DOMPurify.isSupported) return;

    const TAGS = ['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a',
        'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];
    const RULES = {
        ALLOWED_TAGS: TAGS,
        ALLOWED_ATTR: ['href', 'start', 'align'],
        ADD_URI_SAFE_ATTR: ['start', 'align'],
        ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
        ALLOW_DATA_ATTR: false,
        ALLOW_ARIA_ATTR: false,
        RETURN_DOM_FRAGMENT: true,
    };
    const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
    const escape = (text) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]);

    const purify = window.DOMPurify(window);
    purify.addHook('afterSanitizeAttributes', (node) => {
        if (node.tagName !== 'A' || !node.hasAttribute('href')) return;
        node.setAttribute('target', '_blank');
        node.setAttribute('rel', 'noopener noreferrer nofollow');
    });

    const engine = new window.marked.Marked({
        gfm: true,
        breaks: true,
        renderer: {
            html: (token) => (token.block ? `<p>${escape(token.raw)}</p>` : escape(token.raw)),
            image: (token) => escape(token.text || token.href),
            checkbox: (token) => (token.checked ? '☑ ' : '☐ '),
            // The page has its own h1 and h2.
            heading(token) {
                const level = Math.min(token.depth + 2, 6);
                return `<h${level}>${this.parser.parseInline(token.tokens)}</h${level}>\n`;
            },
        },
    });

    // What the parser takes time for grows with the squares of these; no answer that is to be read comes near.
    const MOST = { letters: 60000, signs: 1e6, runs: 2e7, lines: 1000, cells: 10000 };
    const ENDLESS = /^(?: *>){40}|^[ \t]{100}/m;
    const BLOCKS = /\n[ \t]*\n|\n(?=[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t])/;
    const count = (text, sign) => (text.match(sign) || []).length;
    const squares = (numbers) => numbers.reduce((sum, number) => sum + number * number, 0);
    const tooMuch = function (text) {
        if (text.length > MOST.letters || ENDLESS.test(text) || count(text, /\|/g) > MOST.cells) return true;
        const blocks = text.split(BLOCKS);
        return blocks.some((block) => count(block, /\n/g) > MOST.lines)
            || squares(blocks.map((block) => count(block, /[*_~`[\]<\\]/g))) > MOST.signs
            || squares((text.match(/\S{100,}|[ \t]{100,}/g) || []).map((run) => run.length)) > MOST.runs;
    };

    const fragment = (tokens) => purify.sanitize(engine.parser(tokens), RULES);

    /**
     * Renders text from the offset `from` on. Returns {settled, open, length}: DOM fragments of the blocks that more
     * text cannot change any more and of the one it still can, and how many characters the settled ones are.
     * With `whole`, everything is settled. Throws on text that would keep the browser busy for seconds.
     */
    window.otreeEgoMarkdown = function (text, from, whole) {
        const rest = text.slice(from);
        if (tooMuch(rest)) throw new Error('too much for a browser');
        const tokens = engine.lexer(rest);
        let cut = tokens.length;
        if (!whole) {
            while (cut > 0 && tokens[cut - 1].type === 'space') cut -= 1;
            cut = Math.max(cut - 1, 0);
        }
        const sum = (list) => list.reduce((length, token) => length + token.raw.length, 0);
        if (!whole && sum(tokens) !== rest.length) cut = 0;
        const settled = tokens.slice(0, cut);
        return { settled: fragment(settled), open: fragment(tokens.slice(cut)), length: sum(settled) };
    };
})();
