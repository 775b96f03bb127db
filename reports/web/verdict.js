/* verdict.js: the report of `ab` and `compare` (respawn.verdict/1): is B slower than A?
 * SPDX-License-Identifier: MIT
 */
const WORD_STYLES = {
    regression : "bad",
    identical : "good",
    "no regression seen" : "good",
    "no regression" : "good",
    suspect : "doubt",
    inconclusive : "doubt",
    "not measured" : "doubt"
};

function statusStyle(status) {
    return status === 0 ? "good" : status === 4 || status === 7 ? "doubt" : "bad";
}

/* How much slower B was, of a pair or a session, as the program says; null: not known. */
function slowdownOf(metric, row) {
    return (row.slowdown || {})[metric.name] ?? null;
}

/* A value of the metric. Counts and shares both have the unit 1. */
function valueOf(metric, value) {
    return inUnit(value, metric.kind === "ratio" ? "share" : metric.unit);
}

/* Few pairs give a middle and no ends. */
function hasEnds(metric) {
    const {low, high} = metric.slowdown || {};
    return Number.isFinite(low) && Number.isFinite(high);
}

/* ------------------------------------------------------------------ intervals */

const FOREST = {
    width : 260,
    height : 26,
    pad : 8
};

class Forest {
    constructor(data) {
        const ends = data.metrics.filter((metric) => metric.slowdown)
                         .flatMap(({slowdown : {low, middle, high}}) => [low, middle, high])
                         .filter(Number.isFinite);
        this.threshold = data.threshold;
        this.low = Math.max(-1, Math.min(-this.threshold, ...ends) * 1.1);
        this.high = Math.min(3, Math.max(this.threshold * 1.5, ...ends) * 1.1);
    }

    x(value) {
        const inner = FOREST.width - 2 * FOREST.pad;
        const portion = (value - this.low) / (this.high - this.low);
        return FOREST.pad + inner * Math.min(1, Math.max(0, portion));
    }

    rule(value, name) {
        return s("line", {
            class : `rule ${name}`,
            x1 : this.x(value),
            x2 : this.x(value),
            y1 : 0,
            y2 : FOREST.height
        });
    }

    picture(metric, style) {
        const {low, middle, high} = metric.slowdown || {}, y = FOREST.height / 2;
        return s("svg", {
            class : `forest ${style}`,
            width : FOREST.width,
            height : FOREST.height,
            viewBox : `0 0 ${FOREST.width} ${FOREST.height}`,
            "aria-hidden" : "true"
        },
                 this.rule(0, "zero"), this.rule(this.threshold, "threshold"),
                 hasEnds(metric)
                     ? s("line",
                         {class : "interval", x1 : this.x(low), x2 : this.x(high), y1 : y, y2 : y})
                     : null,
                 metric.slowdown
                     ? s("circle", {class : "middle", cx : this.x(middle), cy : y, r : 4.5})
                     : null);
    }
}

function intervalWords(metric) {
    if (!hasEnds(metric)) return DASH;
    return `${slowdown(metric.slowdown.low)} … ${slowdown(metric.slowdown.high)}`;
}

function gatesTable(data) {
    const forest = new Forest(data);
    const columns = [
        {title : "Gate"}, {title : data.a.name, number : true},
        {title : data.b.name, number : true}, {title : "slower by", number : true},
        {title : "sure to lie in", number : true},
        {title : `0 and ${slowdown(data.threshold)}`, class : "wide"}, {title : "verdict"}
    ];
    return table(
        "Gates: both sides, the slowdown and its interval", columns, data.metrics.map((metric) => {
            const style = WORD_STYLES[metric.word] || "muted";
            return [
                [
                    h("code", {}, metric.name),
                    metric.decides ? null : h("small", {}, "does not decide"),
                    metric.note ? h("small", {}, metric.note) : null
                ],
                valueOf(metric, metric.a), valueOf(metric, metric.b),
                h("b", {}, metric.slowdown ? slowdown(metric.slowdown.middle) : DASH),
                intervalWords(metric), forest.picture(metric, style), {
                    content : [
                        h("b", {}, metric.word),
                        metric.slowdown
                            ? h("small", {},
                                `${metric.slowdown.method}, ${
                                    plural(metric.slowdown.pairs || metric.slowdown.sessions,
                                           metric.slowdown.pairs ? "pair" : "session")}`)
                            : null
                    ],
                    class : style
                }
            ];
        }),
        {class : "gates"});
}

/* ------------------------------------------------------------------ pairs */

/* Where it was looked, the threshold, and the interval that was found. */
function lookMarks(data, metric) {
    return {
        hooks : {
            drawAxes : (plot) => {
                const {ctx, bbox} = plot, ratio = devicePixelRatio || 1;
                const across = (value, name) => {
                    ctx.fillStyle = colour(name);
                    ctx.fillRect(bbox.left, Math.round(plot.valToPos(value, "y", true)), bbox.width,
                                 ratio);
                };
                const {low, high} = metric.slowdown || {};
                ctx.save();
                ctx.beginPath();
                ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
                ctx.clip();
                if (hasEnds(metric)) {
                    const top = plot.valToPos(high, "y", true),
                          bottom = plot.valToPos(low, "y", true);
                    ctx.fillStyle = colour("accent-fill");
                    ctx.fillRect(bbox.left, top, bbox.width, Math.max(ratio, bottom - top));
                }
                across(0, "muted");
                across(data.threshold, "bad");
                ctx.fillStyle = colour("line");
                for (const look of data.looks || [])
                    ctx.fillRect(Math.round(plot.valToPos(look + 0.5, "x", true)), bbox.top, ratio,
                                 bbox.height);
                ctx.restore();
            }
        }
    };
}

function pairRange(data, metric, values) {
    const {low, high} = metric.slowdown || {};
    const known = [...values, low, high, 0, data.threshold ]
                      .filter(Number.isFinite)
                      .map((value) => Math.min(5, value));
    const least = Math.min(...known), most = Math.max(...known),
          room = (most - least) * 0.08 || 0.01;
    return [ least - room, most + room ];
}

/* What is far off stands on the edge. */
function pairChart(cursor, data, metric) {
    const places = data.pairs.map((pair) => pair.n);
    const values = data.pairs.map((pair) => slowdownOf(metric, pair));
    const [low, high] = pairRange(data, metric, values);
    const of = (order) => values.map((value, i) => data.pairs[i].order !== order || value === null
                                                       ? null
                                                       : Math.min(high, Math.max(low, value)));
    const dots = (name, hollow) => ({
        paths : () => null,
        stroke : colour(name),
        points : {
            show : true,
            size : 7,
            stroke : colour(name),
            width : 1.5,
            fill : hollow ? colour("paper") : colour(name)
        }
    });
    return new Chart(
        150,
        () => ({
            options : cursor.options("pairs", {
                scales : {
                    x : {time : false, range : [ 0.5, places[places.length - 1] + 0.5 ]},
                    y : {range : () => [low, high]}
                },
                axes : [
                    xAxis({
                        values : (plot, at) => at.map((n) => Number.isInteger(n) ? String(n) : "")
                    }),
                    yAxis(slowdown)
                ],
                series : [ {}, dots("accent", false), dots("accent", true) ],
                plugins : [ lookMarks(data, metric) ],
            }),
            data : [ places, of("AB"), of("BA") ],
        }));
}

function pairsTable(data) {
    const columns = [ {title : "n", number : true}, {title : "order"}, {title : "seed"} ].concat(
        data.metrics.flatMap((metric) => [{title : `${metric.name} ${data.a.name}`, number : true},
                                          {title : data.b.name, number : true},
                                          {title : "slower by", number : true}]));
    return table("Every pair", columns,
                 data.pairs.map((pair) => [pair.n, pair.order, h("code", {}, pair.seed),
                                           ...data.metrics.flatMap((metric) => {
                                               return [
                                                   valueOf(metric, pair.a[metric.name]),
                                                   valueOf(metric, pair.b[metric.name]),
                                                   slowdown(slowdownOf(metric, pair))
                                               ];
                                           })]));
}

function pairsSection(data) {
    const pairs = data.pairs || [],
          shown = data.metrics.filter((metric) =>
                                          pairs.some((pair) => slowdownOf(metric, pair) !== null));
    if (!pairs.length || !shown.length) return null;
    const cursor = new Cursor("Pair", pairs.map((pair) => pair.n), (index) => {
        const pair = pairs[index];
        return [
            `pair ${pair.n}, ${pair.order}`,
            ...shown.map((metric) => `${metric.name} ${slowdown(slowdownOf(metric, pair))}`),
            `seed ${pair.seed}`
        ];
    });
    shown.forEach((metric) => cursor.add(`${metric.name}: how much slower ${data.b.name} was`,
                                         pairChart(cursor, data, metric)));
    return section(
        "pairs", "Pairs",
        h("p", {class : "lede"}, plural(pairs.length, "pair"),
          data.looks && data.looks.length ? `, looked at after ${data.looks.join(", ")}` : null,
          data.dropped_pairs
              ? `; the first ${
                    data.dropped_pairs === 1 ? "one was" : `${data.dropped_pairs} were`} dropped`
                                                         : null),
        figure("How much slower B was, pair by pair", cursor.readout, cursor.slider),
        note("A full dot: A ran first. A ring: B did. The band is the interval, ",
             "the red line the threshold, each upright line a look."),
        lazily("Every pair as a table", () => pairsTable(data)));
}

/* ------------------------------------------------------------------ sessions */

function sessionsSection(data) {
    const sessions = data.sessions || [];
    if (!sessions.length) return null;
    const columns = [ {title : "Session"}, {title : "started"} ].concat(
        data.metrics.map((metric) => ({title : metric.name, number : true})));
    const rows = sessions.map(
        (one, i) => ({
            class : i === sessions.length - 1 ? "judged" : null,
            cells : [
                [
                    h("code", {}, one.source || DASH),
                    i === sessions.length - 1 ? h("small", {}, "this one is judged") : null
                ],
                one.started_at || DASH, ...data.metrics.map((metric) => sessionCell(metric, one))
            ]
        }));
    return section("sessions", "Sessions", sessionCharts(data, sessions),
                   table("Sessions", columns, rows),
                   note(`Below each number: how much slower than ${data.a.name}.`));
}

/* Its number, and how much slower that is than what the base comes to. */
function sessionCell(metric, session) {
    const slower = slowdownOf(metric, session);
    return [
        valueOf(metric, session.values[metric.name]),
        slower === null ? null : h("small", {}, slowdown(slower))
    ];
}

function sessionCharts(data, sessions) {
    const places = sessions.map((one, i) => i + 1);
    const shown = data.metrics.filter(
        (metric) => sessions.some((one) => Number.isFinite(one.values[metric.name])));
    if (!shown.length || sessions.length < 2) return null;
    const cursor = new Cursor(
        "Session", places,
        (index) => [sessions[index].source || `session ${index + 1}`,
                    ...shown.map((metric) => `${metric.name} ${
                                     valueOf(metric, sessions[index].values[metric.name])}`)]);
    shown.forEach((metric) =>
                      cursor.add(metric.name, sessionChart(cursor, metric, sessions, places)));
    return figure("Sessions in order of time", cursor.readout, cursor.slider);
}

function sessionChart(cursor, metric, sessions, places) {
    const values = sessions.map(
        (one) => Number.isFinite(one.values[metric.name]) ? one.values[metric.name] : null);
    const last = values.length - 1, known = values.filter((value) => value !== null);
    const low = Math.min(...known), high = Math.max(...known),
          room = (high - low) * 0.15 || high * 0.05 || 1;
    const dots = (name, keep) => [values.map((value, i) => keep(i) ? value : null), {
        paths : () => null,
        points : {show : true, size : 8, width : 0, fill : colour(name), stroke : colour(name)}
    }];
    return new Chart(130, () => {
        const others = dots("muted", (i) => i !== last), judged = dots("accent", (i) => i === last);
        return {
            options : cursor.options("sessions", {
                scales : {
                    x : {time : false, range : [ 0.5, places.length + 0.5 ]},
                    y : {range : () => [low - room, high + room]}
                },
                axes : [
                    xAxis({
                        values : (plot, at) => at.map((n) => Number.isInteger(n) ? String(n) : "")
                    }),
                    yAxis((value) => valueOf(metric, value))
                ],
                series : [ {}, others[1], judged[1] ],
            }),
            data : [ places, others[0], judged[0] ],
        };
    });
}

/* ------------------------------------------------------------------ the report */

function sidesList(data) {
    return h("dl", {class : "sides"},
             [ data.a, data.b ].map(
                 (side) => h("div", {}, h("dt", {}, side.name),
                             h("dd", {}, h("code", {class : "wrap"}, side.what || DASH)))));
}

function verdictReport(data) {
    const style = statusStyle(data.status);
    const judged = data.metrics.filter((metric) => metric.slowdown && metric.decides);
    const notes = (data.notes || []).length
                      ? h("ul", {class : "notes", "aria-label" : "Notes"},
                          data.notes.map((text) => h("li", {class : "warning"}, text)))
                      : null;
    return [
        head({
            kind : data.sessions ? "compare" : "ab",
            title : data.scenario,
            style,
            verdict : data.verdict,
            why : data.why,
            figures : judged.map((metric) => ({
                                     name : metric.name,
                                     value : slowdown(metric.slowdown.middle),
                                     about : intervalWords(metric),
                                     style : WORD_STYLES[metric.word] === "bad" ? "bad" : null
                                 })),
            below : [ sidesList(data), notes ]
        }),
        section("gates", "Gates", data.metrics.length ? gatesTable(data) : null,
                data.how ? note(data.how) : null),
        pairsSection(data), sessionsSection(data)
    ];
}
