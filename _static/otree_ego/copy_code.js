"use strict";
// The button beside a completion code.
(function () {
    const button = document.getElementById("ego-copy"), code = document.getElementById("ego-code");

    function select() {
        const range = document.createRange();
        range.selectNodeContents(code);
        const selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
    }

    button.addEventListener("click", async function () {
        let copied = false;
        try {
            await navigator.clipboard.writeText(code.textContent);
            copied = true;
        } catch (error) {  // no https, or not allowed
            select();
            copied = document.execCommand("copy");
        }
        if (copied) {
            button.textContent = button.dataset.copied;
            document.getElementById("ego-copied").textContent = button.dataset.copied;
        }
    });
})();
