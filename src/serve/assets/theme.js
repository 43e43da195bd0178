/* Light or dark: the system's choice until the button is pressed, then what was pressed. A plain
 * script in the head, so that the first paint is the right one. */
'use strict';
(() => {
    const root = document.documentElement;
    const remembered = () => {
        try { return localStorage.getItem('theme'); } catch { return null; }
    };
    const isDark = () =>
        (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) === 'dark';
    const theme = remembered();
    if (theme === 'dark' || theme === 'light')
        root.dataset.theme = theme;

    document.addEventListener('DOMContentLoaded', () => {
        const button = document.getElementById('theme');
        const label = () =>
            button.setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark');
        label();
        button.addEventListener('click', () => {
            root.dataset.theme = isDark() ? 'light' : 'dark';
            try { localStorage.setItem('theme', root.dataset.theme); } catch { /* not remembered */ }
            label();
        });
    });
})();
