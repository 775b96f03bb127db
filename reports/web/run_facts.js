/* run_facts.js: memory, expectations, checks and their findings, crashes, trust, machine and build.
 * SPDX-License-Identifier: MIT
 */

/* ------------------------------------------------------------------ memory and the end */

function changeCell(memory) {
    if (!isKnown(memory.before) || !isKnown(memory.after)) return DASH;
    const change = memory.after - memory.before;
    return change === 0 ? "same" : (change > 0 ? "+" : "") + bytes(change);
}

function memorySection(result) {
    const rows = (result.data.memory ||
                  []).filter((memory) => isKnown(memory.before) || isKnown(memory.after));
    const most =
        Math.max(1, ...rows.map((memory) => Math.max(memory.before || 0, memory.after || 0)));
    if (!rows.length) return null;
    return section(
        "memory", "Memory",
        table(
            "Memory before the first fault and at the end",
            [
                {title : "What"}, {title : "", class : "wide"}, {title : "before", number : true},
                {title : "after", number : true}, {title : "change", number : true}
            ],
            rows.map((memory) => [memory.name,
                                  h("span", {class : "pair"},
                                    meter((memory.before || 0) / most, "muted"),
                                    meter((memory.after || 0) / most, "accent")),
                                  bytes(memory.before), bytes(memory.after), changeCell(memory)])),
        note("Upper bar: before the first fault; lower bar: at the end. ",
             "“resident” is what the system sees."));
}

const ENDS = [
    [ "orphans", "orphans" ],
    [ "orphans.unsupervised", "alive without a chain of supervisors to the root" ],
    [ "orphans.unreachable", "alive in a role that nothing leads to" ],
    [ "entries.stale", "names and entries that lead to the dead" ], [ "scores.lost", "scores lost" ]
];

function endSection(result) {
    const rows = ENDS.map(([ name, words ]) => [name, words, result.value(name)])
                     .filter(([, , value ]) => value !== null);
    if (!rows.length) return null;
    return section(
        "end", "In the end",
        table(
            "The state when all had come to rest",
            [ {title : "Metric"}, {title : "what"}, {title : "count", number : true} ],
            rows.map(([ name, words,
                        value ]) => [h("code", {}, name), words,
                                     {content : count(value), class : value > 0 ? "bad" : null}])));
}

/* ------------------------------------------------------------------ expectations */

function place(row) {
    if (!row.file) return "";
    return row.line ? `${row.file}:${row.line}:${row.column}` : row.file;
}

function expectationRows(expectations) {
    return expectations.map(
        (one) => [h("code", {}, one.text), verdictCell(one.verdict), {
            content : [
                one.observed || (one.never ? NEVER : DASH), one.why ? h("small", {}, one.why) : null
            ],
            class : one.verdict === "failed" ? "bad" : null
        },
                  h("code", {class : "place"}, place(one))]);
}

function tally(expectations) {
    const counts = new Map();
    for (const one of expectations) counts.set(one.verdict, (counts.get(one.verdict) || 0) + 1);
    return [ "failed", "inconclusive", "passed", "skipped" ]
        .filter((word) => counts.has(word))
        .map((word) => `${counts.get(word)} ${word}`)
        .join(" · ");
}

function sometimesTable(result) {
    const rows = result.data.sometimes || [];
    if (!rows.length) return null;
    const columns = [ {title : "What"}, {title : "seen"}, {title : "place"} ];
    const cells =
        (row) => [h("code", {}, row.text),
                  seenCell(row.seen, row.known ? "not seen" : `unknown: ${row.why || ""}`),
                  h("code", {class : "place"}, place(row))];
    return [
        heading("Sometimes"),
        table("What has to happen at least once, over many runs", columns, rows.map(cells))
    ];
}

/* What an expectation is about: of "model: calls.latency.p99 < 5ms in every 1s" the statistic. */
function subjectOf(text) {
    return text.replace(/^\s*model:\s*/, "").trim().split(/\s/)[0];
}

function windowCells(result, row) {
    const judged = isKnown(row.worst);
    return [
        h("code", {}, row.text), count(row.windows),
        inUnit(row.worst, result.unitOf(subjectOf(row.text))),
        judged ? instant(row.start_ns) : DASH, count(row.samples)
    ];
}

function windowsOf(result) {
    const rows = result.data.windows || [];
    if (!rows.length) return null;
    const columns = [ {title : "Expected"} ].concat(
        [ "windows", "worst", "from", "fewest samples" ].map((title) => ({title, number : true})));
    return [
        heading("In every window"), table("The window that speaks most against each expectation",
                                          columns, rows.map((row) => windowCells(result, row)))
    ];
}

function expectationsSection(result) {
    const all = result.data.expectations || [];
    return section("expected", "Expectations",
                   all.length ? h("p", {class : "lede"}, tally(all)) : null,
                   all.length ? table("Expectations",
                                      [
                                          {title : "Expected"}, {title : "verdict"},
                                          {title : "observed"}, {title : "place"}
                                      ],
                                      expectationRows(all))
                              : null,
                   windowsOf(result), sometimesTable(result));
}

/* ------------------------------------------------------------------ checks and crashes */

function findingArticle(finding) {
    const name = [ finding.check, finding.role ].filter(Boolean).join(" ");
    return h("article", {class : "finding"},
             h("h3", {}, mark("bad"), h("b", {}, finding.check), " ",
               finding.role ? h("code", {}, finding.role) : null),
             h("p", {}, finding.text), new Story(name, finding.events || []).element());
}

function checksSection(result) {
    const checks = result.data.checks || [], findings = result.data.findings || [];
    const omitted = Number(result.data.findings_omitted || 0);
    if (!checks.length && !findings.length) return null;
    const words = plural(checks.length, "check"), found = findings.length + omitted;
    return section("checks", "Checks",
                   findings.length
                       ? h("p", {class : "lede"}, `${plural(found, "finding")} of ${words}`)
                       : h("p", {class : "lede good"}, mark("good"),
                           `${words} looked at the whole history and found nothing.`),
                   checks.length ? h("p", {class : "words"}, checks.join(" · ")) : null,
                   inPart(findings, FINDINGS_SHOWN, (part) => part.map(findingArticle)),
                   omitted ? note(`and ${count(omitted)} more, which are not kept`) : null);
}

function crashesSection(result) {
    const crashes = result.data.crashes || [], reasons = result.data.crash_reasons || [];
    if (!crashes.length && !reasons.length) return null;
    const most = Math.max(1, ...reasons.map((row) => Number(row.count)));
    const columns =
        [ {title : "Reason"}, {title : "", class : "wide"}, {title : "processes", number : true} ];
    return section("crashes", "Crashes",
                   table("Processes that ended, by reason", columns,
                         reasons.map((row) => [h("code", {}, row.reason),
                                               meter(row.count / most, "bad"), count(row.count)])),
                   crashes.length ? [ heading("The first of them"), crashesTable(crashes) ] : null);
}

function crashesTable(crashes) {
    const columns = [
        {title : "Role"}, {title : "at", number : true}, {title : "module"}, {title : "reason"},
        {title : "handling"}
    ];
    const cells = (crash) =>
        [h("code", {}, crash.role ? `${crash.role}#${crash.incarnation}` : DASH),
         instant(crash.t_ns), crash.module || DASH,
         [ h("code", {}, crash.reason), crash.place ? h("small", {}, `in ${crash.place}`) : null ],
         crash.message ? h("code", {}, crash.message) : DASH];
    return table("Crashes", columns, crashes.map(cells));
}

/* ------------------------------------------------------------------ trust, machine, build */

function conditionValue(condition, value) {
    return inUnit(value, condition.unit === "1" ? "share" : condition.unit);
}

function trustSection(result) {
    const rows = result.data.trust || [], spoiled = rows.filter((row) => row.spoiled);
    if (!rows.length)
        return result.data.clock === "virtual"
                   ? null
                   : section("trust", "Trust",
                             note("Nobody looked at what may spoil the numbers."));
    return section(
        "trust", "Trust",
        h("p", {class : `lede ${spoiled.length ? "bad" : "good"}`},
          spoiled.length
              ? `${plural(spoiled.length, "condition")} beyond the threshold: numbers may be wrong.`
              : [ mark("good"), "Nothing was beyond its threshold." ]),
        table("What may spoil numbers",
              [
                  {title : "Condition"}, {title : "observed", number : true},
                  {title : "threshold", number : true}, {title : "would spoil"}, {title : "note"}
              ],
              rows.map((row) => [h("code", {}, row.condition), {
                           content : conditionValue(row, row.observed),
                           class : row.spoiled ? "bad" : null
                       },
                                 conditionValue(row, row.threshold), row.spoils || "", [
                                     row.spoiled ? h("b", {class : "bad"}, "spoiled ") : null,
                                     row.why || ""
                                 ]])));
}

function settingsTable(result) {
    const rows = result.data.settings || [];
    const cells = (row) => [h("code", {}, row.key), h("code", {class : "wrap"}, row.value)];
    return rows.length ? [
        heading("Settings from the command line"),
        table("Settings", [ {title : "Key"}, {title : "value"} ], rows.map(cells))
    ]
                       : null;
}

function repetitionsTable(result) {
    const rows = result.data.repetitions || [];
    const names = [...new Set(rows.flatMap((row) => Object.keys(row.values))) ];
    if (!rows.length || !names.length) return null;
    const value = (row, name) =>
        (row.never || []).includes(name) ? NEVER : inUnit(row.values[name], result.unitOf(name));
    const make = () =>
        table("A number for each statistic and repetition",
              [
                  {title : "n", number : true}, {title : "seed"}, {title : "status"},
                  ...names.map((title) => ({title, number : true}))
              ],
              rows.map((row) => [Number(row.n) + 1, h("code", {}, row.seed), row.status,
                                 ...names.map((name) => value(row, name))]));
    return lazily(rows.length === 1 ? "The run's statistics"
                                    : `The ${rows.length} repetitions' statistics`,
                  make);
}

function machineSection(result) {
    const {machine = {}, build = {}, scenario = {}} = result.data;
    return section(
        "machine", "Machine and build", facts([
            [ "Processor", machine.cpu ],
            [ "Cores", machine.cores ? `${machine.cores_online} of ${machine.cores}` : null ],
            [ "Memory", machine.memory_bytes ? bytes(machine.memory_bytes) : null ],
            [ "System", machine.kernel ], [ "respawn", build.version ],
            [ "Compiler", build.compiler ], [ "Build", build.type ],
            [ "Sanitizers", build.sanitizer ], [ "Started", result.data.started_at ],
            [ "Took", result.data.elapsed_ns ? duration(result.data.elapsed_ns) : null ],
            [ "Scenario", scenario.file ? h("code", {class : "wrap"}, scenario.file) : null ],
            [ "Its hash", scenario.hash ? h("code", {}, scenario.hash) : null ],
            [ "Seed", seedOf(result.data) ? h("code", {}, result.data.seed) : null ],
            [ "Streams", result.data.stream_scheme ],
            [ "Trace hash", result.data.trace_hash ? h("code", {}, result.data.trace_hash) : null ],
            [ "Gate", (result.data.gate || []).join(", ") ]
        ]),
        settingsTable(result), repetitionsTable(result),
        scenario.plan ? lazily("The resolved plan", () => h("pre", {tabindex : 0},
                                                            JSON.stringify(scenario.plan, null, 2)))
                      : null);
}
