/* The chat of otree_ego: shows what the server says over oTree's live channel, and sends what the participant writes. */
(function () {
    'use strict';

    // live.js calls it for every payload and fails without it; an author's own, before or after, takes its place.
    if (typeof liveRecv === 'undefined') window.liveRecv = function () {};

    const BOTTOM = 48; // pixels from the end within which the reader counts as being at the bottom
    const BUDGET = 12; // milliseconds of painting in one frame
    const UNCONFIRMED = 3000; // milliseconds after which a message shows that the server has not confirmed it
    const AGAIN = [2000, 4000, 8000, 15000, 30000, 60000]; // until the server is asked again, after each failure
    const LEAVING = 10000; // milliseconds within which a page that is being left is no news
    const STORE = `otree_ego:${location.pathname}`;

    const root = document.getElementById('ego-chat');
    const part = {}; // the elements with data-ego, by that name
    let texts = []; // the elements whose text is the word that data-ego-word names
    let buttons = []; // those that send the command that data-ego-do names
    for (const element of root.querySelectorAll('[data-ego]')) part[element.dataset.ego] = element;

    const chat = {
        words: {}, status: { open: false }, busy: false, max: 0,
        choice: [], // the reactions that there are
        group: false, mayStop: true, // several people in it; whether this one may stop a reply
        rows: new Map(), // by id, what the server has recorded
        outbox: new Map(), // by client id, in order, what it has not confirmed yet
        dirty: new Set(), failed: new Set(), frame: 0,
        connection: 0, ready: false, resync: false, pinned: true,
        opens: 0, // the timer that opens Next when there has been time to read
        failures: 0, again: 0, // how often the server has failed since it last took something; the timer of the next try
        over: false, left: -Infinity, // whether the participant has gone on elsewhere; when this page was left
        told: 0, // when the status came
        pictures: {}, // addresses, by the authors' names
    };
    let line = null; // see connection.js

    const word = (key, n) => {
        const text = chat.words[n === 1 && `${key}_one` in chat.words ? `${key}_one` : key] || '';
        return n === undefined ? text : text.replace('{n}', n);
    };
    const make = (tag, name, text) => {
        const element = document.createElement(tag);
        if (name) element.className = name;
        if (text) element.textContent = text;
        return element;
    };
    const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
    const points = (text) => text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g) || []).length;
    // Not crypto.randomUUID: laboratories serve oTree over plain http, where browsers do not offer it.
    const newId = () => {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    };

    /* ---- what is kept over a reload ---- */

    function keep() {
        const outbox = Array.from(chat.outbox.values(), ({ id, text }) => ({ id, text }));
        const draft = part.box.value;
        try {
            if (draft || outbox.length) sessionStorage.setItem(STORE, JSON.stringify({ draft, outbox }));
            else sessionStorage.removeItem(STORE);
        } catch { /* storage is full or forbidden: the chat works, only a reload loses the draft */ }
    }

    function recall() {
        let kept = null;
        try { kept = JSON.parse(sessionStorage.getItem(STORE)); } catch { /* as above */ }
        if (!kept) return;
        part.box.value = kept.draft;
        for (const { id, text } of kept.outbox) chat.outbox.set(id, newEntry(id, text));
    }

    function newEntry(id, text) {
        return { id, text, sent: 0, row: null, since: Date.now(), late: false };
    }

    /* ---- one message ---- */

    function newRow(message) {
        const el = make('div', 'ego-message');
        const row = {
            el, author: make('div'), picture: make('img', 'ego-picture'), body: make('div', 'ego-body'), foot: make('div', 'ego-foot'),
            reactions: make('div', 'ego-reactions'),
            message: null, points: 0, // code points of its text
            told: '', // what the page's own script has been told of it
            settled: 0, tail: null, // how much of it is painted for good, and the element of the rest
            wait: 0, announce: false,
        };
        row.author.dir = row.body.dir = row.foot.dir = 'auto';
        const head = make('div', 'ego-head');
        row.picture.alt = ''; // the name stands beside it
        head.append(row.picture, row.author);
        el.append(head, row.body, row.reactions, row.foot);
        setMessage(row, message);
        return row;
    }

    function setMessage(row, message) {
        const old = row.message;
        row.message = message;
        if (!old || old.text !== message.text) {
            row.points = points(message.text);
            restart(row);
        }
        row.el.dataset.status = message.status;
        row.el.toggleAttribute('data-mine', Boolean(message.mine));
        row.el.toggleAttribute('data-unsure', !message.id);
        row.author.className = message.author && !message.mine ? 'ego-author' : 'ego-unseen';
        const notice = message.role === 'notice';
        row.el.toggleAttribute('data-notice', notice);
        const name = message.author || (notice ? '' : message.role === 'assistant' ? word('reply') : word('other'));
        write(row.author, message.mine ? word('you') : name);
        const picture = message.mine || (message.role === 'user' && !message.author) ? '' : chat.pictures[message.author];
        row.picture.hidden = !picture;
        if (picture && row.picture.getAttribute('src') !== picture) row.picture.src = picture;
        row.el.toggleAttribute('data-colour', Boolean(message.colour));
        if (message.colour) row.el.style.setProperty('--ego-author', message.colour);
        chat.failed[message.status === 'failed' ? 'add' : 'delete'](row);
        if (!old || old.status !== message.status) {
            row.foot.replaceChildren(...(message.id ? [] : [make('span', 'ego-unseen', word('sending'))]));
        }
        beside(row, message.reactions || []);
        if (message.status === 'partial') write(row.foot, word(message.why) || word('partial'));
        if (!old || old.text !== message.text || old.status !== message.status) soil(row);
    }

    // Reactions to a message, and the choice of them: see reactions.js.
    function beside(row, reactions) {
        const { id, role, status } = row.message;
        if (!chat.choice.length || !id || role === 'notice' || status === 'pending' || status === 'failed') return;
        window.otreeEgoReactions(row.reactions, chat.choice, reactions, word('react'), (reaction) => {
            send({ do: 'react', message: row.message.id, reaction: reaction });
        });
    }

    function restart(row) {
        row.settled = row.wait = 0;
        row.tail = null;
    }

    function paint(row) {
        const { role, status, text } = row.message;
        const { body } = row;
        if (role !== 'assistant') {
            body.classList.add('ego-plain');
            write(body, text);
        } else if (!text) {
            const dots = make('span', 'ego-dots');
            dots.append(make('i'), make('i'), make('i'));
            body.replaceChildren(...(status === 'pending' ? [dots, make('span', 'ego-unseen', word('thinking'))] : []));
        } else if (!paintMarkdown(row, text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, status !== 'pending')) {
            restart(row);
            body.classList.add('ego-plain');
            write(body, text);
        }
        if (row.announce) {
            row.announce = false;
            const foot = Array.from(row.foot.children.length ? row.foot.children : [row.foot], (one) => one.textContent);
            write(part.live, [row.author.textContent && `${row.author.textContent}:`, body.textContent.slice(0, 3000), ...foot].join(' '));
        }
    }

    // Blocks that are finished stay as they are; only the last one is made anew when text comes.
    function paintMarkdown(row, text, whole) {
        if (!window.otreeEgoMarkdown) return false;
        // Links by reference are defined after their use: they need the whole text at once.
        if (whole && /^ {0,3}\[[^\]]+\]:/m.test(text)) restart(row);
        try {
            const made = window.otreeEgoMarkdown(text, row.settled, whole);
            if (!row.tail) {
                row.body.classList.remove('ego-plain');
                row.tail = make('div', 'ego-tail');
                row.body.replaceChildren(row.tail);
            }
            row.tail.before(made.settled);
            row.tail.replaceChildren(made.open);
            row.settled += made.length;
            if (whole) row.tail.remove();
            return true;
        } catch (error) {
            console.warn('otree_ego: this reply is shown as plain text.', error);
            return false;
        }
    }

    /* ---- painting, at most once a frame and a little at a time ---- */

    function soil(row) {
        if (row) chat.dirty.add(row);
        if (!chat.frame) chat.frame = requestAnimationFrame(draw);
    }

    function draw() {
        chat.frame = 0;
        const end = performance.now() + BUDGET;
        // What is new is at the bottom, and so is the reader.
        const rows = Array.from(chat.dirty).sort((a, b) => b.message.seq - a.message.seq);
        for (const row of rows) {
            const now = performance.now();
            if (now > end) break;
            if (row.message.status === 'pending' && row.wait > now) continue;
            chat.dirty.delete(row);
            paint(row);
            row.wait = performance.now() + 4 * (performance.now() - now);
        }
        follow();
        if (chat.dirty.size) soil();
    }

    function follow() {
        if (chat.pinned) part.log.scrollTop = part.log.scrollHeight;
    }

    function place(row) {
        const { el } = row;
        el.egoRow = row;
        let before = part.log.lastElementChild;
        while (before !== part.start && (before === el || before.egoRow.message.seq > row.message.seq)) {
            before = before.previousElementSibling;
        }
        if (before.nextElementSibling !== el) before.after(el);
        part.start.hidden = true;
    }

    // A failed reply offers another try while it is the last message; one that was tried again is not shown.
    function failures() {
        for (const { el, foot, message } of chat.failed) {
            let next = el.nextElementSibling;
            while (next && next.egoRow.message.role === 'notice') next = next.nextElementSibling;
            if (next && !next.egoRow.message.id) next = null;
            el.hidden = Boolean(next && next.egoRow.message.role === 'assistant');
            const offer = !next && !chat.busy && chat.status.again;
            if (!foot.firstChild) foot.append(make('span', '', word(message.why) || word('failed')));
            if (!offer && foot.children[1]) foot.children[1].remove();
            else if (offer && !foot.children[1]) foot.append(retryButton());
            if (offer) foot.children[1].disabled = false;
        }
    }

    function retryButton() {
        const button = make('button', 'ego-retry btn btn-outline-danger', word('retry'));
        button.type = 'button';
        button.dir = 'auto';
        button.addEventListener('click', () => {
            button.disabled = true;
            write(part.alert, '');
            send({ do: 'retry' });
            part.box.focus();
        });
        return button;
    }

    function news() {
        if (!chat.pinned) part.more.hidden = false;
    }

    function record(message, announce, known) {
        let row = chat.rows.get(message.id);
        if (row) setMessage(row, message);
        else chat.rows.set(message.id, (row = newRow(message)));
        row.el.id = `ego-message-${message.id}`;
        row.announce = Boolean(announce);
        place(row);
        tell(row, !known);
        return row;
    }

    // For a page's own script: each message once, when it is whole, and again if it changes.
    function tell(row, isNew) {
        const { message } = row;
        const said = JSON.stringify([message.text, message.status]);
        if (message.status === 'pending' || row.told === said) return;
        row.told = said;
        const detail = { ...message, new: isNew, element: row.el };
        root.dispatchEvent(new CustomEvent('ego:message', { bubbles: true, detail }));
    }

    function drop(row) {
        chat.failed.delete(row);
        chat.dirty.delete(row);
        row.el.remove();
    }

    function unqueue(clientId) {
        const entry = chat.outbox.get(clientId);
        if (!entry) return null;
        chat.outbox.delete(clientId);
        if (entry.row) drop(entry.row);
        keep();
        if (entry.sent) line.answered('say');
        if (!chat.outbox.size && part.live.textContent === word('delayed')) write(part.live, '');
        worked();
        return entry;
    }

    /* ---- what the server says: the frames of PROTOCOL.md ---- */

    const on = {
        state({ messages, busy, model, status, words, max_length: max, group, people, stop, typing, pictures, reactions }) {
            Object.assign(chat, { words, max, pictures, choice: reactions || [], ready: true, resync: false });
            line.answered('open');
            setOver(false);
            if (chat.failures) again();
            if (!chat.outbox.size) worked();
            Object.assign(chat, { group: Boolean(group), mayStop: stop !== false });
            label(model);
            list(people || []);
            setTyping(typing);
            const known = new Set(messages.map((message) => message.id));
            for (const [id, row] of chat.rows) {
                if (known.has(id)) continue;
                drop(row);
                chat.rows.delete(id);
            }
            for (const message of messages) record(message, false, true);
            part.start.hidden = messages.length + chat.outbox.size > 0;
            for (const entry of chat.outbox.values()) echo(entry);
            post();
            setStatus(status, busy);
            grow();
        },
        add({ message, reply, client_id: clientId, status, busy, typing }) {
            unqueue(clientId);
            post();
            setTyping(typing);
            for (const one of reply ? [message, reply] : [message]) {
                const known = chat.rows.has(one.id);
                record(one, !known && !one.mine && one.status !== 'pending');
                if (!known && one.status === 'pending') write(part.live, word('thinking'));
            }
            news();
            setStatus(status, busy);
        },
        text({ id, at, text }) {
            const row = chat.rows.get(id);
            if (chat.resync) return;
            if (!row || !append(row, at, text)) {
                chat.resync = true;
                reopen();
                return;
            }
            soil(row);
            news();
        },
        typing({ typing, busy }) {
            setTyping(typing);
            setStatus(chat.status, busy);
        },
        status({ status }) {
            setStatus(status, chat.busy);
        },
        end({ message, status, busy }) {
            record(message, true);
            news();
            setStatus(status, busy);
        },
        reactions({ id, reactions }) {
            const row = chat.rows.get(id);
            if (!row) return;
            row.message.reactions = reactions;
            beside(row, reactions);
            follow();
        },
        no({ client_id: clientId, why, text, status }) {
            const entry = unqueue(clientId);
            if (entry) {
                part.box.value = part.box.value ? `${entry.text}\n${part.box.value}` : entry.text;
                grow();
                keep();
            }
            post();
            if (entry || !clientId) write(part.alert, text || word(why));
            part.start.hidden = chat.rows.size + chat.outbox.size > 0;
            setStatus(status, chat.busy);
        },
        pong() {
            line.answered('ping');
            if (chat.over) reopen(); // the participant has come back to this page
        },
        over() {
            line.answered();
            if (Date.now() - chat.left > LEAVING) setOver(true);
        },
    };

    function append(row, at, text) {
        const { message } = row;
        let more = text;
        if (at === 0) {
            message.text = '';
            row.points = 0;
            restart(row);
        } else if (at > row.points) {
            return false;
        } else if (at < row.points) {
            // A state may already hold the beginning of the piece that comes after it.
            let unit = message.text.length;
            for (let back = row.points - at; back > 0; back -= 1) {
                unit -= message.text.codePointAt(unit - 2) > 0xffff ? 2 : 1;
            }
            const had = message.text.slice(unit);
            if (had.startsWith(text)) return true;
            if (!text.startsWith(had)) return false;
            more = text.slice(had.length);
        }
        message.text += more;
        row.points += points(more);
        return true;
    }

    function label(model) {
        root.lang = word('lang');
        root.dir = word('dir') || 'ltr';
        for (const element of texts) write(element, word(element.dataset.egoWord));
        part.log.setAttribute('aria-label', word('log'));
        if (part.model) { // some pages have none
            write(part.model, model ? word('model_label').replace('{model}', () => model) : '');
            part.model.hidden = !part.model.textContent;
        }
        part.bar.hidden = false;
    }

    // Who is there: each with the colour of their name, the participant first.
    function list(people) {
        const mine = people.filter(({ me }) => me);
        const names = [...mine, ...people.filter(({ me }) => !me)].map(({ name, colour, me }) => {
            const one = make('bdi', 'ego-person', me ? word('me').replace('{name}', () => name) : name);
            if (colour) one.style.setProperty('--ego-author', colour);
            return one;
        });
        const [before, after = ''] = word('people').split('{names}');
        const items = names.flatMap((one, place) => (place ? [', ', one] : [one]));
        part.people.replaceChildren(...(names.length ? [before, ...items, after] : []));
        root.toggleAttribute('data-group', chat.group);
    }

    function setTyping(name) {
        const line = name ? word('writing').replace('{name}', () => name) : '';
        if (line && line !== part.typing.textContent) write(part.live, line);
        write(part.typing, line);
    }

    function setStatus(status, busy) {
        if (status !== chat.status) {
            chat.told = Date.now();
            openLater(status);
        }
        Object.assign(chat, { status, busy: Boolean(busy) });
        countDown();
        failures();
        part.log.setAttribute('aria-busy', chat.busy);
        for (const button of buttons) {
            const there = (when[button.dataset.egoDo] || (() => status.open))();
            if (!there && document.activeElement === button) part.box.focus();
            button.hidden = !there;
            button.removeAttribute('aria-disabled');
        }
        part.box.disabled = !status.open;
        part.keys.hidden = !status.open;
        part.box.placeholder = status.open ? word('placeholder') : '';
        write(part.note, status.note || (status.open ? '' : word(status.why || 'closed')));
        count();
        holdNext();
        soil();
    }

    // When a button is there; one that is not named here is, as long as the participant may write.
    const when = {
        stop: () => chat.busy && chat.mayStop,
    };

    function press(event) {
        const button = event.currentTarget;
        if (button.hasAttribute('aria-disabled')) return;
        // Not disabled: a disabled button loses the focus, and the keyboard its place in the page.
        button.setAttribute('aria-disabled', 'true');
        send({ do: button.dataset.egoDo });
    }

    // Next opens by itself when there has been time to read; the server holds it, too.
    function openLater(status) {
        clearTimeout(chat.opens);
        if (!status.wait) return;
        chat.opens = setTimeout(() => {
            chat.status.next = true;
            holdNext();
        }, status.wait);
    }

    function holdNext() {
        const hold = chat.status.next === false;
        const buttons = document.querySelectorAll('.otree-btn-next');
        for (const button of buttons) {
            if (hold && !button.disabled) button.disabled = button.egoHeld = true;
            else if (!hold && button.egoHeld) button.disabled = button.egoHeld = false;
        }
        if (!buttons.length) return;
        if (!part.next && hold) {
            part.next = make('p', 'ego-next-hint');
            part.next.dir = 'auto';
            const last = buttons[buttons.length - 1];
            (last.closest('p') || last).after(part.next);
        }
        if (!part.next) return;
        const { missing, hint } = chat.status;
        const why = hint || (missing > 0 ? word('next_hint', missing) : word('next_hint_some'));
        write(part.next, !hold ? '' : why.replace('{time}', clock(remaining(chat.status.seconds_to_next))));
    }

    /* ---- time ---- */

    // How much is left of so many seconds, which the server told with the last status.
    const remaining = (seconds) => Math.max(0, Math.ceil((seconds || 0) - (Date.now() - chat.told) / 1000));

    function clock(seconds) {
        const two = (number) => String(number).padStart(2, '0');
        const minutes = Math.floor(seconds / 60);
        const hours = Math.floor(minutes / 60);
        return `${hours ? `${hours}:${two(minutes % 60)}` : minutes}:${two(seconds % 60)}`;
    }

    // What is shown only: the server itself says when the time is over.
    function countDown() {
        const { status } = chat;
        const left = status.seconds_left;
        if (part.time) write(part.time, left == null ? '' : word('time_left').replace('{time}', clock(remaining(left))));
        clearTimeout(chat.clock);
        if (left == null && status.seconds_to_next == null) return;
        chat.clock = setTimeout(() => {
            countDown();
            holdNext();
        }, 1000 - ((Date.now() - chat.told) % 1000));
    }

    /* ---- what the participant writes ---- */

    function count() {
        const { status, max } = chat;
        const text = part.box.value;
        const over = max && text.length > max * 0.9 ? points(text) - max : -Infinity;
        const near = over > -Math.max(20, max / 10);
        let line = status.open && status.left != null && status.left <= 10 ? word('left', status.left) : '';
        if (over > 0) line = word('over', over);
        else if (near && over > -Infinity) line = word('count', -over);
        write(part.count, line);
        part.count.toggleAttribute('data-over', over > 0);
        part.send.disabled = !status.open || over > 0 || !text.trim();
    }

    function grow() {
        const { box } = part;
        box.style.height = 'auto';
        box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
        count();
    }

    function say() {
        count();
        if (part.send.disabled) return;
        const entry = newEntry(newId(), part.box.value);
        chat.outbox.set(entry.id, entry);
        chat.pinned = true;
        echo(entry);
        post();
        part.box.value = '';
        write(part.alert, '');
        grow();
        keep();
        part.box.focus();
    }

    function echo(entry) {
        if (entry.row) drop(entry.row);
        const { text } = entry;
        entry.row = newRow({ id: '', seq: Infinity, role: 'user', author: '', text, status: 'complete', mine: true });
        place(entry.row);
        sign(entry);
    }

    // What the participant sees below a message that the server has not confirmed.
    function sign(entry) {
        if (!entry.row || !(chat.over || entry.late)) return;
        entry.row.el.toggleAttribute('data-late', true);
        write(entry.row.foot, chat.over ? word('not_sent') : word('delayed'));
    }

    // One message at a time, so that they are recorded in their order whatever happens to one of them; and nothing
    // before the first state of a connection.
    function post() {
        const [entry] = chat.outbox.values();
        if (!entry || !chat.ready || chat.over || entry.sent === chat.connection) return;
        entry.sent = chat.connection;
        send({ do: 'say', text: entry.text, id: entry.id });
        line.asked('say');
    }

    function send(payload) {
        if (liveSocket.readyState === WebSocket.OPEN) liveSocket.send(JSON.stringify({ ego: payload }));
    }

    /* ---- the connection ---- */

    function reopen() {
        send({ do: 'open' });
        line.asked('open');
    }

    function connected() {
        clearTimeout(chat.outage);
        clearTimeout(chat.again);
        chat.outage = 0;
        write(part.offline, '');
        chat.connection += 1;
        chat.ready = chat.resync = false;
        reopen();
    }

    function lost() {
        chat.ready = false;
        // A page that is being left closes its socket too: that is no news.
        chat.outage = chat.outage || setTimeout(() => write(part.offline, word('offline')), 1500);
    }

    // The server could not do what was asked, perhaps because its database is away: ask again, less and less often.
    function failed() {
        if (chat.over) return;
        line.answered();
        const wait = AGAIN[Math.min(chat.failures, AGAIN.length - 1)] * (1 + Math.random() / 4);
        chat.failures += 1;
        write(part.alert, chat.failures < AGAIN.length ? word('retrying') : word('trouble'));
        clearTimeout(chat.again);
        chat.again = setTimeout(() => {
            again();
            reopen();
        }, wait);
        failures();
    }

    // What the server could not take is sent again, with the next state at the latest: it comes when the server can.
    function again() {
        clearTimeout(chat.again);
        for (const entry of chat.outbox.values()) entry.sent = 0;
    }

    function worked() {
        if (!chat.failures) return;
        chat.failures = 0;
        write(part.alert, '');
    }

    // The participant has gone on, in another tab perhaps: nothing that is written here would be read.
    function setOver(over) {
        if (chat.over === over) return;
        chat.over = over;
        line.rest(over);
        for (const entry of chat.outbox.values()) echo(entry);
        const go = make('a', 'btn btn-primary', part.over.dataset.go);
        go.href = location.pathname;
        part.over.replaceChildren(...(over ? [make('span', '', part.over.dataset.text), go] : []));
        part.box.readOnly = over; // not disabled: what stands there can be copied
        if (!over) return;
        for (const name of ['alert', 'note', 'offline', 'count', 'live']) write(part[name], '');
        clearTimeout(chat.again);
        chat.failures = 0;
        setTyping('');
        setStatus({ ...chat.status, open: false, seconds_left: null, seconds_to_next: null }, false);
        write(part.note, '');
        part.box.disabled = false;
        part.bar.hidden = !part.box.value;
        part.start.hidden = true;
    }

    function tick(now) {
        let news = false;
        for (const entry of chat.outbox.values()) {
            if (entry.late || (now - entry.since < UNCONFIRMED && now >= entry.since)) continue;
            entry.late = news = true;
            sign(entry);
        }
        if (!news) return;
        follow();
        // What is said of the whole page is announced already.
        if (!part.offline.textContent && !part.alert.textContent && !chat.over) write(part.live, word('delayed'));
    }

    function receive(theirs, event) {
        const data = JSON.parse(event.data);
        const ego = data.live_method_payload && data.live_method_payload.ego;
        if (ego) {
            if (Object.hasOwn(on, ego.t)) on[ego.t](ego);
            return;
        }
        if (data.otree_success === false) failed();
        theirs.call(liveSocket, event);
    }

    function start() {
        if (typeof liveSocket === 'undefined') {
            part.start.textContent = 'This chat needs a live_method: give its Page class the one of otree_ego.';
            return;
        }
        texts = document.querySelectorAll('[data-ego-word]');
        buttons = document.querySelectorAll('[data-ego-do]'); // also those that a page has outside of the chat
        chat.words = { offline: part.offline.dataset.text }; // all others come with the first state
        recall();
        line = window.otreeEgoConnection(liveSocket, { ping: () => send({ do: 'ping' }), tick });
        // Our payloads must not reach a liveRecv that was written for others, and must arrive even if it fails.
        liveSocket.onmessage = receive.bind(null, liveSocket.onmessage);
        liveSocket.addEventListener('open', connected);
        liveSocket.addEventListener('close', lost);
        window.addEventListener('beforeunload', () => { chat.left = Date.now(); });
        if (liveSocket.readyState === WebSocket.OPEN) connected();

        part.box.addEventListener('input', () => { grow(); keep(); });
        part.box.addEventListener('keydown', (event) => {
            // 229: some browsers end a composition before they tell of its Enter.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            say();
        });
        part.send.addEventListener('click', say);
        for (const button of buttons) button.addEventListener('click', press);
        part.more.addEventListener('click', () => {
            part.log.scrollTop = part.log.scrollHeight;
            part.log.focus({ preventScroll: true });
        });
        part.log.addEventListener('scroll', () => {
            chat.pinned = part.log.scrollHeight - part.log.scrollTop - part.log.clientHeight < BOTTOM;
            if (chat.pinned) part.more.hidden = true;
        }, { passive: true });
        new ResizeObserver(follow).observe(part.log);
        const view = window.visualViewport;
        if (view) view.addEventListener('resize', () => {
            root.style.setProperty('--ego-view', `${Math.round(view.height * view.scale)}px`);
            if (document.activeElement === part.box) root.scrollIntoView({ block: 'end' });
        });
    }

    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
    else start();
})();
