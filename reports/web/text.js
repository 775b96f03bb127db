/* text.js: numbers as people read them, the way the terminal's summary writes them
 * (runtime/base/units.c): three digits that count, no trailing zeros.
 * SPDX-License-Identifier: MIT
 */
const DASH = "–";
const NEVER = "never";
const GAP = "\u00a0"; /* between a number and its unit; does not break */

const DURATIONS = [ [ "ns", 1 ], [ "µs", 1e3 ], [ "ms", 1e6 ], [ "s", 1e9 ] ];
const SIZES = [
    [ "B", 1 ], [ "KiB", 1024 ], [ "MiB", 1024 ** 2 ], [ "GiB", 1024 ** 3 ], [ "TiB", 1024 ** 4 ]
];
const COUNTS = [ [ "", 1 ], [ "k", 1e3 ], [ "M", 1e6 ], [ "G", 1e9 ] ];

function isKnown(value) {
    return value !== null && value !== undefined && !Number.isNaN(Number(value));
}

function digits(value) {
    const decimals = value >= 100 ? 0 : value >= 10 ? 1 : value > 0 && value < 1 ? 3 : 2;
    const text = value.toFixed(decimals);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function scaled(value, units, tail) {
    if (value < 0) return "−" + scaled(-value, units, tail);
    let best = units[0];
    for (const unit of units)
        if (value >= 0.9995 * unit[1]) best = unit;
    const word = best[0] + tail;
    return digits(value / best[1]) + (word ? GAP : "") + word;
}

function duration(ns) {
    if (!isKnown(ns)) return DASH;
    return Number(ns) === Infinity ? NEVER : scaled(Number(ns), DURATIONS, "");
}

function bytes(value) {
    return isKnown(value) ? scaled(Number(value), SIZES, "") : DASH;
}

function rate(value) {
    return isKnown(value) ? scaled(Number(value), COUNTS, "/s") : DASH;
}

function count(value) {
    if (!isKnown(value)) return DASH;
    return Number(value) < 10000 ? String(Math.floor(Number(value)))
                                 : scaled(Number(value), COUNTS, "");
}

/* Cut, never rounded up: only a whole is shown as one. */
function share(value) {
    if (!isKnown(value)) return DASH;
    const millionths = Math.floor(Number(value) * 1e6 + 1e-6);
    return String(millionths / 1e4) + GAP + "%";
}

/* The same, in columns of equal width. */
function hundredths(value) {
    return (Math.floor(Number(value) * 1e4 + 1e-6) / 100).toFixed(2) + GAP + "%";
}

/* How much slower B is: 0.05 is "+5.0 %". */
function slowdown(value) {
    if (value === NEVER || value === Infinity) return NEVER;
    if (!isKnown(value)) return DASH;
    if (Math.abs(value) >= 10) return "×" + Math.round(value + 1);
    const percent = Math.abs(value) < 0.0005 ? 0 : value * 100;
    return (percent < 0 ? "−" : "+") + Math.abs(percent).toFixed(1) + GAP + "%";
}

/* A value in the unit that the catalogue of metrics gives it. */
function inUnit(value, unit) {
    if (value === NEVER || value === Infinity) return NEVER;
    if (!isKnown(value)) return DASH;
    switch (unit) {
    case "ns":
        return duration(value);
    case "bytes":
        return bytes(value);
    case "per_s":
        return rate(value);
    case "share":
        return share(value);
    case "hundredths":
        return hundredths(value);
    case "count":
        return count(value);
    case "instructions":
        return String(Math.round(value));
    default:
        return number(Number(value));
    }
}

/* Of something without a unit: most are counts, means have decimals. */
function number(value) {
    return Number.isInteger(value) || Math.abs(value) >= 10000
               ? count(value)
               : String(Number(value.toPrecision(4)));
}

/* An instant of the run. */
function instant(ns) {
    if (!isKnown(ns)) return DASH;
    return (Number(ns) / 1e9).toFixed(3) + GAP + "s";
}

function plural(number, one, many) {
    return count(number) + GAP + (Number(number) === 1 ? one : many || one + "s");
}

/* Marks that turn text round, or that nobody sees, as the terminal has them (formats/escape.c). */
const DECEIVING = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

function spell(text) {
    return text.replace(DECEIVING,
                        (mark) => `\\u${mark.codePointAt(0).toString(16).padStart(4, "0")}`);
}

/* The data with all marks that deceive spelled out, in names as in values: whatever is made of it,
 * a text, a tooltip, the title or a picture, shows what it is. */
function spelled(data) {
    if (typeof data === "string") return spell(data);
    if (Array.isArray(data)) return data.map(spelled);
    if (data === null || typeof data !== "object") return data;
    return Object.fromEntries(
        Object.entries(data).map(([ name, value ]) => [spell(name), spelled(value)]));
}
