/* chart.js: uPlot in the page's colours, and a cursor that charts share: by mouse, by touch, and by
 * keyboard as a slider that says what it stands on.
 * SPDX-License-Identifier: MIT
 */
const PAPER = 660; /* pixels of a printed page's width */
const AXIS = 62;   /* of the left axis: charts below one another align */
const FONT = "11px system-ui, sans-serif";

class Chart {
    /* `make` returns {options, data} in the colours of now. */
    constructor(height, make) {
        this.height = height;
        this.make = make;
        this.host = h("div", {class : "plot"});
        Chart.all.push(this);
    }

    width() {
        return theme.printing ? PAPER : this.host.clientWidth;
    }

    draw() {
        if (this.plot) this.plot.destroy();
        this.plot = null;
        if (!this.width()) return;
        const {options, data} = this.make();
        this.plot = new uPlot(
            {legend : {show : false}, ...options, width : this.width(), height : this.height}, data,
            this.host);
    }

    fit() {
        if (this.plot && this.width() && this.plot.width !== this.width())
            this.plot.setSize({width : this.width(), height : this.height});
    }

    static start() {
        const draw = () => Chart.all.forEach((chart) => chart.draw());
        draw();
        theme.listeners.push(draw);
        new ResizeObserver(() => {
            Chart.all.forEach((chart) => chart.fit());
            settleScrollers();
        }).observe(document.getElementById("report"));
    }
}
Chart.all = [];

function xAxis(more) {
    return {
        stroke : colour("muted"),
        font : FONT,
        size : 28,
        gap : 4,
        grid : {stroke : colour("grid"), width : 1},
        ticks : {stroke : colour("grid"), size : 4},
        ...more
    };
}

/* Of a logarithmic axis, the decades alone: lines between them are noise. */
function logAxis(format, more) {
    const splits = (plot, axis, low, high) => {
        const all = [];
        for (let at = low; at <= high * 1.001; at *= 10) all.push(at);
        return all;
    };
    return yAxis(format, {splits, filter : (plot, at) => at, ...more});
}

function yAxis(format, more) {
    return {
        stroke : colour("muted"),
        font : FONT,
        size : AXIS,
        gap : 6,
        space : 28,
        grid : {stroke : colour("grid"), width : 1},
        ticks : {show : false},
        values : (plot, splits) => splits.map((value) => value === null ? "" : format(value)),
        ...more
    };
}

/* All of `from` to `to`, until somebody has dragged a part out of it. */
function zoomable(places, from, to) {
    const all = (min, max) => min <= places[0] && max >= places[places.length - 1];
    return {
        time : false,
        range : (plot, min, max) => min === null || all(min, max) ? [ from, to ] : [ min, max ]
    };
}

function linear(highest) {
    return {range : () => [0, highest > 0 ? highest * 1.08 : 1]};
}

/* Whole decades around all values. */
function decades(values) {
    const known =
        values.filter((value) => Number.isFinite(value)).map((value) => Math.max(1, value));
    const least = known.length ? Math.min(...known) : 1,
          most = known.length ? Math.max(...known) : 10;
    const low = 10 ** Math.floor(Math.log10(least) + 1e-9);
    const high = 10 ** Math.ceil(Math.log10(most) - 1e-9);
    return {distr : 3, log : 10, range : () => [low, high > low ? high : low * 10]};
}

/* ------------------------------------------------------------------ the cursor */

function nearest(places, x) {
    let low = 0, high = places.length - 1;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (places[middle] < x)
            low = middle;
        else
            high = middle;
    }
    return x - places[low] <= places[high] - x ? low : high;
}

class Cursor {
    /* `places`: ascending; `tell` says in parts what is at one of them. */
    constructor(name, places, tell) {
        Object.assign(this, {places, tell, index : 0, charts : []});
        this.readout = h("p", {class : "readout", "aria-hidden" : "true"},
                         "Point at a chart, or use ← and → when it has the focus.");
        this.slider = h("div", {
            class : "plots",
            role : "slider",
            tabindex : 0,
            "aria-label" : name,
            "aria-valuemin" : 0,
            "aria-valuemax" : Math.max(0, places.length - 1),
            "aria-valuenow" : 0,
            "aria-valuetext" : tell(0).join(", "),
            on : {keydown : (event) => this.key(event)}
        });
    }

    add(title, chart) {
        this.charts.push(chart);
        append(this.slider, [ title ? h("p", {class : "plot-title"}, title) : null, chart.host ]);
        return chart;
    }

    show(index) {
        const parts = this.tell(index);
        this.index = index;
        this.slider.setAttribute("aria-valuenow", index);
        this.slider.setAttribute("aria-valuetext", parts.join(", "));
        this.readout.replaceChildren(...parts.map((part, i) => h(i ? "span" : "b", {}, part)));
    }

    /* From now on it goes over other places. */
    become(places) {
        const last = Math.max(0, places.length - 1);
        this.places = places;
        this.slider.setAttribute("aria-valuemax", last);
        this.show(Math.min(this.index, last));
    }

    hover(plot) {
        if (plot.cursor.left >= 0 && this.places.length)
            this.show(nearest(this.places, plot.posToVal(plot.cursor.left, "x")));
    }

    key(event) {
        const steps = {
            ArrowRight : 1,
            ArrowUp : 1,
            ArrowLeft : -1,
            ArrowDown : -1,
            PageUp : 10,
            PageDown : -10,
            Home : -Infinity,
            End : Infinity
        };
        const step = steps[event.key];
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!this.places.length) return;
        event.preventDefault();
        const index = Math.min(this.places.length - 1, Math.max(0, this.index + step));
        for (const {plot} of this.charts)
            if (plot) plot.setCursor({left : plot.valToPos(this.places[index], "x"), top : 1});
        this.show(index);
    }

    /* What a chart of this cursor has in its options. */
    options(key, more) {
        return {
            cursor : {
                y : false,
                points : {size : 7},
                drag : {x : key === "time", y : false},
                sync : {key, scales : [ "x", null ]}
            },
            padding : [ 8, 18, 0, 0 ],
            ...more,
            hooks : {setCursor : [ (plot) => this.hover(plot) ]}
        };
    }
}

/* ------------------------------------------------------------------ what lies behind */

/* Phases as bands: those with faults tinted, each with a line where it begins; names on request. */
function phaseBands(phases, named) {
    const paint = (plot, phase) => {
        const {ctx, bbox} = plot, ratio = devicePixelRatio || 1;
        const from = plot.valToPos(phase.start_ns / 1e9, "x", true);
        const to = plot.valToPos(phase.end_ns / 1e9, "x", true);
        ctx.save();
        ctx.beginPath();
        ctx.rect(Math.max(from, bbox.left), bbox.top,
                 Math.min(to, bbox.left + bbox.width) - Math.max(from, bbox.left), bbox.height);
        ctx.clip();
        ctx.fillStyle = colour(phase.faulty ? "fault-band" : "calm-band");
        ctx.fillRect(from, bbox.top, to - from, bbox.height);
        ctx.fillStyle = colour("line");
        ctx.fillRect(Math.round(from), bbox.top, ratio, bbox.height);
        ctx.fillStyle = colour(phase.faulty ? "bad" : "muted");
        ctx.font = `${11 * ratio}px system-ui, sans-serif`;
        ctx.textBaseline = "top";
        if (named) ctx.fillText(phase.name, from + 5 * ratio, bbox.top + 3 * ratio);
        ctx.restore();
    };
    return {hooks : {drawClear : (plot) => phases.forEach((phase) => paint(plot, phase))}};
}

/* A level for each phase, drawn over all of it: `levels` are [{phase, value, colour, dash}]. */
function phaseLevels(levels) {
    const paint = (plot, level) => {
        const {ctx} = plot, ratio = devicePixelRatio || 1;
        const y = plot.valToPos(Math.max(1, level.value), "y", true);
        ctx.strokeStyle = colour(level.colour);
        ctx.setLineDash((level.dash || []).map((length) => length * ratio));
        ctx.beginPath();
        ctx.moveTo(plot.valToPos(level.phase.start_ns / 1e9, "x", true) + 2 * ratio, y);
        ctx.lineTo(plot.valToPos(level.phase.end_ns / 1e9, "x", true) - 2 * ratio, y);
        ctx.stroke();
    };
    return {
        hooks : {
            draw : (plot) => {
                const {ctx, bbox} = plot;
                ctx.save();
                ctx.beginPath();
                ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
                ctx.clip();
                ctx.lineWidth = 2 * (devicePixelRatio || 1);
                levels.forEach((level) => paint(plot, level));
                ctx.restore();
            }
        }
    };
}
