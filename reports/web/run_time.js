/* run_time.js: what happened when: throughput, failures, faults, latencies over one axis of time.
 * SPDX-License-Identifier: MIT
 */
const SLOWEST_FIRST = 1000; /* as many strikes as a result keeps of each kind */

/* The timeline as columns, in events per second, at the middles of its windows. */
function timelineOf(result) {
    const timeline = result.data.timeline;
    if (!timeline || !timeline.windows.length) return null;
    const seconds = timeline.window_ns / 1e9;
    const column = (name) => {
        const index = timeline.columns.indexOf(name);
        return timeline.windows.map((window) => Number(window[index]) / seconds);
    };
    const all = {seconds, places : timeline.windows.map((window, i) => (i + 0.5) * seconds)};
    for (const name of timeline.columns) all[name] = column(name);
    all.any = (name) => (all[name] || []).some((value) => value > 0);
    all.end = Math.max(result.end() / 1e9, timeline.windows.length * seconds);
    return all;
}

function timeCursor(result, timeline) {
    const tell = (index) => {
        const from = index * timeline.seconds, phase = result.phaseAt(from * 1e9);
        const whole = (name) => Math.round((timeline[name] || [])[index] * timeline.seconds);
        return [
            `${instant(from * 1e9)}${phase ? ` ${phase.name}` : ""}`,
            `${rate(timeline.answered[index])} calls`,
            ...(timeline.any("messages") ? [ `${rate(timeline.messages[index])} messages` ] : []),
            `${count(whole("failed"))} failed`, plural(whole("faults"), "fault"),
            plural(whole("restarts"), "restart")
        ];
    };
    return new Cursor("Time", timeline.places, tell);
}

function secondsAxis(shown) {
    return xAxis(shown ? {values : (plot, splits) => splits.map((second) => `${second} s`)}
                       : {size : 6, values : (plot, splits) => splits.map(() => "")});
}

/* The last of the charts has the seconds below it. */
function timeChart(cursor, result, timeline, more) {
    const chart = new Chart(
        more.height,
        () => ({
            options : cursor.options("time", {
                scales : {x : zoomable(more.data[0], 0, timeline.end), y : more.scale},
                axes : [
                    secondsAxis(cursor.charts[cursor.charts.length - 1] === chart),
                    more.scale.distr === 3 ? logAxis(more.format) : yAxis(more.format)
                ],
                series : [ {}, ...more.series() ],
                plugins :
                    [ phaseBands(result.data.phases || [], more.named), ...(more.plugins || []) ],
            }),
            data : more.data,
        }));
    return chart;
}

function line(name, more) {
    return {stroke : colour(name), width : 1.5, points : {show : false}, ...more};
}

function throughputChart(cursor, result, timeline) {
    return timeChart(cursor, result, timeline, {
        height : 190,
        named : true,
        format : rate,
        scale : linear(Math.max(...timeline.messages, ...timeline.answered)),
        data : [ timeline.places, timeline.messages, timeline.answered ],
        series :
            () => [line("muted", {width : 1, show : timeline.any("messages")}),
                   line("accent", {fill : colour("accent-fill"), show : timeline.any("answered")})],
    });
}

function barsChart(cursor, result, timeline, names, colours) {
    const bars = uPlot.paths.bars({size : [ 0.9, 40, 1 ], align : 0});
    return timeChart(cursor, result, timeline, {
        height : 96,
        format : rate,
        scale : linear(Math.max(...names.flatMap((name) => timeline[name]))),
        data : [ timeline.places, ...names.map((name) => timeline[name]) ],
        series : () =>
            names.map((name, i) => i === 0 && names.length === 1
                                       ? line(colours[i],
                                              {paths : bars, fill : colour(colours[i]), width : 0})
                                       : line(colours[i], {dash : i ? [ 5, 3 ] : undefined})),
    });
}

/* ------------------------------------------------------------------ latencies over time */

/* Strikes whose restarts are known, each once. The first and the slowest are kept, so between them
 * there may be none. */
function keptStrikes(result) {
    const faults = result.data.faults || {}, seen = new Set(), kept = [];
    for (const strike of [...(faults.first || []), ...(faults.slowest || [])]) {
        const key = [ strike.t_ns, strike.role, strike.incarnation, strike.fault ].join("\0");
        if (strike.restart_ns === undefined || seen.has(key)) continue;
        seen.add(key);
        kept.push(strike);
    }
    return kept.sort((a, b) => a.t_ns - b.t_ns);
}

/* Those that never came back stand on the upper edge. */
function neverMarks(strikes) {
    return {
        hooks : {
            draw : (plot) => {
                const {ctx, bbox} = plot, ratio = devicePixelRatio || 1;
                ctx.save();
                ctx.beginPath();
                ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
                ctx.clip();
                ctx.fillStyle = colour("bad");
                for (const strike of strikes)
                    ctx.fillRect(plot.valToPos(strike.t_ns / 1e9, "x", true) - ratio, bbox.top,
                                 2 * ratio, 9 * ratio);
                ctx.restore();
            }
        }
    };
}

/* `p50`, `p99` of a distribution in each phase. */
function levelsOf(result, name, ink) {
    const levels = [];
    for (const phase of result.data.phases || []) {
        const distribution = result.distribution(name, {phase : phase.name});
        for (const [portion, dash] of distribution ? [ [ 0.5, null ], [ 0.99, [ 5, 3 ] ] ] : []) {
            const value = distribution.at(portion);
            if (Number.isFinite(value)) levels.push({phase, value, colour : ink, dash});
        }
    }
    return levels;
}

function restartChart(cursor, result, timeline) {
    const strikes = keptStrikes(result);
    const back = strikes.filter((strike) => strike.restart_ns !== null);
    const levels = levelsOf(result, "restart.reachable", "reachable");
    const values = back.map((strike) => Math.max(1, Number(strike.restart_ns)));
    if (!strikes.length && !levels.length) return null;
    return timeChart(cursor, result, timeline, {
        height : 160,
        format : values.length || levels.length ? duration : () => "",
        scale : decades([...values, ...levels.map((level) => level.value) ]),
        data : [
            [ 0, ...back.map((strike) => strike.t_ns / 1e9), timeline.end ],
            [ null, ...values, null ]
        ],
        series : () => [{
            paths : () => null,
            stroke : colour("reachable"),
            points : {show : true, size : 3, width : 0, fill : colour("reachable-dot")}
        }],
        plugins : [
            phaseLevels(levels), neverMarks(strikes.filter((strike) => strike.restart_ns === null))
        ],
    });
}

function callLatencyName(result) {
    return result.distribution("calls.latency")               ? "calls.latency"
           : result.distribution("calls.latency_uncorrected") ? "calls.latency_uncorrected"
                                                              : null;
}

function callChart(cursor, result, timeline) {
    const name = callLatencyName(result), levels = name ? levelsOf(result, name, "accent") : [];
    if (!levels.length) return null;
    return timeChart(cursor, result, timeline, {
        height : 110,
        format : duration,
        scale : decades(levels.map((level) => level.value)),
        data : [ [ 0, timeline.end ], [ null, null ] ],
        series : () => [{paths : () => null, points : {show : false}}],
        plugins : [ phaseLevels(levels) ],
    });
}

/* ------------------------------------------------------------------ tables */

function phasesTable(result) {
    const columns = [
        {title : "Phase"}, {title : "length", number : true}, {title : "calls", number : true},
        {title : "messages", number : true}, {title : "failed", number : true},
        {title : "available", number : true}, {title : "restarts", number : true}
    ];
    const rows = (result.data.phases || []).map((phase) => {
        const labels = {phase : phase.name}, failed = result.value("calls.failed", labels);
        return [
            phase.name, duration(phase.end_ns - phase.start_ns),
            rate(result.value("calls.throughput", labels)),
            rate(result.value("messages.throughput", labels)),
            {content : count(failed), class : failed > 0 ? "bad" : null},
            share(result.value("calls.availability", labels)), count(result.restarts(labels))
        ];
    });
    return rows.length ? table("Phases", columns, rows) : null;
}

function faultsTable(result) {
    const totals = (result.data.faults || {}).totals || [];
    const columns = [ {title : "Fault"}, {title : "how"}, {title : "whom"} ].concat([
        "struck", "hit", "no victim", "already dead", "survived"
    ].map((title) => ({title, number : true})));
    const rows =
        totals.map((fault) => [fault.id, fault.how || DASH, h("code", {}, fault.target || DASH),
                               count(fault.struck), count(fault.hit), count(fault.no_victim),
                               count(fault.already_dead), count(fault.survived)]);
    return rows.length ? [ heading("Faults"), table("Faults", columns, rows) ] : null;
}

function windowsTable(result) {
    const timeline = result.data.timeline;
    const columns = [ {title : "from", number : true} ].concat(
        timeline.columns.map((title) => ({title, number : true})));
    return table(
        "Every window of the timeline", columns,
        timeline.windows.map(
            (window,
             i) => [instant(i * timeline.window_ns), ...window.map((number) => String(number))]));
}

/* ------------------------------------------------------------------ the section */

function timeCharts(result, timeline) {
    const cursor = timeCursor(result, timeline), any = timeline.any;
    const parts = [];
    const add = (title, chart) => chart && parts.push([ title, chart ]);
    if (any("messages") || any("answered"))
        add(any("messages") ? "Calls answered, messages delivered" : "Calls answered",
            throughputChart(cursor, result, timeline));
    if (any("failed"))
        add("Calls failed", barsChart(cursor, result, timeline, [ "failed" ], [ "bad" ]));
    if (any("faults") || any("restarts"))
        add("Faults struck, replacements started",
            barsChart(cursor, result, timeline, [ "faults", "restarts" ],
                      [ "doubt", "reachable" ]));
    add("From the fault until the role was reachable again",
        restartChart(cursor, result, timeline));
    add("Call latency", callChart(cursor, result, timeline));
    parts.forEach(([ title, chart ]) => cursor.add(title, chart));
    return parts.length ? [ cursor.readout, cursor.slider, timeLegend(any), timeNote(result) ]
                        : null;
}

/* What is drawn, and nothing that is not. */
function timeLegend(any) {
    const items = [];
    if (any("answered")) items.push({name : "calls answered", colour : "accent"});
    if (any("messages")) items.push({name : "messages", colour : "muted"});
    if (any("failed")) items.push({name : "calls failed", colour : "bad"});
    if (any("faults") || any("restarts"))
        items.push({name : "faults", colour : "doubt"},
                   {name : "restarts", colour : "reachable", dash : [ 5, 3 ]});
    return items.length ? legend(items) : null;
}

function timeNote(result) {
    const strikes = keptStrikes(result), call = callLatencyName(result);
    const levels =
        [ "restart.reachable", call ].some((name) => name && levelsOf(result, name, null).length);
    const dots = strikes.some((strike) => strike.restart_ns !== null);
    const never = strikes.some((strike) => strike.restart_ns === null);
    const kept = `the first ${SLOWEST_FIRST} and the slowest ${SLOWEST_FIRST} are kept`;
    return note((result.data.phases || []).some((phase) => phase.faulty)
                    ? "Shaded phases have faults. "
                    : null,
                levels ? "Over a phase, a solid level is its median, a dashed one its p99. " : null,
                dots ? `Each dot is a restart (${kept}). ` : null,
                never ? "A red mark on the edge is a restart that never came. " : null,
                "Drag to look closer, double-click to see all.");
}

function timeSection(result) {
    const timeline = timelineOf(result), charts = timeline ? timeCharts(result, timeline) : null;
    return section("time", "Over time",
                   charts ? figure("Throughput, failures, faults and latencies over time", charts)
                          : null,
                   phasesTable(result), faultsTable(result),
                   timeline ? lazily("Every window as a table", () => windowsTable(result)) : null);
}
