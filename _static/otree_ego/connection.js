/* Whether a live connection still carries what is sent. A network can drop one without a word: both sides see it open. */
(function () {
    'use strict';

    const TICK = 1000; // milliseconds, as all here
    const IDLE = 20000; // the server is asked after so long without an answer from it
    const PING = 5000; // an answer to that takes no longer, unless the connection is dead
    const WORK = 8000; // the same for what the server has to work on
    const MOST = 60000; // a server that is only slow is left more and more time, up to this
    const LATE = 5000; // a tick that is later than this: the machine slept, or the browser has throttled the page

    /* Watches a ReconnectingWebSocket and makes it anew when a question stays without an answer.

    ping: asks the server for a sign of life. tick: called about once a second, with the time. */
    window.otreeEgoConnection = function (socket, { ping, tick }) {
        const questions = new Map(); // what was asked, and when
        let heard = Date.now(); // the last answer
        let last = Date.now(); // the last tick
        let spared = false; // whether time was given once more after a late tick
        let patience = 1;
        let over = false;

        const open = () => socket.readyState === WebSocket.OPEN;

        // Call it when something is sent that the server answers.
        function asked(what) {
            if (open() && !questions.has(what)) questions.set(what, Date.now());
        }

        // Call it with what an answer was to; without an argument if the server has failed at all of it.
        function answered(what) {
            if (what === undefined) questions.clear();
            else if (!questions.delete(what)) return;
            heard = Date.now();
            patience = 1;
            spared = false;
        }

        function probe() {
            if (!open() || questions.has('ping')) return;
            asked('ping');
            ping();
        }

        function check() {
            const now = Date.now();
            const late = now - last > LATE || now < last;
            last = now;
            if (open()) watch(now, late);
            tick(now);
        }

        function watch(now, late) {
            if (!questions.size) {
                if (!over && (late || now - heard >= IDLE || now < heard)) probe();
                return;
            }
            if (late && !spared) { // what was sent before the machine slept says nothing
                spared = true;
                for (const what of questions.keys()) questions.set(what, now);
                probe();
                return;
            }
            const only = questions.size === 1 && questions.has('ping');
            const wait = Math.min(MOST, (only ? PING : WORK) * patience);
            if (!late && now - Math.min(...questions.values()) < wait) return;
            patience *= 2 + Math.random() / 2; // not all pages at once
            spared = false;
            questions.clear();
            socket.reconnect();
        }

        // The network has changed, or somebody looks at the page again.
        function wake() {
            if (open()) probe();
            else if (socket.readyState === WebSocket.CLOSED) socket.reconnect();
        }

        socket.addEventListener('close', () => questions.clear());
        window.addEventListener('online', wake);
        window.addEventListener('offline', wake);
        window.addEventListener('pageshow', (event) => { if (event.persisted) wake(); });
        document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
        setInterval(check, TICK);
        // A page that is over has nothing to ask, until somebody looks at it again.
        return { asked, answered, probe, rest: (yes) => { over = yes; } };
    };
})();
