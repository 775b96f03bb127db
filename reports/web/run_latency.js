/* run_latency.js: how long restarts took, stage by stage: curves, their table, the slowest ones.
 * SPDX-License-Identifier: MIT
 */
const STAGES = [
    {name : "detected", about : "the runtime knows the death", dash : [ 1, 3 ]},
    {name : "noticed", about : "the supervisor took the exit", dash : [ 4, 3 ]},
    {name : "started", about : "the replacement's init returned", dash : [ 9, 3 ]},
    {name : "reachable", about : "its name or entry leads to it", dash : null},
    {name : "served", about : "it answered its first request", dash : [ 9, 3, 2, 3 ]},
];
const CURVE_POINTS = 240;
const SLOWEST_SHOWN = 20;

function stagesOf(result, labels) {
    return STAGES
        .map((stage) =>
                 ({...stage, distribution : result.distribution(`restart.${stage.name}`, labels)}))
        .filter((stage) => stage.distribution);
}

/* ------------------------------------------------------------------ curves */

/* The axis counts nines: 0 is the fastest, 1 is p90, 2 is p99. */
function portionAt(nines) {
    return 1 - 10 ** -nines;
}

function portionWords(nines) {
    const percent = portionAt(nines) * 100;
    return `p${Number(percent.toFixed(Math.max(0, Math.ceil(nines) - 1)))}`;
}

/* One place more than the nines that the largest sample has. */
function curvePlaces(stages) {
    const most = Math.max(...stages.map((stage) => stage.distribution.total), 10);
    const end = Math.log10(most);
    return Array.from({length : CURVE_POINTS + 2}, (unused, i) => end * i / CURVE_POINTS);
}

/* A sample of n says nothing beyond its n-th part: at the first place behind it stands the slowest
 * of the sample, and there the curve ends. */
function curveValue(stage, places, i) {
    if (!stage || i > 0 && places[i - 1] > Math.log10(stage.distribution.total) + 1e-9) return null;
    const value = stage.distribution.at(portionAt(places[i]));
    return Number.isFinite(value) ? Math.max(1, value) : null;
}

/* So few make no line that could be seen: dots where it begins and ends. */
function curvePoints(stage, column) {
    const last = column.filter((value) => value !== null).length - 1;
    if (!stage || last < 0 || stage.distribution.total >= 3 && last > 1) return {show : false};
    return {show : true, size : 7, fill : colour(stage.name), filter : () => [0, last]};
}

/* On a phone the median has no room beside the fastest. */
function nineWords(plot, at) {
    const room = plot.valToPos(at[1], "x") - plot.valToPos(at[0], "x");
    return at.map((nines, i) => i === 0                ? "fastest"
                                : i === 1 && room < 52 ? ""
                                                       : portionWords(nines));
}

class Curves {
    constructor(result) {
        this.result = result;
        this.stages = stagesOf(result);
        this.places = curvePlaces(this.stages);
        this.cursor = new Cursor("Percentile", this.places, (index) => this.tell(index));
        this.chart = this.cursor.add(null, new Chart(300, () => this.make()));
    }

    stage(name) {
        return this.stages.find((stage) => stage.name === name);
    }

    tell(index) {
        const nines = this.places[index];
        return [
            portionWords(nines), ...this.stages.map((stage) => {
                const value = stage.distribution.at(portionAt(nines));
                return `${stage.name} ${value === Infinity ? NEVER : duration(value)}`;
            })
        ];
    }

    make() {
        const places = this.places, end = places[places.length - 1];
        const columns = STAGES.map(
            (stage) => places.map((unused, i) => curveValue(this.stage(stage.name), places, i)));
        const splits = [ 0, Math.log10(2), 1, 2, 3, 4, 5, 6, 7 ].filter((nines) => nines <= end);
        return {
            options : this.cursor.options("curves", {
                scales : {x : {time : false, range : [ 0, end ]}, y : decades(columns.flat())},
                axes : [ xAxis({splits : () => splits, values : nineWords}), logAxis(duration) ],
                series : [
                    {}, ...STAGES.map((stage, i) => line(stage.name, {
                                          dash : stage.dash || undefined,
                                          width : stage.name === "reachable" ? 2.5 : 1.75,
                                          points : curvePoints(this.stage(stage.name), columns[i])
                                      }))
                ],
            }),
            data : [ places, ...columns ],
        };
    }

    choose(labels) {
        this.stages = stagesOf(this.result, labels);
        this.places = curvePlaces(this.stages);
        this.cursor.become(this.places);
        this.chart.draw();
    }
}

function stagesTable(result, labels) {
    const columns = quantileColumns("Stage").concat(
        {title : "never", number : true, about : "restarts that never came to this stage"});
    const rows =
        stagesOf(result, labels)
            .map(
                (stage) => [{
                    content :
                        [ swatch(stage.name, stage.dash), stage.name, h("small", {}, stage.about) ],
                    class : "stage"
                },
                            ...quantileCells(stage.distribution, duration), {
                                content : count(stage.distribution.unfinished),
                                class : stage.distribution.unfinished ? "bad" : null
                            }]);
    return table("Restart latency by stage, from the fault on", columns, rows);
}

/* Everything that restarts are told apart by, to look at one at a time. */
function choices(result) {
    const found = [...result.metrics.values() ].filter(
        (metric) => metric.name === "restart.reachable" && metric.bins &&
                    (Number(metric.count) || Number(metric.unfinished)));
    return found.map((metric) => metric.labels)
        .sort((a, b) => Object.keys(a).length - Object.keys(b).length);
}

function curvesFigure(result) {
    const curves = new Curves(result), all = choices(result);
    const place = h("div", {}, stagesTable(result));
    const select = h("select", {id : "restarts-of"},
                     all.map((labels, i) => h("option", {value : i}, labelWords(labels))));
    select.addEventListener("change", () => {
        curves.choose(all[Number(select.value)]);
        place.replaceChildren(stagesTable(result, all[Number(select.value)]));
        settleScrollers();
    });
    return [
        all.length > 1 ? h("p", {class : "choose"},
                           h("label",
                             {for: "restarts-of"
                             },
                             "Restarts: "),
                           select)
                       : null,
        figure("Restart latency by stage, as percentile curves on a logarithmic scale",
               curves.cursor.readout, curves.cursor.slider),
        place
    ];
}

/* ------------------------------------------------------------------ the slowest */

/* What of a restart is told: [name, from the fault on]. */
function stagesOfStrike(strike) {
    const known = [ "detected", "noticed", "started" ]
                      .map((name) => [name, strike[`${name}_ns`]])
                      .filter(([, ns ]) => isKnown(ns))
                      .map(([ name, ns ]) => [name, Number(ns)]);
    return strike.restart_ns === null ? known
                                      : [...known, [ "reachable", Number(strike.restart_ns) ] ];
}

function waterfallBar(strike, most) {
    const stages = stagesOfStrike(strike);
    const words = stages.map(([ name, ns ]) => `${name} ${duration(ns)}`);
    let from = 0;
    const parts = stages.map(([ name, ns ]) => {
        const part = h("span", {
            class : `part fill-${name}`,
            vars : {
                "--from" : `${100 * from / most}%`,
                "--long" : `${100 * Math.max(0, ns - from) / most}%`
            }
        });
        from = Math.max(from, ns);
        return part;
    });
    if (strike.restart_ns === null)
        parts.push(h("span", {
            class : "part fill-never",
            vars : {"--from" : `${100 * from / most}%`, "--long" : `${100 - 100 * from / most}%`}
        }));
    if (strike.restart_ns === null) words.push(NEVER);
    return h("span", {
        class : "waterfall",
        role : "img",
        "aria-label" : words.join(", "),
        title : words.join("\n")
    },
             parts);
}

function waterfallRows(result, strikes) {
    const most =
        Math.max(1, ...strikes.flatMap((strike) => stagesOfStrike(strike).map(([, ns ]) => ns)));
    return strikes.map((strike) => {
        const phase = result.phaseAt(strike.t_ns), never = strike.restart_ns === null;
        return [
            h("code", {}, strike.role ? `${strike.role}#${strike.incarnation}` : DASH),
            instant(strike.t_ns), phase ? phase.name : DASH, strike.fault,
            waterfallBar(strike, most),
            {content : never ? NEVER : duration(strike.restart_ns), class : never ? "bad" : null}
        ];
    });
}

function waterfallTable(result, strikes, caption) {
    const columns = [
        {title : "Role"}, {title : "at", number : true}, {title : "phase"}, {title : "fault"},
        {title : "from the fault until reachable", class : "wide"}, {title : "took", number : true}
    ];
    return table(caption, columns, waterfallRows(result, strikes), {class : "waterfalls"});
}

function slowestFigure(result) {
    const slowest = ((result.data.faults || {}).slowest ||
                     []).filter((strike) => strike.restart_ns !== undefined);
    if (!slowest.length) return null;
    const staged = slowest.some((strike) => isKnown(strike.started_ns));
    return [
        heading("The slowest restarts"),
        staged
            ? legend(STAGES.slice(0, 4).map((stage) => ({name : stage.name, colour : stage.name})))
            : null,
        waterfallTable(result, slowest.slice(0, SLOWEST_SHOWN),
                       "The slowest restarts, stage by stage"),
        slowest.length > SLOWEST_SHOWN
            ? lazily(`All ${slowest.length} that are kept`,
                     () => waterfallTable(result, slowest, "All kept restarts, slowest first"))
            : null
    ];
}

/* ------------------------------------------------------------------ the section */

function restartCounts(result) {
    const say = (name, one, many) => {
        const value = result.value(name);
        return value > 0 ? plural(value, one, many) : null;
    };
    const work = result.distribution("work.per_restart");
    const parts = [
        say("restart.count", "restart was due", "restarts were due"),
        say("restart.unfinished", "never finished", "never finished"),
        say("restart.unserved", "was never asked", "were never asked"),
        say("restart.not_due", "death not due a restart", "deaths not due a restart"),
        say("escalations", "supervisor gave up", "supervisors gave up"),
        work && work.max > 0
            ? `${plural(work.at(0.5), "step")} of work each (median), ${count(work.max)} at most`
            : null
    ];
    const known = parts.filter(Boolean);
    return known.length ? h("p", {class : "lede"}, known.join(" · ")) : null;
}

function latencySection(result) {
    if (!stagesOf(result).length)
        return section("restarts", "Restart latency", restartCounts(result));
    return section(
        "restarts", "Restart latency", restartCounts(result), curvesFigure(result),
        note("Each stage is a distance from the original fault. A restart that never came counts ",
             "as slower than every other; a curve ends where it would show them, or with the ",
             "slowest of the samples."),
        slowestFigure(result));
}
