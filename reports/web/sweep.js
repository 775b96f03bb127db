/* sweep.js: the report of `sweep` (respawn.sweep/1): a table over all combinations, maps of two
 * settings, and what has to be traded for what.
 * SPDX-License-Identifier: MIT
 */
const SHADES = 5;
const NAMED_MOST = 8;

class Sweep {
    constructor(data, clock) {
        this.data = data;
        this.rows = data.rows.filter((row) => row.clock === clock);
        this.columns =
            data.columns.map((column, index) => ({...column, index}))
                .filter((column) => this.rows.some((row) => row.values[column.index] !== null));
    }

    value(row, column) {
        const value = row.values[column.index];
        return value === NEVER ? Infinity : value;
    }

    format(column, value) {
        return value === Infinity
                   ? NEVER
                   : inUnit(value, column.unit === "share" ? "hundredths" : column.unit);
    }

    /* On an axis: half a restart is none. */
    tick(column, value) {
        return column.unit === "count" && !Number.isInteger(value) ? ""
                                                                   : this.format(column, value);
    }

    /* 0 is the best of the column, 1 the worst; null: nothing to choose. */
    badness(column, value) {
        if (value === null || column.better === "none") return null;
        if (value === Infinity) return 1;
        const finite = this.rows.map((row) => this.value(row, column)).filter(Number.isFinite);
        const low = Math.min(...finite), high = Math.max(...finite);
        if (high <= low) return null;
        const portion = (value - low) / (high - low);
        return column.better === "higher" ? 1 - portion : portion;
    }

    shade(column, value) {
        const badness = this.badness(column, value);
        return badness === null ? null
                                : `heat-${Math.min(SHADES - 1, Math.floor(badness * SHADES))}`;
    }

    varies(column) {
        return new Set(this.rows.map((row) => row.values[column.index])).size > 1;
    }

    settings(row) {
        return this.data.keys.map((key, i) => `${key.name} ${row.settings[i]}`).join(", ");
    }
}

function columnTitle(column) {
    return column.group && column.group !== column.name ? `${column.group} ${column.name}`
                                                        : column.name;
}

/* The first setting of a row that no other beats has a star. */
function settingCells(row) {
    const star = row.best ? h("span", {class : "star", title : "no other beats it"}, "★ ") : null;
    return row.settings.map((text, i) => i === 0 ? [ star, text ] : text);
}

function sweepTable(sweep) {
    const columns = [
        ...sweep.data.keys.map((key) => ({title : key.name, about : key.key})), {title : "verdict"},
        ...sweep.columns.map(
            (column) => ({title : columnTitle(column), number : true, about : column.metric}))
    ];
    const valueCell = (row, column) => {
        const value = sweep.value(row, column);
        return {content : sweep.format(column, value), class : sweep.shade(column, value)};
    };
    const rows = sweep.rows.map((row) => ({
                                    class : row.best ? "best" : null,
                                    cells : [
                                        ...settingCells(row), verdictCell(row.verdict),
                                        ...sweep.columns.map((column) => valueCell(row, column))
                                    ]
                                }));
    return table("All combinations", columns, rows, {class : "sweep"});
}

function bestSentence(sweep) {
    const best = sweep.rows.filter((row) => row.best);
    if (!best.length || sweep.rows.length < 2) return null;
    return h("p", {class : "lede"}, h("span", {class : "star", "aria-hidden" : "true"}, "★ "),
             best.length === 1 ? [ "Best in everything: ", h("b", {}, sweep.settings(best[0])) ] : [
                 "None of these is beaten by another in availability, calls failed, ",
                 "escalations and scores lost: ",
                 h("b", {}, best.slice(0, 6).map((row) => sweep.settings(row)).join("; ")),
                 best.length > 6 ? ` and ${best.length - 6} more` : null
             ]);
}

/* ------------------------------------------------------------------ maps */

/* The last key across, all others down. */
function mapTable(sweep, column) {
    const last = sweep.data.keys.length - 1,
          across = [...new Set(sweep.rows.map((row) => row.settings[last])) ];
    const down = [...new Set(sweep.rows.map((row) => row.settings.slice(0, last).join(" · "))) ];
    const find = (left, top) => sweep.rows.find(
        (row) => row.settings[last] === top && row.settings.slice(0, last).join(" · ") === left);
    const corner = `${sweep.data.keys.slice(0, last).map((key) => key.name).join(" · ")} ↓   ${
        sweep.data.keys[last].name} →`;
    return table(
        `${columnTitle(column)} by ${sweep.data.keys.map((key) => key.name).join(" and ")}`,
        [ {title : corner}, ...across.map((title) => ({title, number : true})) ],
        down.map((left) => [left, ...across.map((top) => {
                     const row = find(left, top), value = row ? sweep.value(row, column) : null;
                     return {
                         content : row ? sweep.format(column, value) : DASH,
                         class : row ? sweep.shade(column, value) : null
                     };
                 })]),
        {class : "map"});
}

function chooser(id, label, columns, chosen, change) {
    const select =
        h("select", {id},
          columns.map((column, i) => h("option", {value : i, selected : column === chosen},
                                       columnTitle(column))));
    select.addEventListener("change", () => change(columns[Number(select.value)]));
    return [
        h("label",
          {for: id
          },
          `${label}: `),
        select
    ];
}

function mapsSection(sweep, suffix) {
    const columns = sweep.columns.filter((column) => sweep.varies(column));
    if (sweep.data.keys.length < 2 || !columns.length) return null;
    const chosen = columns.find((column) => column.better !== "none") || columns[0];
    const place = h("div", {}, mapTable(sweep, chosen));
    return section(`map${suffix}`, "Map",
                   h("p", {class : "choose"},
                     chooser(`map-of${suffix}`, "Shows", columns, chosen,
                             (column) => {
                                 place.replaceChildren(mapTable(sweep, column));
                                 settleScrollers();
                             })),
                   place, note("The redder, the worse, within what was measured."));
}

/* ------------------------------------------------------------------ the trade-off */

class TradeOff {
    constructor(sweep, x, y) {
        Object.assign(this, {sweep, x, y});
        this.sort();
        this.cursor = new Cursor("Combination", this.places, (index) => this.tell(index));
        this.chart = this.cursor.add(null, new Chart(300, () => this.make()));
    }

    /* The cursor goes over positions on the x axis. */
    sort() {
        const at = (row) => this.sweep.value(row, this.x);
        this.rows = this.sweep.rows
                        .filter((row) => Number.isFinite(at(row)) &&
                                         Number.isFinite(this.sweep.value(row, this.y)))
                        .sort((a, b) => at(a) - at(b));
        this.places = this.rows.map(at);
    }

    tell(index) {
        const row = this.rows[index];
        if (!row) return [ "no combination has both numbers" ];
        return [
            this.sweep.settings(row),
            ...[this.x, this.y].map((column) => `${columnTitle(column)} ${
                                        this.sweep.format(column, this.sweep.value(row, column))}`),
            row.best ? "none beats it" : row.verdict
        ];
    }

    /* Of those at one place, the first; a crowd has no names. */
    named() {
        const places = new Map();
        for (const row of this.rows.filter((one) => one.best)) {
            const place =
                [ this.x, this.y ]
                    .map((column) => this.sweep.format(column, this.sweep.value(row, column)))
                    .join();
            if (places.has(place))
                places.get(place).more++;
            else
                places.set(place, {row, more : 0});
        }
        return places.size <= NAMED_MOST ? [...places.values() ] : [];
    }

    scale(values) {
        const low = Math.min(...values), high = Math.max(...values),
              room = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1;
        return {time : false, range : () => [low - room, high + room]};
    }

    make() {
        const values = this.rows.map((row) => this.sweep.value(row, this.y));
        const of = (best) =>
            values.map((value, i) => Boolean(this.rows[i].best) === best ? value : null);
        const dots = (name, size) => ({
            paths : () => null,
            points : {show : true, size, width : 0, fill : colour(name), stroke : colour(name)}
        });
        return {
            options : this.cursor.options("trade", {
                scales : {
                    x : this.scale(this.places.length ? this.places : [ 0 ]),
                    y : this.scale(values.length ? values : [ 0 ])
                },
                axes : [
                    xAxis({
                        label : columnTitle(this.x),
                        labelFont : FONT,
                        labelSize : 18,
                        space : 70,
                        values : (plot, at) => at.map((value) => this.sweep.tick(this.x, value))
                    }),
                    yAxis((value) => this.sweep.tick(this.y, value),
                          {label : columnTitle(this.y), labelFont : FONT, labelSize : 18})
                ],
                series : [ {}, dots("muted", 8), dots("accent", 12) ],
                plugins : [ starNames(this) ],
            }),
            data : this.places.length ? [ this.places, of(false), of(true) ]
                                      : [ [ 0 ], [ null ], [ null ] ],
        };
    }

    choose(x, y) {
        Object.assign(this, {x, y});
        this.sort();
        this.cursor.become(this.places);
        this.chart.draw();
    }
}

/* The settings of those that none beats, beside their dots. */
function starNames(trade) {
    return {
        hooks : {
            draw : (plot) => {
                const ratio = devicePixelRatio || 1, best = trade.named();
                plot.ctx.save();
                plot.ctx.font = `${11 * ratio}px system-ui, sans-serif`;
                plot.ctx.fillStyle = colour("ink");
                for (const {row, more} of best) {
                    const x = plot.valToPos(trade.sweep.value(row, trade.x), "x", true);
                    const y = plot.valToPos(trade.sweep.value(row, trade.y), "y", true);
                    const right = x > plot.bbox.left + plot.bbox.width / 2;
                    plot.ctx.textAlign = right ? "right" : "left";
                    plot.ctx.fillText(row.settings.join(" · ") + (more ? ` and ${more} more` : ""),
                                      x + (right ? -10 : 10) * ratio, y - 8 * ratio);
                }
                plot.ctx.restore();
            }
        }
    };
}

function tradeSection(sweep, suffix) {
    const columns =
        sweep.columns.filter((column) => sweep.varies(column) && column.better !== "none");
    if (columns.length < 2) return null;
    const trade = new TradeOff(
        sweep, columns[0], columns.slice(1).find((column) => column.unit === "ns") || columns[1]);
    return section(
        `trade${suffix}`, "Trade-off",
        h("p", {class : "choose"},
          chooser(`trade-x${suffix}`, "Across", columns, trade.x,
                  (column) => trade.choose(column, trade.y)),
          " ",
          chooser(`trade-y${suffix}`, "Up", columns, trade.y,
                  (column) => trade.choose(trade.x, column))),
        figure("Each combination by two of its numbers", trade.cursor.readout, trade.cursor.slider),
        note("Large dots: combinations that no other beats."));
}

/* ------------------------------------------------------------------ the report */

/* Medians of how many runs: of fewer than were to be, when somebody stopped it. */
function medianWords(data, rows) {
    const runs = rows.map((row) => row.repetitions ?? data.repetitions);
    const least = Math.min(...runs), most = Math.max(...runs);
    const words = `Medians over ${least === most ? most : `${least} to ${most}`} runs each`;
    return least < data.repetitions ? `${words}, of ${data.repetitions}.` : `${words}.`;
}

function sweepParts(data, clock, several) {
    const sweep = new Sweep(data, clock), suffix = several ? `-${clock}` : "";
    if (!sweep.rows.length) return [];
    const title = several ? `All combinations, ${clock} time` : "All combinations";
    return [
        section(`table${suffix}`, title, bestSentence(sweep), sweepTable(sweep),
                data.repetitions > 1 ? note(medianWords(data, sweep.rows)) : null),
        mapsSection(sweep, suffix), tradeSection(sweep, suffix)
    ];
}

/* What has not run, or not as often as it was to, speaks for nothing. */
function cutShortWords(data) {
    const all = data.combinations, ran = data.rows.length;
    const fewer = data.rows.filter((row) => row.repetitions < data.repetitions).length;
    if (ran < all) return `${count(ran)} of ${plural(all, "combination")} have run`;
    return fewer ? `${plural(fewer, "combination")} ran fewer than ${data.repetitions} times`
                 : null;
}

function sweepStyle(data) {
    const styles = data.rows.map((row) => styleOf(row.verdict));
    if (styles.includes("bad")) return "bad";
    return styles.every((style) => style === "good") && !cutShortWords(data) ? "good" : "doubt";
}

function sweepReport(data) {
    const clocks =
        [ "real", "virtual" ].filter((clock) => data.rows.some((row) => row.clock === clock));
    const passed = data.rows.filter((row) => row.verdict === "passed").length;
    return [
        head({
            kind : "sweep",
            title : data.scenario,
            style : sweepStyle(data),
            verdict : `${passed} of ${plural(data.combinations, "combination")} passed`,
            why : cutShortWords(data),
            about : data.about,
            below :
                h("p", {class : "words"}, `varied: ${data.keys.map((key) => key.key).join(" · ")}`)
        }),
        ...clocks.flatMap((clock) => sweepParts(data, clock, clocks.length > 1))
    ];
}
