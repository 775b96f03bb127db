/* run_calls.js: what became of the calls, and how long they took; waits for a core; upgrades.
 * SPDX-License-Identifier: MIT
 */

function outcomeSentence(result) {
    const value = (name) => result.value(name);
    const part = (name, word, bad) => h("span", {class : bad && value(name) > 0 ? "bad" : null},
                                        `${count(value(name))}${GAP}${word}`);
    return h("p", {class : "lede"}, part("calls.issued", "issued"), " = ",
             part("calls.answered", "answered"), " + ", part("calls.failed", "failed"), " + ",
             part("calls.open", "open", true), " · ", part("calls.lost", "lost", true));
}

function causesTable(result) {
    const causes = result.apartBy("calls.failed", "cause")
                       .filter((metric) => Number(metric.value) > 0)
                       .sort((a, b) => b.value - a.value);
    if (!causes.length) return null;
    const all = result.value("calls.failed");
    return table(
        "Failed calls by reason",
        [
            {title : "Failed by"}, {title : "", class : "wide"}, {title : "calls", number : true},
            {title : "share", number : true}
        ],
        causes.map((metric) => [h("code", {}, metric.labels.cause),
                                meter(metric.value / causes[0].value, "bad"), count(metric.value),
                                all ? share(metric.value / all) : DASH]));
}

function callFacts(result) {
    const retries = result.value("calls.retries");
    return facts([
        [ "Answered, of all calls", share(result.value("calls.availability")) ],
        [
            "10 ms windows with every call answered", share(result.value("calls.availability_time"))
        ],
        retries > 0 && [ "Attempts, first or again", count(result.value("calls.attempts")) ],
        retries > 0 && [ "Retries", count(retries) ]
    ]);
}

/* In all, then phase by phase. */
function latencyRows(result, name, title) {
    const of = (labels, words, deep) => {
        const distribution = result.distribution(name, labels);
        return distribution ? {
            cells : [ words, ...quantileCells(distribution, duration) ],
            class : deep ? "deep" : null
        }
                            : null;
    };
    return [
        of(null, title, false),
        ...(result.data.phases || []).map((phase) => of({phase : phase.name}, phase.name, true))
    ].filter(Boolean);
}

function callLatencies(result) {
    const open = result.distribution("calls.latency") !== null;
    const rows = [
        ...(open ? latencyRows(result, "calls.latency", "from the intended start") : []),
        ...latencyRows(result, "calls.latency_uncorrected",
                       open ? "from the actual start, uncorrected" : "latency, uncorrected")
    ];
    if (!rows.length) return null;
    return [
        heading("Latency"),
        table("Latency of answered calls", quantileColumns("Of answered calls"), rows),
        open ? null
             : note("Closed loop: a client that waits issues nothing, ",
                    "so slow answers weigh too little.")
    ];
}

function callsSection(result) {
    if (result.value("calls.issued") === null) return null;
    return section("calls", "Calls", outcomeSentence(result), causesTable(result),
                   callFacts(result), callLatencies(result));
}

function schedulingSection(result) {
    const wait = result.distribution("sched.wait");
    if (!wait) return null;
    const number = (name) => result.value(name);
    return section(
        "scheduling", "Scheduling",
        table("Waits for a core", quantileColumns("Ready → running"),
              latencyRows(result, "sched.wait", "all waits")),
        facts([
            [ "Longest wait", duration(number("sched.longest_wait")) ],
            [ "Cores idle", share(number("sched.idle")) ],
            [ "Steals", count(number("sched.steals")) ], [ "Parks", count(number("sched.parks")) ],
            [ "Wakes", count(number("sched.wakes")) ],
            [ "Preemptions", count(number("sched.preemptions")) ]
        ]),
        result.data.clock === "real"
            ? note(
                  "About one wait in 128 is timed, by chance; the longest is looked for among all.")
            : null);
}

function upgradesSection(result) {
    const suspended = result.distribution("upgrade.suspended");
    if (!suspended && result.value("upgrade.count") === null) return null;
    const refused =
        result.apartBy("upgrade.failed", "cause").filter((metric) => Number(metric.value) > 0);
    return section(
        "upgrades", "Upgrades",
        suspended ? table("Time that processes were suspended", quantileColumns("Suspended"),
                          latencyRows(result, "upgrade.suspended", "all"))
                  : null,
        facts([
            [ "Processes changed", count(result.value("upgrade.count")) ],
            [ "Could not be changed", count(result.value("upgrade.failed")) ],
            [ "Versions taken back", count(result.value("upgrade.taken_back")) ],
            ...refused.map((metric) => [`Refused: ${metric.labels.cause}`, count(metric.value)])
        ]));
}
