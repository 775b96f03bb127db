/* search.js: the report of `explore` (respawn.exploration/1): what a tree did not survive, each
 * kind of failure as a story to step through.
 * SPDX-License-Identifier: MIT
 */
function fromHex(text) {
    return Number(BigInt(text || "0x0"));
}

function seedText(hex) {
    return BigInt(hex).toString();
}

function isPart(data) {
    return data.shards > 1 && data.shard > 0;
}

/* How many lives there were to be: one for each seed; a shard has each n-th of them. */
function livesDue(data) {
    const seeds = BigInt(data.last_seed) - BigInt(data.first_seed) + 1n;
    if (!isPart(data)) return seeds;
    const before = BigInt(data.shard - 1);
    return seeds > before ? (seeds - before - 1n) / BigInt(data.shards) + 1n : 0n;
}

function isCutShort(data) {
    return BigInt(data.lives) < livesDue(data);
}

function cutWords(data) {
    return `${count(data.lives)} of ${plural(livesDue(data), "seed")} have lived`;
}

/* What a part of a search has not seen, the rest may. */
function unseen(data) {
    return isPart(data) || isCutShort(data) ? []
                                            : (data.sometimes || []).filter((one) => !one.lives);
}

function searchVerdict(data) {
    const hit = Object.values(data.hits || {}).some((number) => number > 0);
    const lives = plural(data.lives, "life", "lives");
    if (data.failed)
        return [
            "bad",
            `${count(data.failed)} of ${lives} failed, in ${plural(data.failures.length, "way")}`
        ];
    if (unseen(data).length) return [ "bad", "What must happen sometimes never did" ];
    if (!data.lives) return [ "doubt", "Nobody has lived" ];
    if (isCutShort(data)) return [ "doubt", `${cutWords(data)}: the search was cut short` ];
    if (!hit && data.envelope)
        return [ "doubt", `${lives} survived, but nothing was hit: that shows nothing` ];
    const unknown = data.unchecked + data.late.lives, known = count(data.lives - unknown);
    return unknown ? [ "doubt", `${known} of ${lives} survived; of the others nobody knows` ]
                   : [ "good", `All ${lives} survived` ];
}

function searchNotes(data) {
    const list = [], late = data.late;
    if (data.failed && isCutShort(data))
        list.push(`${cutWords(data)}: of the others nobody knows.`);
    if (late.lives)
        list.push(`${plural(late.lives, "life", "lives")} took longer by the wall's clock ` +
                  `than a life may, first that of seed ${seedText(late.seed)}, at ` +
                  `${duration(fromHex(late.simulated_ns))} simulated: ` +
                  "nobody knows whether they would have failed.");
    if (data.unchecked)
        list.push(`${plural(data.unchecked, "life was", "lives were")} ` +
                  "too long for any check to look at.");
    if (data.omitted)
        list.push(`${plural(data.omitted, "failure")} of yet other kinds found no room.`);
    return list.length
               ? h("ul", {class : "notes"}, list.map((text) => h("li", {class : "warning"}, text)))
               : null;
}

function searchHead(data) {
    const [style, verdict] = searchVerdict(data);
    return head({
        kind : "explore",
        title : data.scenario,
        style,
        verdict,
        figures : [
            {
                name : "Lives",
                value : count(data.lives),
                about : `seeds ${seedText(data.first_seed)} to ${seedText(data.last_seed)}`
            },
            {
                name : "Failed",
                value : count(data.failed),
                style : data.failed ? "bad" : null,
                about : data.lives ? share(data.failed / data.lives) : null
            },
            {
                name : "Kinds of failure",
                value : count(data.failures.length),
                style : data.failures.length ? "bad" : null
            },
            {
                name : "Simulated",
                value : duration(fromHex(data.simulated_ns)),
                about : "of virtual time"
            }
        ],
        below : [
            facts([
                [ "Envelope", data.envelope ],
                [ "Scenario", h("code", {class : "wrap"}, data.file) ],
                [ "Shard", isPart(data) ? `${data.shard} of ${data.shards}` : null ],
                [ "Build", data.build ], [ "Traces", h("code", {}, data.traces) ]
            ]),
            searchNotes(data)
        ]
    });
}

/* ------------------------------------------------------------------ failures */

function failureArticle(data, failure, number) {
    const name = [ failure.check, failure.path ].filter(Boolean).join(" at ");
    return h(
        "article", {class : "finding", id : `failure-${number + 1}`},
        h("h3", {}, mark("bad"), h("b", {}, failure.check),
          failure.path ? [ " at ", h("code", {}, failure.path) ] : null),
        h("p", {}, failure.text),
        h("p", {class : "words"},
          `${count(failure.lives)} of ${plural(data.lives, "life", "lives")} · first with seed ${
              seedText(failure.seed)}`,
          failure.time_ns ? ` · at ${instant(failure.time_ns)}` : null),
        failure.file ? command(`respawn replay ${failure.file}`, `the replay of ${name}`)
                     : note("No file was written for it."),
        failure.story ? new Story(name, failure.story).element() : null,
        failure.case
            ? lazily("The scenario that shows it", () => h("pre", {tabindex : 0}, failure.case))
            : null);
}

function failureLink(failure, number) {
    return h("li", {},
             h("a", {href : `#failure-${number + 1}`},
               [ failure.check, failure.path ].filter(Boolean).join(" at ")),
             h("span", {class : "words"}, ` in ${plural(failure.lives, "life", "lives")}`));
}

function failuresSection(data) {
    const failures = data.failures;
    if (!failures.length) return null;
    const list = failures.slice(0, FINDINGS_SHOWN).map(failureLink);
    const articles = (part) =>
        part.map((failure) => failureArticle(data, failure, failures.indexOf(failure)));
    return section("failures", "Failures",
                   list.length > 1 ? h("ol", {class : "contents"}, list) : null,
                   inPart(failures, FINDINGS_SHOWN, articles));
}

/* ------------------------------------------------------------------ the rest */

function hitsSection(data) {
    const hits = Object.entries(data.hits || {})
                     .filter(([, number ]) => number > 0)
                     .sort((a, b) => b[1] - a[1]);
    if (!hits.length) return null;
    return section(
        "struck", "What struck",
        table(
            "Faults that hit somebody, over all lives",
            [ {title : "Fault"}, {title : "", class : "wide"}, {title : "hits", number : true} ],
            hits.map(([ name, number ]) => [h("code", {}, name),
                                            meter(number / hits[0][1], "doubt"), count(number)])));
}

function seenSection(data) {
    const all = data.sometimes || [];
    if (!all.length) return null;
    const unless = isPart(data)       ? "not in this shard"
                   : isCutShort(data) ? "not yet"
                                      : {content : [ mark("bad"), "not seen" ], class : "bad"};
    const cells =
        (one) => [h("code", {}, one.text), seenCell(one.lives > 0, unless), count(one.lives)];
    return section("seen", "Sometimes",
                   table("What has to happen in some life",
                         [ {title : "What"}, {title : ""}, {title : "lives", number : true} ],
                         all.map(cells)));
}

function searchReport(data) {
    return [
        searchHead(data), failuresSection(data), hitsSection(data), seenSection(data),
        section("plan", "Plan",
                data.plan ? lazily("The resolved plan", () => h("pre", {tabindex : 0},
                                                                JSON.stringify(data.plan, null, 2)))
                          : null)
    ];
}
