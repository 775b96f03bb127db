/* main.js: reads the data, draws the report that it is for.
 * SPDX-License-Identifier: MIT
 */
const REPORTS = [
    [ "respawn.result/1", runReport ], [ "respawn.verdict/1", verdictReport ],
    [ "respawn.sweep/1", sweepReport ], [ "respawn.exploration/1", searchReport ]
];

function reportOf(data) {
    const format = String(data.format || data.schema || "");
    const found = REPORTS.find(([ name ]) => format.startsWith(name));
    if (!found) throw new Error(`no report is known for “${format}”`);
    return found[1](data);
}

function saveData(text) {
    const link = h("a", {
        href : URL.createObjectURL(new Blob([ text ], {type : "application/json"})),
        download : "respawn.json"
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function show(text) {
    const data = spelled(JSON.parse(text));
    const parts = reportOf(data).filter(Boolean), sections = parts.filter((part) => part.id);
    append(document.getElementById("report"), parts);
    fillNavigation(sections);
    Chart.start();
    settleScrollers();
    followReading(sections);
    const build = data.build && data.build.version ? `respawn ${data.build.version}` : "respawn";
    document.getElementById("made").textContent =
        `Made by ${build}. This file is complete: it loads nothing and sends nothing.`;
}

const dataText = document.getElementById("data").textContent;
/* First of all: what cannot be drawn can still be saved. */
document.getElementById("save").addEventListener("click", () => saveData(dataText));
theme.start();
try {
    show(dataText);
} catch (error) {
    document.getElementById("report").append(
        h("p", {class : "broken", role : "alert"},
          `This report cannot be drawn: ${error.message}. The data is in the file, as JSON.`));
    console.error(error);
}
performance.mark("respawn-drawn");
