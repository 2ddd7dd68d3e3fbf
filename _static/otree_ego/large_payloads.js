/* What liveSend cannot send over oTree's WebSocket goes over HTTP; what is too large for that is refused, and the page says so. */
(function () {
    'use strict';

    if (window.otreeEgoPayloads || typeof liveSocket === 'undefined') return; // a page without a live method
    window.otreeEgoPayloads = true;
    const { text, most } = document.currentScript.dataset;
    const SOCKET = 900000; // bytes; the server's library closes a connection on which more than a megabyte comes
    const MOST = Number(most) || 20000000;
    const socketUrl = document.getElementById('otree-live').dataset.socketUrl;
    const encoder = new TextEncoder();

    function refused(bytes, why) {
        const detail = { bytes, most: MOST, why };
        // A page that shows it in its own way calls preventDefault.
        if (!document.dispatchEvent(new CustomEvent('ego:refused', { cancelable: true, detail }))) return;
        let note = document.getElementById('ego-refused');
        if (!note) {
            note = document.createElement('div');
            note.id = 'ego-refused';
            note.className = 'alert alert-danger';
            note.setAttribute('role', 'alert');
            note.dir = 'auto';
            const next = document.querySelector('.otree-btn-next');
            const form = document.querySelector('form') || document.body;
            if (next) (next.closest('p') || next).before(note);
            else form.append(note);
        }
        const mb = (number) => (number / 1e6).toFixed(1);
        note.textContent = text.replace('{size}', mb(bytes)).replace('{most}', mb(MOST));
    }

    const usual = window.liveSend;
    window.liveSend = function (message) {
        const json = JSON.stringify(message);
        const bytes = json.length > SOCKET / 3 ? encoder.encode(json).length : 0;
        if (bytes <= SOCKET) return usual(message);
        if (bytes > MOST) return refused(bytes, 'too_large');
        fetch(`/otree_ego/live?${socketUrl.split('?')[1]}`, {
            method: 'POST', body: json, credentials: 'same-origin',
            headers: { 'Content-Type': 'application/json', 'X-Otree-Ego': 'live' },
        }).then((answer) => {
            if (!answer.ok) refused(bytes, answer.status === 413 ? 'too_large' : 'not_taken');
        }, () => refused(bytes, 'not_sent'));
        return undefined;
    };
})();
