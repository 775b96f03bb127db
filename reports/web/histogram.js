/* histogram.js: percentiles from the bins of `log2/7` (reports/histogram.h), by nearest rank, as
 * the program reads them. Those that never came are beyond every sample.
 * SPDX-License-Identifier: MIT
 */
const TOP = 128; /* bins of an octave */

function binLow(index) {
    const shift = Math.max(0, Math.floor(index / TOP) - 1);
    return (index - shift * TOP) * 2 ** shift;
}

function binMiddle(index) {
    const width = 2 ** Math.max(0, Math.floor(index / TOP) - 1);
    return binLow(index) + Math.floor((width - 1) / 2);
}

class Distribution {
    constructor(metric) {
        this.count = Number(metric.count);
        this.unfinished = Number(metric.unfinished || 0);
        this.total = this.count + this.unfinished;
        this.min = Number(metric.min);
        this.max = Number(metric.max);
        this.bins = metric.bins.pairs.map((pair) => pair[0]);
        let sum = 0;
        this.upTo = metric.bins.pairs.map((pair) => (sum += Number(pair[1])));
    }

    /* Infinity: never; null: there is nothing. */
    at(portion) {
        if (this.total === 0) return null;
        const rank = Math.max(1, Math.ceil(this.total * portion - 1e-9));
        if (rank > this.count) return Infinity;
        if (rank === 1) return this.min;
        return rank === this.count ? this.max : this.ofRank(rank);
    }

    ofRank(rank) {
        let low = 0, high = this.upTo.length - 1;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.upTo[middle] >= rank)
                high = middle;
            else
                low = middle + 1;
        }
        return Math.min(this.max, Math.max(this.min, binMiddle(this.bins[low])));
    }
}

/* Columns of a table of distributions, and their cells. */
const QUANTILES =
    [ [ "p50", 0.5 ], [ "p90", 0.9 ], [ "p99", 0.99 ], [ "p99.9", 0.999 ], [ "max", 1 ] ];

function quantileColumns(first) {
    return [ {title : first}, {title : "count", number : true} ].concat(
        QUANTILES.map(([ title ]) => ({title, number : true})));
}

function quantileCells(distribution, format) {
    return [ count(distribution.count) ].concat(QUANTILES.map(([, portion ]) => {
        const value = distribution.at(portion);
        return value === Infinity ? {content : NEVER, class : "bad"}
               : value === null   ? DASH
                                  : format(value);
    }));
}
