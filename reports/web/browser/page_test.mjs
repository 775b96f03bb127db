/* page_test.mjs: what a browser makes of the pages that the program writes.
 *
 *     page_test.mjs PROGRAM        with RESPAWN_SOURCE, RESPAWN_SCREENSHOTS, CHROMIUM
 *
 * Real runs, searches, sweeps and comparisons are asked for what they say; made-up data
 * (samples.mjs) for what they seldom are. Screenshots are for people.
 * SPDX-License-Identifier: MIT
 */
import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

import {Browser} from "./chromium.mjs";
import {
    dataOf,
    edges,
    harmful,
    HARM_SHOWN,
    manyPairs,
    manySessions,
    million,
    withData
} from "./samples.mjs";

const PROGRAM = resolve(process.argv[2]);
const SOURCE = resolve(process.env.RESPAWN_SOURCE || ".");
const SHOTS = resolve(process.env.RESPAWN_SCREENSHOTS || "screenshots");
const FOLDER = mkdtempSync(join(tmpdir(), "respawn-test."));
/* A page of a million restarts has so many elements at most: what is long is made when it is asked
 * for; and so many bytes. */
const NODES_MOST = 4000;
const BYTES_MOST = 2e6;
/* So many findings, and nodes of a tree, are shown at once. */
const FINDINGS_SHOWN = 20;
const TREE_SHOWN = 200;

const NEVER = "never";

const tests = [];
const test = (name, work) => tests.push([ name, work ]);
let browser, page;

/* ------------------------------------------------------------------ pages */

/* Runs the program and returns the path of the page that it wrote. */
function made(name, statuses, ...words) {
    const path = join(FOLDER, `${name}.html`);
    const done = spawnSync(PROGRAM, [...words, "--export-html", path, "--quiet" ],
                           {cwd : SOURCE, encoding : "utf8", timeout : 120000});
    assert(statuses.includes(done.status),
           `${words.join(" ")} ends with ${done.status}:\n${done.stderr}`);
    return path;
}

function saved(name, like, data) {
    const path = join(FOLDER, `${name}.html`);
    writeFileSync(path, withData(readFileSync(like, "utf8"), data));
    return path;
}

const cache = new Map();
const once = (name, make) => () => {
    if (!cache.has(name)) cache.set(name, make());
    return cache.get(name);
};

const SHORT = [
    "--set", "phases.warm=200ms", "--set", "phases.steady=500ms", "--set", "phases.storm=1200ms",
    "--set", "phases.heal=400ms"
];
const pages = {
    run : once("run",
               () => made("run", [ 0, 1, 4, 7 ], "run", "scenarios/high_scores.yaml", ...SHORT)),
    failing :
        once("failing", () => made("failing", [ 1 ], "run", "scenarios/talk/as_presented.yaml",
                                   "--set", "checks=all")),
    explore : once("explore", () => made("explore", [ 1 ], "explore",
                                         "scenarios/talk/as_presented.yaml", "--seeds", "1..8",
                                         "--shrink", "1s", "--output", join(FOLDER, "failures"))),
    sweep :
        once("sweep", () => made("sweep", [ 0, 1, 4 ], "sweep", "scenarios/talk/as_presented.yaml",
                                 "--vary", "tree.strategy=one_for_one,one_for_all,rest_for_one",
                                 "--vary", "tree.children.tables.intensity=1,3,10")),
    ab : once("ab", () => made("ab", [ 3 ], "ab", "scenarios/cli/test/duel.yaml", "--set",
                               "runtime.clock=virtual", "--b-set", "runtime.costs.callback=2us")),
    pairs : once("pairs", () => saved("pairs", pages.ab(), manyPairs())),
    compare : once("compare", () => saved("compare", pages.ab(), manySessions())),
    million : once("million", () => saved("million", pages.run(),
                                          million(dataOf(readFileSync(pages.run(), "utf8"))))),
    edges : once("edges", () => saved("edges", pages.run(), edges(data(pages.run())))),
};

const open = (path, look) => page.open(pathToFileURL(path).href, look);
const data = (path) => dataOf(readFileSync(path, "utf8"));

/* What can be read in the element, with plain spaces. */
const text = (selector) => page.run((wanted) => {
    const found = document.querySelector(wanted);
    return found ? found.textContent.replace(/\s+/g, " ") : null;
}, selector);
const list = (selector) => page.run((wanted) => [...document.querySelectorAll(wanted)].map(
                                        (one) => one.textContent.replace(/\s+/g, " ").trim()),
                                    selector);
const number = (selector) =>
    page.run((wanted) => document.querySelectorAll(wanted).length, selector);

async function says(selector, ...parts) {
    const found = await text(selector);
    for (const part of parts)
        assert(found !== null && found.includes(part),
               `${selector} does not say “${part}” but:\n${found}`);
}

const styled = (selector, name) =>
    page.run((wanted, property) => getComputedStyle(document.querySelector(wanted))[property],
             selector, name);

async function choose(selector, words) {
    const at = (await list(`${selector} option`)).indexOf(words);
    assert(at >= 0, `${selector} has no ${words}`);
    await page.run((wanted, value) => {
        const select = document.querySelector(wanted);
        select.value = value;
        select.dispatchEvent(new Event("change"));
    }, selector, at);
}

async function unfold(selector) {
    await page.run((wanted) =>
                       document.querySelectorAll(wanted).forEach((one) => { one.open = true; }),
                   selector);
    await page.settle();
}

/* Where a colour of the stylesheet is on the canvas number `index`: how many pixels, how high the
 * highest is (0 is the upper edge), and how many are left of where anything may be drawn. */
const inked = (selector, index, ink) => page.run((wanted, number, name) => {
    const canvas = document.querySelectorAll(wanted)[number];
    const {width, height} = canvas;
    const begin = canvas.parentElement.querySelector(".u-over").offsetLeft;
    const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
    const probe = new OffscreenCanvas(1, 1).getContext("2d");
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
    probe.fillRect(0, 0, 1, 1);
    const wish = probe.getImageData(0, 0, 1, 1).data, found = {pixels : 0, top : 1, outside : 0};
    for (let at = 0; at < data.length; at += 4) {
        const off = [ 0, 1, 2 ].reduce((sum, i) => sum + Math.abs(data[at + i] - wish[i]), 0);
        if (data[at + 3] < 200 || off > 24) continue;
        found.pixels++;
        found.top = Math.min(found.top, Math.floor(at / 4 / width) / height);
        if (at / 4 % width < begin - 1) found.outside++;
    }
    return found;
}, selector, index, ink);

/* The texts that are drawn on canvases, each with its place, when all of them are drawn anew. */
const written = () => page.run(() => {
    const texts = new Set(), draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function(text, x, y) {
        texts.add(JSON.stringify([ text, x, y ]));
        return draw.call(this, text, x, y);
    };
    document.getElementById("theme").click();
    return new Promise((resolve) => requestAnimationFrame(
                           () => requestAnimationFrame(() => {
                               CanvasRenderingContext2D.prototype.fillText = draw;
                               resolve([...texts ].map((one) => JSON.parse(one)[0]));
                           })));
});

/* Nothing to complain of, nothing asked of any network. */
function isQuiet() {
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(page.requests.filter((url) => !url.startsWith("file:")), []);
    assert.equal(page.requests.length, 1, page.requests.join("\n"));
}

/* ------------------------------------------------------------------ reports say what data say */

test("every report draws in silence, in every look", async () => {
    for (const [name, path] of Object.entries(pages))
        for (const look of [{}, {dark : true}, {width : 360}, {media : "print"}]) {
            await open(path(), look);
            isQuiet();
            assert.equal(await number(".broken"), 0, name);
            assert.equal(await page.run(() => performance.getEntriesByName("respawn-drawn").length),
                         1);
            const {wide, seen} = await page.run(
                () => ({wide : document.documentElement.scrollWidth, seen : innerWidth}));
            assert(wide <= seen + 1, `${name} ${JSON.stringify(look)} is ${wide} wide, of ${seen}`);
        }
});

test("the verdict and the command come first", async () => {
    const result = data(pages.failing());
    await open(pages.failing());
    assert.equal(await text("main > :first-child h1"), result.scenario.name);
    await says(".verdict", "failed", result.reason);
    assert.equal(await text(".command code"), result.reproduce.replace(/\s+/g, " "));
    for (const one of result.expectations.filter((row) => row.verdict === "failed"))
        await says(".problems", one.text, one.observed, `${one.file}:${one.line}:${one.column}`);
    assert.equal(await page.run(() => document.title),
                 `${result.scenario.name}: failed – respawn run`);
});

test("the button copies the command", async () => {
    await open(pages.failing());
    await browser.send("Browser.grantPermissions",
                       {permissions : [ "clipboardReadWrite", "clipboardSanitizedWrite" ]});
    await page.run(() => document.querySelector(".command button").focus());
    await page.press("Enter");
    await page.settle();
    assert.match(await text(".command button"), /Copied|Selected/);
});

test("a run has all its sections, in order", async () => {
    await open(pages.run());
    const ids = await page.run(
        () => [...document.querySelectorAll("main > section[id]")].map((one) => one.id));
    const order = [
        "time", "restarts", "tree", "calls", "memory", "end", "expected", "checks", "crashes",
        "scheduling", "upgrades", "trust", "machine"
    ];
    assert.deepEqual(ids, order.filter((id) => ids.includes(id)));
    for (const id
             of ["time", "restarts", "tree", "calls", "memory", "expected", "crashes", "machine"])
        assert(ids.includes(id), id);
    assert.deepEqual(await page.run(() => [...document.querySelectorAll("#nav a")].map(
                                        (one) => one.hash.slice(1))),
                     ids);
});

test("time is drawn, with phases and faults", async () => {
    const result = data(pages.run());
    await open(pages.run());
    assert.deepEqual(await list("#time table:first-of-type tbody th"), [
        ...result.phases.map((phase) => phase.name),
        ...result.faults.totals.map((fault) => fault.id)
    ]);
    const inks = {
        "Calls answered, messages delivered" : "accent",
        "Calls answered" : "accent",
        "Calls failed" : "bad",
        "Faults struck, replacements started" : "doubt",
        "From the fault until the role was reachable again" : "reachable",
        "Call latency" : "accent"
    };
    const titles = await list("#time .plot-title");
    assert(titles.length >= 4 && titles.length === await number("#time canvas"));
    for (const [i, title] of titles.entries()) {
        const {pixels} = await inked("#time canvas", i, inks[title]);
        assert(pixels > 20, `${title}: nothing is drawn`);
    }
});

test("the legend names what is drawn, and nothing else", async () => {
    await open(pages.edges());
    assert.deepEqual(await list("#time .plot-title"), [
        "Faults struck, replacements started", "From the fault until the role was reachable again"
    ]);
    assert.deepEqual(await list("#time .legend li"), [ "faults", "restarts" ]);
    await says("#time .note", "A red mark on the edge");
    assert(!(await text("#time .note")).includes("Each dot"));
    await open(pages.million());
    assert.deepEqual(await list("#time .legend li"),
                     [ "calls answered", "messages", "calls failed", "faults", "restarts" ]);
    await says("#time .note", "Each dot is a restart");
    assert(!(await text("#time .note")).includes("A red mark"));
});

test("marks stay within their chart", async () => {
    await open(pages.edges());
    const canvas = "#time canvas";
    assert((await inked(canvas, 1, "bad")).pixels > 8, "no mark for what never came");
    const {left, top, width} = await page.run(() => {
        const chart = document.querySelectorAll("#time .u-over")[1];
        chart.scrollIntoView({behavior : "instant", block : "center"});
        return chart.getBoundingClientRect().toJSON();
    });
    /* From a little behind the mark on: without an end it would stand on the axis. */
    const {faults, phases} = data(pages.edges());
    const mark = faults.first[0].t_ns / phases.at(-1).end_ns;
    await page.drag({x : left + width * (mark + 0.01), y : top + 20},
                    {x : left + width * (mark + 0.21), y : top + 20});
    assert.deepEqual(await inked(canvas, 1, "bad"), {pixels : 0, top : 1, outside : 0});
});

test("restarts of a phase are those that came, as on the terminal", async () => {
    await open(pages.edges());
    const rows = await page.run(() => [...document.querySelectorAll("#time tbody tr")].map(
                                    (row) => [...row.children].map((cell) => cell.textContent)));
    assert.equal(rows.find((row) => row[0] === "storm")[6], "2");
});

test("percentiles from bins are those that the program tells", async () => {
    const result = data(pages.run());
    await open(pages.run());
    const metric = (name) =>
        result.metrics.find((one) => one.name === name && Object.keys(one.labels).length === 0);
    const digits = (value, unit) => `${Number(value.toPrecision(3))} ${unit}`;
    const ns = (value) => value === null       ? "never"
                          : value >= 999500000 ? digits(value / 1e9, "s")
                          : value >= 999500    ? digits(value / 1e6, "ms")
                          : value >= 999.5     ? digits(value / 1e3, "µs")
                                               : `${value} ns`;
    const rows = await page.run(
        () => [...document.querySelectorAll("#restarts table:first-of-type tbody tr")]
                  .slice(0, 5)
                  .map((row) => [...row.children].map((cell) =>
                                                          cell.textContent.replace(/\s+/g, " "))));
    for (const [i, stage] of ["detected", "noticed", "started", "reachable", "served"].entries()) {
        const {percentiles, max} = metric(`restart.${stage}`);
        assert(rows[i][0].startsWith(stage));
        assert.deepEqual(rows[i].slice(2, 7), [
            percentiles.p50, percentiles.p90, percentiles.p99, percentiles["p99.9"], max
        ].map(ns));
    }
});

test("a curve ends with the slowest", async () => {
    await open(pages.million());
    await page.run(() => document.querySelector("#restarts [role=slider]").focus());
    await page.press("End");
    const slowest = (await list("#restarts tbody tr:nth-child(4) td:nth-child(7)"))[0];
    await says("#restarts .readout", `reachable ${slowest}`);
});

test("few restarts are seen, too", async () => {
    await open(pages.edges());
    assert((await inked("#restarts canvas", 0, "detected")).pixels > 8, "one sample is no point");
    const two = await inked("#restarts canvas", 0, "noticed");
    assert(two.pixels > 8 && two.top < 0.3, `the slower of two is not drawn: ${two.top}`);
    assert(two.pixels < 1200, `two samples are more than two dots: ${two.pixels}`);
    const stages = await page.run(() => [...document.querySelectorAll("#restarts .stage")].map(
                                      (one) => one.querySelector("svg").nextSibling.textContent));
    assert.deepEqual(stages, [ "detected", "noticed", "started", "reachable" ]);
    const row = await list("#restarts tbody tr:nth-child(4) td");
    assert.deepEqual(row, [ "1", NEVER, NEVER, NEVER, NEVER, NEVER, "4" ]);
});

test("a run of which nothing is known is told in silence", async () => {
    const {format, status, verdict} = data(pages.edges());
    await open(saved("bare", pages.run(), {format, status, verdict}));
    isQuiet();
    assert.equal(await number(".broken"), 0);
    await says(".verdict", "inconclusive");
});

test("the slowest restarts fall in stages", async () => {
    const result = data(pages.run());
    await open(pages.run());
    const shown = await list("#restarts .waterfalls tbody th");
    assert.deepEqual(shown.slice(0, 3), result.faults.slowest.slice(0, 3).map(
                                            (one) => `${one.role}#${one.incarnation}`));
    const words = await page.run(() => [...document.querySelectorAll(".waterfall")].map(
                                     (one) => one.getAttribute("aria-label")));
    assert(words.some((one) => /detected .*noticed .*started .*reachable/.test(one)),
           words.join("\n"));
    assert(await number(".waterfalls .fill-started") > 0);
});

test("restarts can be looked at by phase, path and cause", async () => {
    await open(pages.run());
    assert.equal((await list("#restarts-of option"))[0], "by faults, all of them");
    await choose("#restarts-of", "by faults, phase storm");
    const storms = data(pages.run())
                       .metrics.find((one) => one.name === "restart.reachable" &&
                                              one.labels.phase === "storm" &&
                                              Object.keys(one.labels).length === 1);
    const row = await list("#restarts table tbody tr:nth-child(4) td:nth-child(2)");
    assert.equal(row[0], String(storms.count));
    isQuiet();
});

test("the tree has restarts, and who gave up is marked", async () => {
    const result = data(pages.failing());
    await open(pages.failing());
    assert.equal(await number("#tree tbody tr"), result.tree.length);
    const gave = result.tree.filter((node) => node.escalations > 0);
    assert(gave.length > 0, "nobody gave up in this run");
    assert.equal(await number("#tree tr.escalated"), gave.length);
    await says("#tree tr.escalated", "gave up");
    const restarts = result.tree.map((node) => String(node.restarts));
    assert.deepEqual(await list("#tree tbody td:nth-child(4)"), restarts);
});

test("the root's times are not those of all", async () => {
    await open(pages.edges());
    assert.deepEqual((await list("#tree tbody tr:first-child td")).slice(3, 5), [ "–", "–" ]);
    assert.deepEqual((await list("#tree tbody tr:nth-child(3) td")).slice(3, 5),
                     [ "70 µs", "70 µs" ]);
});

test("what is long is drawn in part, and whole when asked for", async () => {
    const {tree, findings} = data(pages.edges());
    await open(pages.edges());
    assert.equal(await number("#tree tbody tr"), TREE_SHOWN);
    assert.equal(await number("#checks article"), FINDINGS_SHOWN);
    await says("#tree summary", `and ${tree.length - TREE_SHOWN} more`);
    await unfold("#tree details, #checks details");
    assert.equal(await number("#tree tbody tr"), tree.length);
    assert.equal(await number("#checks article"), findings.length);
    assert.equal((await list("#tree tbody th")).at(-1).includes("w9"), true);
    isQuiet();
});

test("statistics have the unit of their metric", async () => {
    const row = {
        "calls.issued" : "1.9 M",
        "calls.issued.rate" : "12 k/s",
        "calls.availability{phase=storm}" : "99.996 %",
        "restart.reachable.count" : "4999",
        "restart.reachable.p50" : "35.5 ms"
    };
    await open(pages.edges());
    await unfold("#machine details");
    const table = '#machine [data-label^="A number"]';
    assert.deepEqual((await list(`${table} thead th`)).slice(3), Object.keys(row));
    assert.deepEqual((await list(`${table} tbody td`)).slice(2), Object.values(row));
    const windows = await page.run(
        () => [...document.querySelectorAll('#expected [data-label^="The window"] tbody tr')].map(
            (one) => [...one.children].slice(2, 4).map((cell) =>
                                                           cell.textContent.replace(/\s+/g, " "))));
    assert.deepEqual(windows,
                     [ [ "35.5 ms", "2.000 s" ], [ "–", "–" ], [ "99.996 %", "1.000 s" ] ]);
});

test("the head tells what it leaves out", async () => {
    await open(pages.edges());
    assert.equal((await list(".problems li.bad")).at(-1), "✗and 25 other findings more");
    assert.equal(await number(".problems li.bad"), 4);
});

test("untrusted is a doubt, unless it failed", async () => {
    await open(pages.edges());
    assert.equal(await number(".verdict.doubt"), 1);
    await says(".verdict", "inconclusive, untrusted");
    await open(saved("distrust", pages.run(), {...data(pages.edges()), verdict : "failed"}));
    assert.equal(await number(".verdict.bad"), 1);
    await open(saved("stopped", pages.run(), {...data(pages.edges()), status : "timed_out"}));
    assert.equal(await number(".verdict.bad"), 1);
});

test("a seed that says nothing is not shown", async () => {
    await open(pages.edges());
    assert(!(await text(".head .words")).includes("seed"));
    assert(!(await list("#machine dt")).includes("Seed"));
    await open(pages.run());
    await says(".head .words", `seed ${data(pages.run()).seed}`);
    assert((await list("#machine dt")).includes("Seed"));
});

test("calls, memory, expectations, crashes, machine", async () => {
    const result = data(pages.failing());
    await open(pages.failing());
    const value = (name) =>
        result.metrics.find((one) => one.name === name && Object.keys(one.labels).length === 0)
            .value;
    await says("#calls .lede",
               `${value("calls.issued")} issued = ${value("calls.answered")} answered + ${
                   value("calls.failed")} failed`);
    assert.equal(await number("#memory tbody tr"),
                 result.memory.filter((one) => one.before !== null || one.after !== null).length);
    assert.equal(
        await number("#expected table:first-of-type tbody tr") >= result.expectations.length, true);
    for (const one of result.expectations)
        await says("#expected", one.text, `${one.file}:${one.line}:${one.column}`, one.verdict);
    await says("#crashes", result.crash_reasons[0].reason);
    await says("#machine", result.machine.cpu, result.build.compiler, result.scenario.hash);
});

test("what is not known is a dash", async () => {
    const result = data(pages.failing());
    result.metrics.find((one) => one.name === "calls.availability" && one.labels.phase).value =
        null;
    result.memory[0].before = null;
    await open(saved("unknown", pages.failing(), result));
    assert((await list("#time tbody td")).includes("–"));
    assert((await list("#memory tbody tr:first-child td")).includes("–"));
});

test("findings are stories that one steps through", async () => {
    const result = data(pages.failing()), finding = result.findings[0];
    await open(pages.failing());
    assert.equal(await number("#checks article"), Math.min(FINDINGS_SHOWN, result.findings.length));
    await says("#checks article", finding.check, finding.text);
    assert.equal(await number("#checks article:first-of-type li"), finding.events.length);
    await says("#checks .step", `1 of ${finding.events.length}`);
    await page.run(() => document.querySelector("#checks .controls button:last-of-type").focus());
    await page.press("Enter");
    await says("#checks .step", `2 of ${finding.events.length}`);
    const current = await page.run(
        () => [...document.querySelectorAll("#checks article:first-of-type li")].findIndex(
            (one) => one.getAttribute("aria-current") === "step"));
    assert.equal(current, 1);
});

test("a search tells each failure as a story, with its replay", async () => {
    const search = data(pages.explore());
    await open(pages.explore());
    await says(".verdict", `${search.failed} of ${search.lives} lives failed`);
    assert.equal(await number("#failures article"),
                 Math.min(FINDINGS_SHOWN, search.failures.length));
    const failure = search.failures.find((one) => one.story?.length > 1);
    const index = search.failures.indexOf(failure) + 1;
    await says(`#failure-${index}`, failure.check, failure.text, `respawn replay ${failure.file}`,
               "1 of ");
    assert.equal(await number(`#failure-${index} ol li`), failure.story.length);
    assert(await number(`#failure-${index} circle`) > 0);
    await says("#struck", Object.entries(search.hits).find(([, hits ]) => hits > 0)[0]);
    if (!failure.case) return; /* a slow build had no time to make it small */
    await page.run((id) => { document.querySelector(`#${id} details`).open = true; },
                   `failure-${index}`);
    await page.settle();
    await says(`#failure-${index} pre`, "respawn.failure/1", "scenario: as_presented");
});

/* A search in which nothing failed. */
const calm = (more) => ({...data(pages.explore()), failed : 0, failures : [], ...more});

test("a search that was cut short survived nothing", async () => {
    const seen = [ {text : "a rare thing", lives : 0} ];
    await open(saved("calm", pages.explore(), calm()));
    await says(".verdict.good", "All 8 lives survived");
    await open(saved("cut", pages.explore(), calm({lives : 5, sometimes : seen})));
    await says(".verdict.doubt", "5 of 8 seeds have lived");
    await says("#seen td", "not yet");
    await open(saved("unseen", pages.explore(), calm({sometimes : seen})));
    await says(".verdict.bad", "What must happen sometimes never did");
    const shard = {shards : 3, shard : 3, sometimes : seen};
    await open(saved("shard", pages.explore(), calm({...shard, lives : 2})));
    await says(".verdict.good", "All 2 lives survived");
    await open(saved("half", pages.explore(), calm({...shard, lives : 1})));
    await says(".verdict.doubt", "1 of 2 seeds have lived");
});

test("only all is shown as all", async () => {
    const many = {lives : 100000, failed : 99997, last_seed : "0x186a0"};
    await open(saved("many", pages.explore(), {...data(pages.explore()), ...many}));
    await says(".figures", "99.997 %");
    assert(!(await text(".figures")).includes("100 %"));
    const sweep = data(pages.sweep());
    const at = sweep.columns.findIndex((column) => column.unit === "share");
    sweep.rows.forEach((row) => { row.values[at] = 0.99996; });
    await open(saved("whole", pages.sweep(), sweep));
    assert.equal((await list("#table tbody tr:first-child td"))[2], "99.99 %");
});

test("a sweep that was cut short is a doubt", async () => {
    const sweep = data(pages.sweep());
    const passed = sweep.rows.map((row) => ({...row, verdict : "passed"}));
    assert(passed.every((row) => row.repetitions === 1));
    await open(saved("passed", pages.sweep(), {...sweep, rows : passed}));
    await says(".verdict.good", "9 of 9 combinations passed");
    await open(saved("some", pages.sweep(), {...sweep, rows : passed, combinations : 12}));
    await says(".verdict.doubt", "9 of 12 combinations passed", "9 of 12 combinations have run");
    const rounds = passed.map((row, i) => ({...row, repetitions : i < 4 ? 3 : 2}));
    await open(saved("rounds", pages.sweep(), {...sweep, rows : rounds, repetitions : 5}));
    await says(".verdict.doubt", "9 combinations ran fewer than 5 times");
    await says("#table .note", "Medians over 2 to 3 runs each, of 5.");
    const aborted = passed.map((row, i) => ({...row, verdict : i ? "passed" : "aborted"}));
    await open(saved("aborted", pages.sweep(), {...sweep, rows : aborted}));
    await says(".verdict.bad", "8 of 9 combinations passed");
});

test("an axis of counts counts, and the slider goes to its end", async () => {
    const sweep = data(pages.sweep());
    const at = (unit) => sweep.columns.findIndex((column) => column.unit === unit);
    sweep.rows.forEach((row, i) => {
        row.values = row.values.map(() => null);
        row.values[at("count")] = i % 2;
        row.values[at("ns")] = i < 3 ? "never" : 1000000 * i;
        row.values[at("ns") + 1] = 1000000 + i;
    });
    await open(saved("axis", pages.sweep(), sweep));
    const numbers = (await written()).filter((one) => /^\d+$/.test(one));
    assert.deepEqual(numbers.sort(), [ "0", "1" ]);
    const last = () => page.run(
        () => document.querySelector("#trade [role=slider]").getAttribute("aria-valuemax"));
    assert.equal(await last(), "5");
    const {group, name} = sweep.columns[at("ns") + 1];
    await choose("#trade-y", group && group !== name ? `${group} ${name}` : name);
    assert.equal(await last(), "8");
});

test("a sweep has its table, a map and the trade-off", async () => {
    const sweep = data(pages.sweep());
    await open(pages.sweep());
    assert.equal(sweep.rows.length, 9);
    assert.equal(await number("#table tbody tr"), 9);
    assert.equal(await number("#table tr.best"), sweep.rows.filter((row) => row.best).length);
    assert(sweep.rows.some((row) => row.best) && !sweep.rows.every((row) => row.best));
    assert.deepEqual(await list("#map thead th:not(:first-child)"), [ "1", "3", "10" ]);
    assert.deepEqual(await list("#map tbody th"), [ "one_for_one", "one_for_all", "rest_for_one" ]);
    assert(await number('#map td[class*="heat-4"]') > 0);
    assert.equal(await number("#trade canvas"), 1);
    await page.run(() => document.querySelector("#trade [role=slider]").focus());
    await page.press("ArrowRight");
    await says("#trade .readout", "strategy ", "intensity ");
});

test("ab shows both sides, intervals, pairs and looks", async () => {
    for (const path of [pages.ab(), pages.pairs()]) {
        const verdict = data(path);
        await open(path);
        await says(".verdict", verdict.verdict, verdict.why);
        await says(".sides", verdict.a.what, verdict.b.what);
        assert.equal(await number("#gates tbody tr"), verdict.metrics.length);
        assert.equal(await number("#gates circle.middle"), verdict.metrics.length);
        await says("#pairs .lede",
                   `${verdict.pairs.length} pairs, looked at after ${verdict.looks.join(", ")}`);
        await page.run(() => { document.querySelector("#pairs details").open = true; });
        await page.settle();
        assert.equal(await number("#pairs tbody tr"), verdict.pairs.length);
        await page.run(() => document.querySelector("#pairs [role=slider]").focus());
        await page.press("End");
        await says("#pairs .readout", `pair ${verdict.pairs.length}, `, verdict.pairs.at(-1).seed);
        isQuiet();
    }
    const middle = await list("#gates tbody tr:first-child td:nth-child(4)");
    assert.equal(middle[0], "+7.1 %");
    const tenth = (await list("#pairs tbody tr:nth-child(10) td")).slice(-2);
    assert.deepEqual(tenth, [ NEVER, "×1000" ]);
});

test("slowdowns are those that the program tells", async () => {
    const verdict = manyPairs();
    verdict.pairs[0].slowdown["calls.throughput"] = 0.123;
    verdict.metrics[0] = {...verdict.metrics[0], kind : "ratio", unit : "1", a : 0.99996};
    verdict.metrics[1].slowdown = {...verdict.metrics[1].slowdown, low : null, high : null};
    await open(saved("told", pages.ab(), verdict));
    await unfold("#pairs details");
    assert.equal((await list("#pairs tbody tr:first-child td"))[4], "+12.3 %");
    assert.equal((await list("#gates tbody tr:first-child td"))[0], "99.996 %");
    assert.equal((await list("#gates tbody tr:nth-child(2) td"))[3], "–");
    assert.equal(await number("#gates line.interval"), 2);
    const sessions = manySessions();
    sessions.sessions[2].slowdown["calls.throughput"] = -0.456;
    await open(saved("sessions", pages.ab(), sessions));
    assert((await list("#sessions tbody tr:nth-child(3) td"))[1].endsWith("−45.6 %"));
});

test("compare shows sessions, and which is judged", async () => {
    await open(pages.compare());
    assert.equal(await number("#sessions tbody tr"), 9);
    await says("#sessions tr.judged", "new.json", "this one is judged");
    assert.equal(await number("#sessions canvas"), 3);
});

/* ------------------------------------------------------------------ harm */

test("texts that would do harm are texts", async () => {
    for (const name of ["run", "failing", "explore", "sweep", "pairs", "compare"]) {
        await open(saved(`harm-${name}`, pages[name](), harmful(data(pages[name]()))));
        await page.run(
            () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        await page.settle();
        isQuiet();
        assert.equal(await page.run(() => window.harmed), undefined, name);
        assert.equal(await number("img, iframe, object, embed, link, main script, main style"), 0);
        await says("h1", HARM_SHOWN);
        const shown =
            await page.run(() => document.title + document.querySelector("main").innerHTML);
        assert(!shown.includes("\u202e"), name);
    }
});

test("a scenario of a stranger does none", async () => {
    const path = join(FOLDER, "stranger.yaml");
    const about = `</script><img src=x onerror="window.harmed=1">`;
    writeFileSync(path, readFileSync(join(SOURCE, "scenarios/talk/as_presented.yaml"), "utf8")
                            .replace(/^about: .*$/m, `about: '${about}'`));
    await open(made("stranger", [ 0, 1, 4 ], "run", path, "--set", "phases.storm=1s"));
    isQuiet();
    assert.equal(await text(".about"), about);
    assert.equal(await page.run(() => window.harmed), undefined);
});

test("the policy stops what gets in all the same", async () => {
    await open(pages.run());
    await page.run(() => {
        const script = document.createElement("script");
        script.textContent = "window.harmed = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.harmed = 1'>");
    });
    await page.settle();
    assert.equal(await page.run(() => window.harmed), undefined);
    assert(page.complaints.some((one) => one.includes("Content Security Policy")));
});

/* ------------------------------------------------------------------ for everybody */

test("landmarks, headings, names", async () => {
    for (const path of Object.values(pages)) {
        await open(path());
        const found = await page.run(
            () => ({
                mains : document.querySelectorAll("main").length,
                navs : document.querySelectorAll("nav[aria-label]").length,
                levels : [...document.querySelectorAll("h1, h2, h3, h4") ].map(
                    (one) => Number(one.tagName[1])),
                tables :
                    [...document.querySelectorAll("table") ]
                        .filter((one) =>
                                    !one.caption || !one.caption.textContent ||
                                    one.querySelector(
                                        "thead th:not([scope=col]), tbody th:not([scope=row])"))
                        .length,
                ids : [...document.querySelectorAll("[id]") ].map((one) => one.id),
                language : document.documentElement.lang,
            }));
        assert.deepEqual([ found.mains, found.navs, found.tables, found.language ],
                         [ 1, 1, 0, "en" ]);
        assert.equal(found.levels.filter((level) => level === 1).length, 1);
        found.levels.forEach((level, i) =>
                                 assert(i === 0 ? level === 1 : level <= found.levels[i - 1] + 1,
                                        `h${level} after h${found.levels[i - 1]}`));
        assert.equal(new Set(found.ids).size, found.ids.length);
        const {nodes} = await page.send("Accessibility.getFullAXTree");
        const nameless = nodes.filter((node) => !node.ignored && [
            "button", "link", "slider", "combobox"
        ].includes(node.role?.value) && !node.name?.value);
        assert.equal(nameless.length, 0, JSON.stringify(nameless[0]));
    }
});

test("text stands out from what is behind it", async () => {
    for (const path of Object.values(pages))
        for (const dark of [false, true]) {
            await open(path(), {dark});
            assert.deepEqual(await page.run(weakTexts), [], `dark: ${dark}`);
        }
});

/* In the page: texts with less contrast than 4.5 to 1, or 3 to 1 where they are large. */
function weakTexts() {
    const parse = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
    const over = (top, below) =>
        top.slice(0, 3).map((value, i) => value * (top[3] ?? 1) + below[i] * (1 - (top[3] ?? 1)));
    const behind = (element) => {
        const chain = [];
        for (let at = element; at; at = at.parentElement)
            chain.unshift(parse(getComputedStyle(at).backgroundColor));
        return chain.reduce((below, top) => over(top, below), [ 255, 255, 255 ]);
    };
    const light = (colour) =>
        colour.map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
            .reduce((sum, value, i) => sum + value * [ 0.2126, 0.7152, 0.0722 ][i], 0);
    const weak = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement, style = getComputedStyle(element),
              box = element.getBoundingClientRect();
        if (!node.data.trim() || box.width < 2 || box.height < 2 ||
            element.closest("svg, script, style, noscript"))
            continue;
        const back = behind(element),
              [ a, b ] =
                  [ light(over(parse(style.color), back)), light(back) ].sort((x, y) => y - x);
        const large = parseFloat(style.fontSize) >= 24 ||
                      parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700;
        if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5))
            weak.add(`${element.className || element.tagName}: ${node.data.trim().slice(0, 40)}`);
    }
    return [...weak ].slice(0, 8);
}

test("the keyboard reaches everything, in the order of the page", async () => {
    await open(pages.run());
    const stops = [];
    for (let i = 0; i < 200; i++) {
        await page.press("Tab");
        const stop = await page.run(() => {
            const element = document.activeElement;
            if (!element || element === document.body) return null;
            const all = [...document.querySelectorAll("*") ];
            const style = getComputedStyle(element);
            return {
                at : all.indexOf(element),
                name :
                    element.textContent.trim().slice(0, 20) || element.getAttribute("aria-label"),
                role : element.getAttribute("role") || element.tagName.toLowerCase(),
                seen : style.outlineStyle !== "none"
            };
        });
        if (!stop) break;
        stops.push(stop);
    }
    assert(stops.length > 10);
    assert.equal(stops[0].name, "Skip to the report");
    stops.forEach((stop, i) => i && assert(stop.at > stops[i - 1].at,
                                           `${stop.name} comes after ${stops[i - 1].name}`));
    for (const role of ["a", "button", "slider", "select", "summary"])
        assert(stops.some((stop) => stop.role === role), role);
    assert(stops.every((stop) => stop.seen), "a stop cannot be seen");
});

test("a chart is read by arrow keys", async () => {
    await open(pages.run());
    await page.run(() => document.querySelector("#restarts [role=slider]").focus());
    await page.press("End");
    const end = await page.run(() => document.activeElement.getAttribute("aria-valuetext"));
    await page.press("Home");
    const begin = await page.run(() => document.activeElement.getAttribute("aria-valuetext"));
    assert.match(begin, /^p0, detected .*reachable /);
    assert.match(end, /^p9\d.*, detected .*reachable /);
    assert.equal(await text("#restarts .readout b"), "p0");
    await page.press("ArrowRight");
    assert.equal(await page.run(() => document.activeElement.getAttribute("aria-valuenow")), "1");
});

test("the button turns the colours, charts and all", async () => {
    await open(pages.run());
    const look = () =>
        page.run(() => ({
                     paper : getComputedStyle(document.body).backgroundColor,
                     drawn : document.querySelector("canvas").toDataURL(),
                     pressed : document.getElementById("theme").getAttribute("aria-pressed")
                 }));
    const before = await look();
    await page.run(() => document.getElementById("theme").focus());
    await page.press("Enter");
    await page.settle();
    const after = await look();
    assert.notEqual(after.paper, before.paper);
    assert.notEqual(after.drawn, before.drawn);
    assert.deepEqual([ before.pressed, after.pressed ], [ "false", "true" ]);
});

test("on paper it is light, whole, and without buttons", async () => {
    await open(pages.run(), {dark : true});
    await page.look({width : 700, dark : true, media : "print"});
    await page.settle();
    assert.equal(await page.run(() => getComputedStyle(document.body).backgroundColor),
                 "rgb(252, 252, 251)");
    assert.equal(await page.run(() => [...document.querySelectorAll(".plain, #theme")]
                                          .filter((one) => one.offsetWidth)
                                          .length),
                 0);
    assert(await page.run(() => [...document.querySelectorAll(".plot canvas")].every(
                              (one) => one.clientWidth > 500)));
    assert.notEqual(await styled(".choose", "display"), "none");
    const lost =
        await page.run(() => [...document.querySelectorAll("caption")]
                                 .filter((one) => getComputedStyle(one).position !== "static" ||
                                                  one.clientHeight < 8)
                                 .length);
    assert.equal(lost, 0, "captions are lost");
    assert.equal(await styled(".command code", "maxHeight"), "none");
    await page.screenshot(join(SHOTS, "run-paper.png"));
    await open(pages.edges(), {width : 700, media : "print"});
    assert.equal(await styled(".controls", "display"), "none");
    assert.notEqual(await styled("#tree .rest", "display"), "none");
    await open(pages.run(), {dark : true});
    await page.look({});
    const bytes = await page.pdf(join(SHOTS, "run.pdf"));
    assert(bytes.length > 20000 && bytes.subarray(0, 5).toString() === "%PDF-");
});

/* ------------------------------------------------------------------ size */

test("a million restarts load at once", async () => {
    const bytes = statSync(pages.million()).size;
    await open(pages.million());
    const drawn = await page.run(() => performance.getEntriesByName("respawn-drawn")[0].startTime);
    const nodes = await number("*");
    console.log(`a million restarts: ${(bytes / 1e6).toFixed(2)} MB, drawn after ${
        Math.round(drawn)} ms, ${nodes} elements`);
    assert(bytes > 500000, "the sample is too small to show anything");
    assert(bytes < BYTES_MOST, `${bytes} bytes`);
    assert(nodes < NODES_MOST, `${nodes} elements`);
    await says("#restarts .lede", "1 M restarts were due");
});

test("the data can be saved as it came", async () => {
    await open(pages.run());
    await page.send("Page.setDownloadBehavior", {behavior : "allow", downloadPath : FOLDER});
    await page.run(() => document.getElementById("save").click());
    let saved = null;
    for (let i = 0; i < 50 && !saved; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        try {
            saved = JSON.parse(readFileSync(join(FOLDER, "respawn.json"), "utf8"));
        } catch {
            saved = null;
        }
    }
    assert.deepEqual(saved, data(pages.run()));
});

test("what cannot be drawn can be saved all the same", async () => {
    const strange = {format : "respawn.strange/1.0", what : "\u202e"};
    await open(saved("strange", pages.run(), strange));
    await says(".broken", "no report is known for “respawn.strange/1.0”");
    const told = await page.run(async () => {
        const make = URL.createObjectURL;
        let blob = null;
        URL.createObjectURL = (one) => make.call(URL, blob = one);
        document.getElementById("save").click();
        return blob ? blob.text() : null;
    });
    assert.deepEqual(JSON.parse(told), strange);
});

/* ------------------------------------------------------------------ pictures */

test("pictures for people", async () => {
    const names = [ "run", "failing", "explore", "sweep", "pairs", "compare", "million", "edges" ];
    for (const name of names)
        for (const [kind, look] of [[ "light", {} ], [ "dark", {dark : true} ],
                                    [ "narrow", {width : 390, scale : 2} ]]) {
            await open(pages[name](), look);
            await page.screenshot(join(SHOTS, `${name}-${kind}.png`));
            assert(statSync(join(SHOTS, `${name}-${kind}.png`)).size > 20000);
        }
});

/* ------------------------------------------------------------------ all of them */

async function main() {
    const wanted = process.argv.slice(3);
    let passed = 0, failed = 0;
    mkdirSync(SHOTS, {recursive : true});
    browser = new Browser(process.env.CHROMIUM || "chromium");
    page = await browser.page();
    for (const [name, work] of tests.filter(
             ([ name ]) => !wanted.length || wanted.some((part) => name.includes(part))))
        try {
            await work();
            passed++;
        } catch (error) {
            failed++;
            console.log(`FAILED ${name}\n${error.stack}\n`);
        }
    await browser.stop();
    rmSync(FOLDER, {recursive : true, force : true});
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed || !passed ? 1 : 0;
}

await main();
