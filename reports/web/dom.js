/* dom.js: elements. Every text of a report comes from a stranger: it reaches the page as a text
 * node or an attribute's value, never as markup.
 * SPDX-License-Identifier: MIT
 */
const SVG = "http://www.w3.org/2000/svg";

function append(element, children) {
    for (const child of children.flat(Infinity))
        if (child !== null && child !== undefined && child !== false)
            element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    return element;
}

/* `attributes` are ours, names and all; `on` holds listeners, `vars` custom properties. */
function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "on")
            for (const [event, listener] of Object.entries(value))
                element.addEventListener(event, listener);
        else if (name === "vars")
            for (const [property, text] of Object.entries(value))
                element.style.setProperty(property, text);
        else
            element.setAttribute(name, value === true ? "" : String(value));
    }
    return append(element, children);
}

function h(name, attributes, ...children) {
    return fill(document.createElement(name), attributes, children);
}

function s(name, attributes, ...children) {
    return fill(document.createElementNS(SVG, name), attributes, children);
}

/* A cell is a text, a node, or {content, class}. The first one of a row is its header. */
function cell(name, content, column) {
    const own = content !== null && typeof content === "object" && !(content instanceof Node) &&
                        !Array.isArray(content)
                    ? content
                    : {content};
    const classes =
        [ column.number && "number", column.class, own.class ].filter(Boolean).join(" ");
    return h(name, {class : classes || null, scope : name === "th" ? "row" : null}, own.content);
}

function headCell(column) {
    return h("th",
             {scope : "col", class : column.number ? "number" : column.class, title : column.about},
             column.title);
}

/* `columns`: [{title, number, class, about}]; `rows`: lists of cells, or {cells, class}. It scrolls
 * sideways within itself. The caption is for those who cannot see what stands around it, and for
 * paper. */
function table(caption, columns, rows, options) {
    const body = h("tbody", {}, rows.map((row) => {
        const own = Array.isArray(row) ? {cells : row} : row;
        return h("tr", {class : own.class},
                 own.cells.map((content, i) => cell(i === 0 ? "th" : "td", content, columns[i])));
    }));
    const whole =
        h("table", {class : options && options.class}, h("caption", {class : "unseen"}, caption),
          h("thead", {}, h("tr", {}, columns.map(headCell))), body);
    return h("div", {class : "scroll", "data-label" : caption}, whole);
}

/* What is wider than its place can be reached by keyboard; what is not is no stop on the way. */
function settleScrollers() {
    for (const box of document.querySelectorAll(".scroll")) {
        const scrolls = box.scrollWidth > box.clientWidth + 1;
        for (const [name, value] of [[ "tabindex", "0" ], [ "role", "group" ],
                                     [ "aria-label", box.dataset.label ]])
            if (scrolls)
                box.setAttribute(name, value);
            else
                box.removeAttribute(name);
    }
}

/* What is seldom wanted is made when it is asked for. */
function lazily(summary, make) {
    const details = h("details", {class : "more"}, h("summary", {}, summary));
    const open = () => {
        if (!details.open) return;
        details.removeEventListener("toggle", open);
        append(details, [ make() ]);
    };
    details.addEventListener("toggle", open);
    return details;
}

/* Of what is long the first `most`, and the rest when it is asked for; `make` draws a part. */
function inPart(list, most, make) {
    const more = list.length - most;
    if (more <= 0) return make(list);
    const rest = lazily(`and ${count(more)} more`, () => make(list.slice(most)));
    rest.classList.add("rest");
    return [ make(list.slice(0, most)), rest ];
}

/* Clipboards are not there for every page; then the text is at least selected. */
async function copy(text, element) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const range = document.createRange();
        range.selectNodeContents(element);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return document.execCommand("copy");
    }
}

/* A command, with a button that copies it. */
function command(text, label) {
    const code = h("code", {}, text);
    const button =
        h("button", {type : "button", class : "plain", "aria-label" : `Copy: ${label}`}, "Copy");
    button.addEventListener("click", async () => {
        button.textContent = await copy(text, code) ? "Copied" : "Selected";
        setTimeout(() => { button.textContent = "Copy"; }, 1600);
    });
    return h("div", {class : "command"}, h("span", {class : "prompt", "aria-hidden" : "true"}, "$"),
             code, button);
}

function mark(style) {
    const marks = {good : "✓", bad : "✗", doubt : "?", muted : "–"};
    return h("span", {class : `mark ${style}`, "aria-hidden" : "true"}, marks[style]);
}

/* A bar for `portion` of a whole. */
function meter(portion, ink) {
    if (!(portion > 0)) return h("span", {class : "meter", "aria-hidden" : "true"});
    return h("span", {
        class : `meter fill-${ink}`,
        "aria-hidden" : "true",
        vars : {"--long" : `${Math.max(1, 100 * portion)}%`}
    });
}

/* A table without numbers: what is called what. Unknown things are left out. */
function facts(pairs) {
    const shown = pairs.filter((pair) => pair && isShown(pair[1]));
    return shown.length ? h("dl", {class : "facts"},
                            shown.map(([ name, value ]) =>
                                          h("div", {}, h("dt", {}, name), h("dd", {}, value))))
                        : null;
}

function isShown(value) {
    return value !== null && value !== undefined && value !== "" && value !== DASH;
}
