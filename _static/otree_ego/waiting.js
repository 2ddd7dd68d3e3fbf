/* The page on which a participant waits for a model: goes on by itself, also when its connection died without a word. */
(function () {
    'use strict';

    const TICK = 1000; // milliseconds, as all here
    const CHECK = 20000; // how often the server is asked whether the page is still to be shown, and up to a half longer
    const SOON = 2000; // the same while it cannot be reached, and up to MOST
    const MOST = 15000;
    const ANSWER = 6000; // an answer takes no longer, unless the connection is dead or the server slow: then up to SLOW
    const SLOW = 30000;
    const QUICK = 3; // so many tries before a server is thought to be slow: a browser keeps several connections
    const LATE = 5000; // a tick that is later than this: the machine slept, or the browser has throttled the page

    const line = document.getElementById('ego-waiting');
    let last = Date.now();
    let due = later(CHECK);
    let failures = 0;
    let asking = null; // the request that is under way

    function later(wait) {
        return Date.now() + wait * (1 + Math.random() / 2);
    }

    /* oTree tells a page by its socket that it is over, and it loads anew: into a browser's error page if the network is
    away just then. So the page is loaded anew only when the server has said that there is something else to show. */
    async function check() {
        if (asking) return;
        const request = asking = new AbortController();
        const limit = setTimeout(() => request.abort(), Math.min(SLOW, ANSWER * 2 ** Math.max(0, failures - QUICK)));
        let reached = false;
        let same = false;
        try {
            // A page that is over redirects. The address without its query: `?again=1` would ask the model again.
            const response = await fetch(location.pathname, {
                cache: 'no-store', redirect: 'manual', signal: request.signal,
            });
            reached = response.ok || response.type === 'opaqueredirect';
            same = response.ok && (await response.text()).includes('id="ego-waiting"');
        } catch {
            reached = false;
        }
        clearTimeout(limit);
        if (asking !== request) return; // it was given up
        asking = null;
        if (reached && !same) {
            location.reload();
            return;
        }
        failures = reached ? 0 : failures + 1;
        due = later(reached ? CHECK : Math.min(MOST, SOON * failures));
        const text = reached ? '' : line.dataset.offline;
        if (line.textContent !== text) line.textContent = text;
    }

    // The network has changed, or somebody looks at the page again: what was asked before says nothing.
    function wake() {
        if (asking) asking.abort();
        asking = null;
        check();
    }

    window.addEventListener('online', wake);
    window.addEventListener('offline', wake);
    window.addEventListener('pageshow', (event) => { if (event.persisted) wake(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
    setInterval(() => {
        const now = Date.now();
        const late = now - last > LATE || now < last;
        last = now;
        if (late && !document.hidden) wake();
        else if (now >= due) check();
    }, TICK);
})();
