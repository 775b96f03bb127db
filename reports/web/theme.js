/* theme.js: light or dark, as the system says or the button, and light on paper. What is drawn on a
 * canvas does not follow a stylesheet: who draws is told.
 * SPDX-License-Identifier: MIT
 */
const theme = {
    chosen : null, /* by the button */
    printing : false,
    listeners : [],
    system : matchMedia("(prefers-color-scheme: dark)"),

    isDark() {
        return !this.printing && (this.chosen ? this.chosen === "dark" : this.system.matches);
    },

    apply() {
        const dark = this.isDark();
        document.documentElement.dataset.theme = dark ? "dark" : "light";
        document.documentElement.toggleAttribute("data-printing", this.printing);
        document.getElementById("theme").setAttribute("aria-pressed", String(dark));
        for (const listener of this.listeners) listener();
    },

    print(begins) {
        if (this.printing === begins) return;
        this.printing = begins;
        this.apply();
    },

    start() {
        const print = matchMedia("print");
        this.printing = print.matches;
        document.getElementById("theme").addEventListener("click", () => {
            this.chosen = this.isDark() ? "light" : "dark";
            this.apply();
        });
        this.system.addEventListener("change", () => this.apply());
        print.addEventListener("change", () => this.print(print.matches));
        addEventListener("beforeprint", () => this.print(true));
        addEventListener("afterprint", () => this.print(false));
        this.apply();
    },
};

/* A colour of the stylesheet, for canvases. */
function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
