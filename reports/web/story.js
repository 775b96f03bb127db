/* story.js: what happened, event by event: a lane for each role, and a list, to be stepped through.
 * SPDX-License-Identifier: MIT
 */
const LANES_MOST = 12; /* more lanes, or more events, are no picture */
const LANES_EVENTS = 48;
const LANE = {
    left : 190,
    right : 14,
    top : 22,
    height : 24
};
const STEPS = 760; /* pixels for all events, while they are few */

/* What begins, what ends, what strikes: the words are those of scenarios/engine/checking.c. */
const EVENT_STYLES = [
    [ /^(ends|is dead|does not start|gives up|is not started)/, "bad" ],
    [ /^(is hit)/, "doubt" ],
    [ /^(is started|can be reached|answers)/, "good" ],
];

/* "t=4.000010s tables/game-17#2 is started": when, who, what. Other texts are all `what`. */
function parseEvent(text) {
    const found = /^t=(-?[\d.]+)s (?:([^\s#]+)#(\d+) )?([^]*)$/.exec(text);
    if (!found) return {at : null, role : null, who : null, what : text, style : "muted"};
    const [, at, role, incarnation, what] = found;
    const style = EVENT_STYLES.find(([ pattern ]) => pattern.test(what));
    return {
        at,
        role : role || null,
        who : role ? `${role}#${incarnation}` : null,
        what,
        style : role && style ? style[1] : "muted"
    };
}

function lanesOf(events) {
    return [...new Set(events.map((event) => event.role).filter(Boolean)) ];
}

function clipped(text, most) {
    return text.length > most ? `…${text.slice(1 - most)}` : text;
}

class Story {
    constructor(name, texts) {
        this.name = name;
        this.events = texts.map(parseEvent);
        this.items = this.events.map((event) => this.item(event));
        this.dots = [];
        this.wide = Math.min(56, Math.max(18, Math.floor(STEPS / Math.max(1, texts.length))));
        this.at = -1;
    }

    item(event) {
        return h("li", {class : event.style},
                 event.at === null ? null : h("time", {}, `${event.at}${GAP}s`),
                 event.who ? h("code", {}, event.who) : null, event.who ? " " : null, event.what);
    }

    dot(event, i, lanes) {
        const x = LANE.left + (i + 0.5) * this.wide;
        const y = LANE.top + (lanes.indexOf(event.role) + 0.5) * LANE.height;
        const dot = s("circle", {cx : x, cy : y, r : 4.5, class : `dot ${event.style}`});
        this.dots[i] = dot;
        return dot;
    }

    lanes() {
        const lanes = lanesOf(this.events);
        if (!lanes.length || lanes.length > LANES_MOST || this.events.length > LANES_EVENTS)
            return null;
        const width = LANE.left + this.events.length * this.wide + LANE.right;
        const height = LANE.top + lanes.length * LANE.height + 4;
        const rows = lanes.map((role, i) => {
            const y = LANE.top + (i + 0.5) * LANE.height;
            return [
                s("line",
                  {class : "lane", x1 : LANE.left, x2 : width - LANE.right, y1 : y, y2 : y}),
                s("text",
                  {class : "lane-name", x : LANE.left - 10, y : y + 4, "text-anchor" : "end"},
                  clipped(role, 26))
            ];
        });
        this.hand = s(
            "rect",
            {class : "hand", x : LANE.left, y : 2, width : this.wide, height : height - 4, rx : 3});
        return h("div", {class : "scroll", "data-label" : `${this.name}, as lanes`},
                 s("svg", {
                     class : "lanes",
                     width,
                     height,
                     viewBox : `0 0 ${width} ${height}`,
                     "aria-hidden" : "true"
                 },
                   this.hand, rows,
                   this.events.map((event, i) => event.role ? this.dot(event, i, lanes) : null)));
    }

    go(step) {
        this.at = Math.min(this.events.length - 1, Math.max(0, step));
        this.items.forEach((item, i) => i === this.at ? item.setAttribute("aria-current", "step")
                                                      : item.removeAttribute("aria-current"));
        this.dots.forEach((dot, i) => dot.classList.toggle("now", i === this.at));
        if (this.hand) this.hand.setAttribute("x", LANE.left + this.at * this.wide);
        const event = this.events[this.at];
        this.status.textContent = `${this.at + 1} of ${this.events.length}: ${
            event.who ? `${event.who} ` : ""}${event.what}`;
        /* Not really disabled, which would take the focus away. */
        this.back.setAttribute("aria-disabled", String(this.at === 0));
        this.next.setAttribute("aria-disabled", String(this.at === this.events.length - 1));
    }

    controls() {
        this.back = h("button",
                      {type : "button", class : "plain", on : {click : () => this.go(this.at - 1)}},
                      "← Back");
        this.next = h("button",
                      {type : "button", class : "plain", on : {click : () => this.go(this.at + 1)}},
                      "Next →");
        this.status = h("p", {class : "step", role : "status"});
        return h("div",
                 {class : "controls", role : "group", "aria-label" : `Step through: ${this.name}`},
                 this.back, this.next, this.status);
    }

    element() {
        if (!this.events.length) return null;
        const all =
            h("div", {class : "story"}, this.controls(), this.lanes(), h("ol", {}, this.items));
        this.go(0);
        return all;
    }
}
