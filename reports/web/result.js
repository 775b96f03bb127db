/* result.js: respawn.result/1, looked up by metric and labels. What is not in it is null, never 0.
 * SPDX-License-Identifier: MIT
 */
const LABELS = [ "phase", "fault", "load", "path", "cause" ];

class Result {
    constructor(data) {
        this.data = data;
        this.metrics = new Map();
        for (const metric of data.metrics || [])
            this.metrics.set(Result.key(metric.name, metric.labels), metric);
    }

    static key(name, labels) {
        return [ name, ...LABELS.map((label) => (labels && labels[label]) || "") ].join("\0");
    }

    metric(name, labels) {
        return this.metrics.get(Result.key(name, labels)) || null;
    }

    value(name, labels) {
        const metric = this.metric(name, labels);
        return metric && isKnown(metric.value) ? Number(metric.value) : null;
    }

    /* Restarts that came, as the terminal has them: those that were due, but for the unfinished. */
    restarts(labels) {
        const due = this.value("restart.count", labels);
        const never = this.value("restart.unfinished", labels);
        return due === null || never === null ? due : due - never;
    }

    /* The unit of a statistic, for inUnit. Of "restart.reachable{phase=storm}.p99" it is the
     * metric's; but how many there were is a count, and counts and shares both have the unit 1. */
    unitOf(statistic) {
        const found = (this.data.metrics || [])
                          .filter(({name}) => statistic.startsWith(name) &&
                                              /^([.{]|$)/.test(statistic.slice(name.length)))
                          .sort((a, b) => b.name.length - a.name.length)[0];
        if (!found) return "1";
        const aggregate = statistic.slice(found.name.length).replace(/^\{[^}]*\}/, "");
        if (aggregate === ".rate") return "per_s";
        if (aggregate === ".count" || found.kind === "counter") return "count";
        return found.kind === "ratio" ? "share" : found.unit;
    }

    /* Of distributions, one without any sample is none. */
    distribution(name, labels) {
        const metric = this.metric(name, labels);
        if (!metric || !metric.bins) return null;
        const distribution = new Distribution(metric);
        return distribution.total ? distribution : null;
    }

    /* The entries of `name` that are told apart by `label` alone. */
    apartBy(name, label) {
        return [...this.metrics.values() ].filter(
            (metric) => metric.name === name && Object.keys(metric.labels).length === 1 &&
                        label in metric.labels);
    }

    phaseAt(ns) {
        return (this.data.phases ||
                []).find((phase) => ns >= phase.start_ns && ns < phase.end_ns) ||
               null;
    }

    end() {
        const phases = this.data.phases || [];
        return phases.length ? phases[phases.length - 1].end_ns : 0;
    }
}

/* "by faults, phase storm", for a list to choose from. Distributions without a cause are of those
 * restarts alone that a fault struck itself. */
function labelWords(labels) {
    const words = LABELS.filter((label) => label !== "cause" && labels[label] !== undefined)
                      .map((label) => `${label} ${labels[label]}`);
    const by = labels.cause === undefined ? "by faults" : `brought by ${labels.cause}`;
    return [ by, ...(words.length ? words : [ "all of them" ]) ].join(", ");
}
