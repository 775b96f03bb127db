/* samples.mjs: data that no quick run brings about: a result of a million restarts, one of few,
 * verdicts of many pairs and of sessions, texts that would do harm if they were markup. All made
 * up, always the same.
 * SPDX-License-Identifier: MIT
 */

/* A page with other data than the program put into it. */
export function withData(page, data) {
    const open = '<script id="data" type="application/json">',
          from = page.indexOf(open) + open.length;
    const to = page.indexOf("</script>", from);
    return page.slice(0, from) + JSON.stringify(data).replaceAll("<", "\\u003c") + page.slice(to);
}

export function dataOf(page) {
    const open = '<script id="data" type="application/json">',
          from = page.indexOf(open) + open.length;
    return JSON.parse(page.slice(from, page.indexOf("</script>", from)));
}

/* Always the same chance: xorshift. */
export function chance(seed) {
    let state = seed;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) / 2 ** 32;
    };
}

/* ------------------------------------------------------------------ a million restarts */

function binOf(value) {
    const shift = Math.max(0, Math.floor(Math.log2(Math.max(1, value))) - 7);
    return shift * 128 + Math.floor(value / 2 ** shift);
}

function histogram(name, labels, least, mean, total, random) {
    const bins = new Map();
    let sum = 0, min = Infinity, max = 0;
    for (let i = 0; i < total; i++) {
        const value =
            Math.floor(least + -Math.log(1 - random()) * mean * (random() < 0.001 ? 60 : 1));
        bins.set(binOf(value), (bins.get(binOf(value)) || 0) + 1);
        sum += value;
        min = Math.min(min, value);
        max = Math.max(max, value);
    }
    return {
        name,
        kind : "histogram",
        unit : "ns",
        better : "lower",
        labels,
        count : total,
        unfinished : 0,
        sum,
        min,
        max,
        mean : sum / total,
        percentiles : {},
        bins : {scheme : "log2/7", pairs : [...bins ].sort((a, b) => a[0] - b[0])}
    };
}

const STAGES = [
    [ "detected", 2000, 900 ], [ "noticed", 4000, 9000 ], [ "started", 21000, 30000 ],
    [ "reachable", 48000, 110000 ], [ "served", 90000, 640000 ]
];

function strike(random, i, took) {
    return {
        t_ns : 1e9 + i * 4e6,
        role : `tables/game-${Math.floor(random() * 1e6)}`,
        incarnation : 1 + i % 7,
        outcome : "hit",
        fault : "crashes",
        detected_ns : 3000,
        noticed_ns : Math.floor(took * 0.1),
        started_ns : Math.floor(took * 0.6),
        restart_ns : took
    };
}

/* As large as results get: the kept strikes, the misses, every window, distributions by phase. */
export function million(like) {
    const random = chance(7),
          number = (name, value, labels = {}) =>
              ({name, kind : "counter", unit : "1", better : "none", labels, value});
    const phases = like.phases.map((phase) => phase.name);
    const metrics =
        STAGES.flatMap(([ stage, least, mean ]) => [{}, ...phases.map((phase) => ({phase}))].map(
                           (labels) => histogram(`restart.${stage}`, labels, least, mean,
                                                 labels.phase ? 40000 : 1000000, random)));
    metrics.push(number("restart.count", 1000000), number("restart.unfinished", 0),
                 number("faults.struck", 1000000), number("faults.hit", 1000000),
                 number("escalations", 0));
    const slowest =
        Array.from({length : 1000}, (unused, i) => strike(random, i, 9000000 - 7000 * i));
    const misses = Array.from(
        {length : 4096},
        (unused, i) => ({...strike(random, i, 1), outcome : "no_victim", restart_ns : undefined}));
    return {
        ...like,
        verdict : "passed",
        reason : undefined,
        expectations : [],
        findings : [],
        notes : [],
        metrics,
        faults : {
            totals : [ {
                id : "crashes",
                how : "segv",
                target : "tables/*",
                struck : 1000000,
                hit : 1000000,
                no_victim : 0,
                already_dead : 0,
                survived : 0
            } ],
            misses,
            misses_omitted : 0,
            slowest,
            first : Array.from({length : 1000},
                               (unused, i) => strike(random, i, 50000 + Math.floor(random() * 1e6)))
        },
        timeline : {
            window_ns : 10000000,
            columns : [ "answered", "failed", "restarts", "messages", "faults" ],
            windows : Array.from({length : 1024},
                                 () => [Math.floor(12000 + random() * 900), random() < 0.2 ? 3 : 0,
                                        976, Math.floor(25000 + random() * 1500), 977])
        }
    };
}

/* ------------------------------------------------------------------ what is seldom */

function metric(name, kind, unit, value, labels = {}) {
    return {name, kind, unit, better : "none", labels, value};
}

function few(name, values, unfinished = 0, labels = {}) {
    return {
        name,
        kind : "histogram",
        unit : "ns",
        better : "lower",
        labels,
        count : values.length,
        unfinished,
        sum : values.reduce((sum, value) => sum + value, 0),
        ...(values.length ? {min : values[0], max : values.at(-1)} : {}),
        percentiles : {},
        bins : {scheme : "log2/7", pairs : values.map((value) => [binOf(value), 1])}
    };
}

/* The root has 30 supervisors below it, each with nine workers. */
function manyNodes() {
    const node = (path, depth, supervisor) => ({
        path,
        id : path.split("/").at(-1) || "root",
        kind : supervisor ? "one_for_one" : "service",
        depth,
        supervisor,
        planned : 1,
        alive : 1,
        restarts : 1,
        ...(supervisor ? {escalations : 0} : {})
    });
    const nodes = [ node("", 0, true), node("s0", 1, true) ];
    for (let i = 1; i < 300; i++)
        nodes.push(i % 10 ? node(`s${Math.floor(i / 10)}/w${i % 10}`, 2, false)
                          : node(`s${i / 10}`, 1, true));
    return nodes;
}

/* Few restarts, some of which never came, numbers just below a whole, an untrusted run without a
 * seed, windows without anything in them, more findings and nodes than are shown at once. Nothing
 * was answered, and no fault is told. */
export function edges(like) {
    const storm = {phase : "storm"}, phase = like.phases.find(({name}) => name === "storm");
    return {
        ...like,
        status : "untrusted",
        verdict : "inconclusive",
        reason : "a made-up reason",
        stream_scheme : undefined,
        metrics : [
            few("restart.detected", [ 5000 ]), few("restart.noticed", [ 6000, 9000000 ]),
            few("restart.started", [ 20000, 30000 ], 3), few("restart.reachable", [ 40000 ], 4),
            few("restart.reachable", [ 40000 ], 4, storm),
            few("restart.reachable", [ 40000, 70000, 80000 ], 0, {cause : "sibling"}),
            few("restart.reachable", [ 70000 ], 0, {path : "s0/w1"}), few("restart.served", []),
            few("calls.latency", [ 1000000, 35510000 ]), metric("restart.count", "counter", "1", 5),
            metric("restart.unfinished", "counter", "1", 3),
            metric("restart.count", "counter", "1", 5, storm),
            metric("restart.unfinished", "counter", "1", 3, storm),
            metric("calls.issued", "counter", "1", 1896732),
            metric("calls.availability", "ratio", "1", 0.99996)
        ],
        expectations : [],
        windows : [
            {
                text : "calls.latency.p99 < 100ms in every 1s of storm",
                windows : 5,
                start_ns : 2000000000,
                samples : 12,
                worst : 35510000
            },
            {
                text : "model: calls.availability >= 99% in every 1s of storm",
                windows : 4,
                start_ns : 0,
                samples : 0,
                worst : null
            },
            {
                text : "calls.availability >= 99% in every 2s of storm",
                windows : 2,
                start_ns : 1000000000,
                samples : 3,
                worst : 0.99996
            }
        ],
        repetitions : [ {
            n : 0,
            seed : "0x1",
            status : "complete",
            values : {
                "calls.issued" : 1896732,
                "calls.issued.rate" : 12000,
                "calls.availability{phase=storm}" : 0.99996,
                "restart.reachable.count" : 4999,
                "restart.reachable.p50" : 35510000
            }
        } ],
        tree : manyNodes(),
        checks : [ "order" ],
        findings : Array.from({length : 25}, (unused, i) => ({
                                                 check : "order",
                                                 role : `s1/w${i}`,
                                                 t_ns : 1000000,
                                                 text : `finding ${i}`,
                                                 events : [ "t=0.001000s s1/w1#1 is started" ]
                                             })),
        findings_omitted : 3,
        faults : {
            totals : [],
            misses : [],
            misses_omitted : 0,
            first : [ {
                t_ns : phase.start_ns + 1000000,
                role : "s0/w1",
                incarnation : 1,
                outcome : "hit",
                fault : "crashes",
                restart_ns : null
            } ],
            slowest : []
        },
        timeline : {
            window_ns : Math.ceil(like.phases.at(-1).end_ns / 20),
            columns : [ "answered", "failed", "restarts", "messages", "faults" ],
            windows : Array.from({length : 20}, (unused, i) => [0, 0, i === 12 ? 2 : 0, 0, 0])
        }
    };
}

/* ------------------------------------------------------------------ verdicts */

const METRICS = [
    {
        name : "calls.throughput",
        unit : "per_s",
        better : "higher",
        a : 1.262e6,
        spread : 0.012,
        slower : 0.071,
        word : "regression"
    },
    {
        name : "restart.reachable.p50",
        unit : "ns",
        better : "lower",
        a : 41200,
        spread : 0.03,
        slower : 0.004,
        word : "no regression"
    },
    {
        name : "restart.reachable.p99",
        unit : "ns",
        better : "lower",
        a : 548000,
        spread : 0.35,
        slower : 0.02,
        word : "too varied to decide by"
    }
];

/* As the program has it (reports/verdict/experiment.c). */
function slower(metric, a, b) {
    const number = (value) => value === "never" ? Infinity : value;
    const times = metric.better === "higher" ? number(a) / number(b) : number(b) / number(a);
    return Math.min(1000, Math.max(0.001, times)) - 1;
}

function slowdowns(a, b) {
    return Object.fromEntries(
        METRICS.map((metric) => [metric.name, slower(metric, a[metric.name], b[metric.name])]));
}

function judged(metric, counted) {
    const half = metric.spread * 0.9;
    return {
        name : metric.name,
        kind : metric.unit === "ns" ? "histogram" : "gauge",
        unit : metric.unit,
        better : metric.better,
        decides : metric.word !== "too varied to decide by",
        a : metric.a,
        b : metric.better === "higher" ? metric.a / (1 + metric.slower)
                                       : metric.a * (1 + metric.slower),
        slowdown : {
            low : metric.slower - half,
            middle : metric.slower,
            high : metric.slower + half,
            method : "signed rank",
            ...counted
        },
        word : metric.word,
        ...(metric.word === "no regression"
                ? {note : "1 of 18 pairs lies far from the others; all count"}
                : {})
    };
}

export function manyPairs() {
    const random = chance(11), pairs = Array.from({length : 18}, (unused, i) => {
        const pair = {
            n : i + 1,
            seed : `0x${(1000 + i).toString(16)}`,
            order : i % 2 ? "BA" : "AB",
            a : {},
            b : {}
        };
        for (const metric of METRICS) {
            const noise = () => 1 + (random() - 0.5) * 2 * metric.spread;
            pair.a[metric.name] = metric.a * noise();
            pair.b[metric.name] = (metric.better === "higher" ? metric.a / (1 + metric.slower)
                                                              : metric.a * (1 + metric.slower)) *
                                  noise();
        }
        return pair;
    });
    pairs[6].b["restart.reachable.p50"] *= 1.4;
    pairs[9].b["restart.reachable.p99"] = "never";
    for (const pair of pairs) pair.slowdown = slowdowns(pair.a, pair.b);
    return {
        format : "respawn.verdict/1.0",
        scenario : "high_scores",
        a : {name : "A", what : "build/base/respawn"},
        b : {name : "B", what : "build/release/respawn --set runtime.scheduler=global"},
        threshold : 0.05,
        verdict : "regression",
        status : 3,
        why : "calls.throughput of B is slower by +7.1 %, and 5 % must be caught",
        how : "18 pairs with the same seeds on both sides, one of two each way round, the first " +
                  "one dropped. Over 6 looks and 3 metrics, at most one verdict in 1000 calls " +
                  "slower what is not, and one in 100 calls none what is slower by 5 %.",
        metrics : METRICS.map((metric) => judged(metric, {pairs : 18})),
        dropped_pairs : 1,
        looks : [ 8, 12, 18 ],
        pairs,
        notes :
            [ "spoiled, of 18 repetitions each: busy_neighbour in 2 repetitions of A and 1 of B; " +
              "they count, unless it is more than 1 in 4 of a side" ]
    };
}

export function manySessions() {
    const random = chance(5),
          sessions = Array.from(
              {length : 9},
              (unused, i) => ({
                  source : i === 8 ? "new.json" : ".respawn/main.json",
                  started_at : `2026-01-0${i + 1}T04:00:00Z`,
                  values : Object.fromEntries(METRICS.map(
                      (metric) => [metric.name,
                                   metric.a * (1 + (random() - 0.5) * metric.spread) *
                                       (i === 8 && metric.better === "higher" ? 0.93 : 1)]))
              }));
    const base = Object.fromEntries(METRICS.map((metric) => [metric.name, metric.a]));
    for (const session of sessions) session.slowdown = slowdowns(base, session.values);
    const all = {
        ...manyPairs(),
        a : {name : "base", what : "main: 8 sessions"},
        b : {name : "new", what : "new.json"},
        sessions,
        metrics : METRICS.map((metric) => judged(metric, {sessions : 8})),
        how : "Where one more session like the base's would lie, by t.",
        notes : []
    };
    delete all.pairs;
    delete all.dropped_pairs;
    delete all.looks;
    return all;
}

/* ------------------------------------------------------------------ harm */

export const HARM = "</script><img src=x onerror=window.harmed=1>" +
                    "<svg onload=window.harmed=1>\u202e\"'`${window.harmed=1}";

/* Markup is shown as it is; what would turn the text round is spelled out. */
export const HARM_SHOWN = HARM.replace("\u202e", "\\u202e");

/* Words that say what something is stay; every other text gets what would do harm behind it. */
const WORDS = new Set([
    "format",    "schema",       "status", "verdict", "kind",    "unit",       "better",
    "clock",     "outcome",      "order",  "word",    "method",  "seed",       "first_seed",
    "last_seed", "simulated_ns", "traces", "scheme",  "columns", "target_word"
]);

export function harmful(value, key = "") {
    if (typeof value === "string")
        return WORDS.has(key) || key === "name" && value.includes(".") ? value : value + HARM;
    if (Array.isArray(value))
        return key === "columns" ? value : value.map((one) => harmful(one, key));
    if (value === null || typeof value !== "object") return value;
    if (key === "labels") return value;
    return Object.fromEntries(
        Object.entries(value).map(([ name, one ]) => [name, harmful(one, name)]));
}
