/* run.js: the report of one run: its head, and the order of its sections.
 * SPDX-License-Identifier: MIT
 */

function runFigures(result) {
    const reachable = result.distribution("restart.reachable"),
          value = (name) => result.value(name);
    const never = value("restart.unfinished"), due = value("restart.count"),
          hit = value("faults.hit");
    const latency = (portion) => duration(reachable.at(portion));
    return [
        reachable && {name : "Restart, median", value : latency(0.5), about : "fault → reachable"},
        reachable && {
            name : "Restart, p99",
            value : latency(0.99),
            about : `of ${plural(reachable.total, "restart")}`
        },
        due > 0 && {
            name : "Never back",
            value : count(never),
            about : `of ${count(due)} due`,
            style : never > 0 ? "bad" : null
        },
        value("calls.availability") !== null && {
            name : "Available",
            value : share(value("calls.availability")),
            about :
                `${count(value("calls.failed"))} of ${count(value("calls.issued"))} calls failed`
        },
        value("calls.throughput") !== null && {
            name : "Throughput",
            value : rate(value("calls.throughput")),
            about : "calls answered"
        },
        value("faults.struck") > 0 && {
            name : "Faults hit",
            value : count(hit),
            about : `of ${count(value("faults.struck"))} struck`
        },
        value("orphans") > 0 && {
            name : "Orphans",
            value : count(value("orphans")),
            about : "in the end",
            style : "bad"
        },
    ];
}

/* Without the scheme of its streams a seed says nothing: another runtime's events have none. */
function seedOf(data) {
    return data.stream_scheme ? data.seed : null;
}

function runLine(data) {
    const parts = [
        data.clock && `${data.clock} clock`, data.scheduler,
        data.threads && plural(data.threads, "thread"), seedOf(data) && `seed ${data.seed}`,
        data.elapsed_ns ? duration(data.elapsed_ns) : null, data.started_at
    ];
    return h("p", {class : "words"}, parts.filter(Boolean).join(" · "));
}

const FINDINGS_NAMED = 3; /* in the head; the section has them all */

/* What stands against the run, each with the section that tells more. */
function problems(result) {
    const data = result.data, list = [];
    const add = (style, target, ...content) =>
        list.push(h("li", {class : style}, mark(style),
                    h("span", {}, content, " ",
                      h("a", {href : `#${target}`, "aria-label" : `more on ${target}`}, "more"))));
    for (const one of data.expectations || []) {
        if (one.verdict !== "failed" && one.verdict !== "inconclusive") continue;
        add(styleOf(one.verdict), "expected", h("code", {}, one.text),
            one.observed || one.never ? ` observed ${one.observed || NEVER}` : null,
            one.why ? ` ${one.why}` : null, " ", h("code", {class : "place"}, place(one)));
    }
    const findings = data.findings || [];
    for (const finding of findings.slice(0, FINDINGS_NAMED))
        add("bad", "checks", h("b", {}, finding.check), " ",
            finding.role ? h("code", {}, finding.role) : null, " ", finding.text);
    const more = Math.max(0, findings.length - FINDINGS_NAMED) + Number(data.findings_omitted || 0);
    if (more) add("bad", "checks", `and ${plural(more, "other finding")}`);
    for (const condition of (data.trust || []).filter((row) => row.spoiled))
        add("doubt", "trust", h("code", {}, condition.condition),
            ` was ${conditionValue(condition, condition.observed)}, beyond `,
            conditionValue(condition, condition.threshold), `: may spoil ${condition.spoils}`);
    return list.length
               ? h("ul", {class : "problems", "aria-label" : "What stands against it"}, list)
               : null;
}

function notes(result) {
    const all =
        [...(result.data.notes || []) ].sort((a, b) => Number(b.warning) - Number(a.warning));
    return all.length
               ? h("ul", {class : "notes", "aria-label" : "Notes"},
                   all.map((one) => h("li", {class : one.warning ? "warning" : null},
                                      one.warning ? h("b", {}, "Warning: ") : null, one.text)))
               : null;
}

/* What failed has failed, whether or not its numbers can be trusted. */
function runStyle(data) {
    if (data.status === "complete" || data.verdict === "failed") return styleOf(data.verdict);
    return styleOf(data.status);
}

function runHead(result) {
    const data = result.data, scenario = data.scenario || {};
    const whole = data.status === "complete";
    return head({
        kind : "run",
        title : scenario.name || "(no scenario)",
        style : runStyle(data),
        verdict : whole ? data.verdict : `${data.verdict}, ${data.status.replace("_", " ")}`,
        why : data.reason,
        about : scenario.about,
        command : data.reproduce,
        figures : runFigures(result),
        below : [ runLine(data), problems(result), notes(result) ]
    });
}

function runReport(data) {
    const result = new Result(data);
    return [
        runHead(result), timeSection(result), latencySection(result), treeSection(result),
        callsSection(result), memorySection(result), endSection(result),
        expectationsSection(result), checksSection(result), crashesSection(result),
        schedulingSection(result), upgradesSection(result), trustSection(result),
        machineSection(result)
    ];
}
