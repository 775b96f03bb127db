/* shell.js: what every report has: a head with the verdict, sections with their links, figures.
 * SPDX-License-Identifier: MIT
 */
const STYLES = {
    passed : "good",
    failed : "bad",
    inconclusive : "doubt",
    skipped : "muted",
    aborted : "bad",
    timed_out : "bad",
    interrupted : "bad"
};

const FINDINGS_SHOWN = 20; /* at once: each is a story with its events */

/* Of a verdict, or of the status that stands in its place. Nobody knows what untrusted is. */
function styleOf(verdict) {
    return STYLES[verdict] || "doubt";
}

function verdictCell(verdict) {
    const style = styleOf(verdict);
    return {content : [ mark(style), verdict.replace("_", " ") ], class : `verdict-cell ${style}`};
}

/* Of what has to happen sometimes: `unless` says what it means that it did not. */
function seenCell(seen, unless) {
    return seen ? {content : [ mark("good"), "seen" ], class : "good"} : unless;
}

/* A section without content is none. */
function section(id, title, ...body) {
    const content = body.flat(Infinity).filter((part) => part instanceof Node);
    if (!content.length) return null;
    return h("section", {id, "aria-labelledby" : `${id}-title`},
             h("h2", {id : `${id}-title`}, h("a", {href : `#${id}`}, title)), content);
}

function heading(text) {
    return h("h3", {}, text);
}

function note(...text) {
    return h("p", {class : "note"}, text);
}

function figure(label, ...body) {
    return h("figure", {"aria-label" : label}, body);
}

/* The lines of a chart by name, with how they are drawn. */
function legend(items) {
    return h("ul", {class : "legend"},
             items.map((item) => h("li", {}, swatch(item.colour, item.dash), item.name)));
}

function swatch(name, dash) {
    return s(
        "svg", {
            class : `swatch ink-${name}`,
            width : 22,
            height : 10,
            viewBox : "0 0 22 10",
            "aria-hidden" : "true"
        },
        s("line",
          {x1 : 1, y1 : 5, x2 : 21, y2 : 5, "stroke-dasharray" : dash ? dash.join(" ") : null}));
}

/* `parts`: kind, title, style, verdict, why, about, command,
 * figures: [{name, value, about, style}], below: nodes. */
function head(parts) {
    document.getElementById("kind").textContent = parts.kind;
    document.title = `${parts.title}: ${parts.verdict} – respawn ${parts.kind}`;
    return h("section", {class : "head", "aria-label" : "Verdict"}, h("h1", {}, parts.title),
             h("p", {class : `verdict ${parts.style}`}, mark(parts.style),
               h("strong", {}, parts.verdict),
               parts.why ? h("span", {class : "why"}, parts.why) : null),
             parts.about ? h("p", {class : "about"}, parts.about) : null,
             parts.command ? command(parts.command, "the command that repeats it") : null,
             parts.figures && parts.figures.length ? keyFigures(parts.figures) : null, parts.below);
}

function keyFigures(figures) {
    return h("dl", {class : "figures"},
             figures.filter(Boolean).map(
                 (one) => h("div", {}, h("dt", {}, one.name),
                            h("dd", {class : one.style || null}, one.value),
                            one.about ? h("dd", {class : "figure-about"}, one.about) : null)));
}

function fillNavigation(sections) {
    append(document.getElementById("nav"),
           [ h("ul", {},
               sections.map((one) => h("li", {},
                                       h("a", {href : `#${one.id}`},
                                         one.querySelector("h2").textContent)))) ]);
}

/* Marks the link of the section that is being read. */
function followReading(sections) {
    const links =
        new Map([...document.querySelectorAll("#nav a") ].map((a) => [a.hash.slice(1), a]));
    const observer = new IntersectionObserver((entries) => {
        for (const entry of entries) {
            const link = links.get(entry.target.id);
            if (!link || !entry.isIntersecting) continue;
            for (const other of links.values()) other.removeAttribute("aria-current");
            link.setAttribute("aria-current", "true");
        }
    }, {rootMargin : "-15% 0px -75% 0px"});
    sections.forEach((one) => observer.observe(one));
}
