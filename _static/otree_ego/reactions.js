/* Reactions beside a message of otree_ego's chat: those that stand, with how many have chosen each, and the choice. */
(function () {
    'use strict';

    function button(text, name, pressed) {
        const made = document.createElement('button');
        made.type = 'button';
        made.className = `ego-reaction ${name}`;
        made.textContent = text;
        if (pressed !== undefined) made.setAttribute('aria-pressed', String(pressed));
        return made;
    }

    /* Arguments: the element, all reactions of the chat, those that stand (see PROTOCOL.md), what the button that opens
       the choice is called, and what to do with the one that was chosen; with an empty one if it is taken back. */
    window.otreeEgoReactions = function (element, choice, standing, label, choose) {
        const focused = element.contains(document.activeElement) ? document.activeElement.dataset.reaction : undefined;
        const open = element.hasAttribute('data-open');
        const found = new Map(standing.map((one) => [one.reaction, one]));
        const made = choice.filter((reaction) => open || found.has(reaction)).map((reaction) => {
            const { n, mine, names } = found.get(reaction) || { n: 0, mine: false, names: '' };
            const one = button(n > 1 ? `${reaction} ${n}` : reaction, '', mine);
            one.dataset.reaction = reaction;
            if (names) one.title = names;
            one.addEventListener('click', () => {
                element.removeAttribute('data-open');
                choose(mine ? '' : reaction);
            });
            return one;
        });
        const more = button('+', 'ego-react');
        more.dataset.reaction = '';
        more.setAttribute('aria-label', label);
        more.setAttribute('aria-expanded', String(open));
        more.addEventListener('click', () => {
            element.toggleAttribute('data-open');
            window.otreeEgoReactions(element, choice, standing, label, choose);
        });
        element.replaceChildren(...made, more);
        if (focused === undefined) return;
        (made.find((one) => one.dataset.reaction === focused) || more).focus({ preventScroll: true });
    };
})();
