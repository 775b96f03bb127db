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

/* "reachable in phase storm", for a list to choose from. */
function labelWords(labels) {
    const words =
        LABELS.filter((label) => labels[label] !== undefined)
            .map((label) => `${label === "cause" ? "brought by" : label} ${labels[label]}`);
    return words.length ? words.join(", ") : "all restarts";
}
