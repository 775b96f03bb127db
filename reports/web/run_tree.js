/* run_tree.js: the supervision tree with what befell each node.
 * SPDX-License-Identifier: MIT
 */

const NODES_SHOWN = 200; /* a scenario may have 10,000, which take a browser seconds */

/* For each node, level by level, whether the branch goes on below it; in one pass from the end. */
function branches(nodes) {
    const open = [], texts = [];
    for (let i = nodes.length - 1; i >= 0; i--) {
        const depth = Number(nodes[i].depth);
        let text = "";
        for (let level = 1; level < depth; level++) text += open[level] ? "│  " : "   ";
        if (depth > 0) text += open[depth] ? "├─ " : "└─ ";
        texts[i] = text;
        open.length = depth + 1;
        open[depth] = true;
    }
    return texts;
}

function nodeName(node, branch) {
    const given = node.id === "*" ? "each" : node.id;
    return h("span", {class : "node"},
             h("span", {class : "branch", "aria-hidden" : "true"}, branch),
             node.supervisor ? h("b", {}, given) : given,
             h("span", {class : "unseen"}, ` at ${node.path || "the root"}`));
}

function aliveCell(node) {
    const missing = isKnown(node.alive) && isKnown(node.planned) && node.alive < node.planned;
    return missing ? {content : `${count(node.alive)} of ${count(node.planned)}`, class : "bad"}
                   : count(node.alive);
}

function restartsCell(node, most) {
    if (!(node.restarts > 0)) return {content : count(node.restarts), class : "number"};
    return h("span", {class : "meter-cell"}, meter(node.restarts / most, "reachable"),
             count(node.restarts));
}

function escalationsCell(node) {
    return node.escalations > 0 ? {
        content : `▲ gave up ${node.escalations > 1 ? `${count(node.escalations)}×` : ""}`,
        class : "bad"
    }
                                : "";
}

/* The root has no path, and what is told apart by none is the total. */
function latencyCell(result, node, portion) {
    const distribution =
        node.path ? result.distribution("restart.reachable", {path : node.path}) : null;
    const value = distribution ? distribution.at(portion) : null;
    return value === Infinity ? {content : NEVER, class : "bad"} : duration(value);
}

/* Returns what makes rows of a part of `nodes`. */
function treeRows(result, nodes, columns) {
    const lines = branches(nodes), order = new Map(nodes.map((node, i) => [node, i]));
    const most = nodes.reduce((so, node) => Math.max(so, node.restarts || 0), 1);
    return (part) => part.map((node) => {
        const cells = [
            nodeName(node, lines[order.get(node)]),
            [ node.kind, node.detail ].filter(Boolean).join(", "), aliveCell(node),
            restartsCell(node, most)
        ];
        if (columns.times)
            cells.push(latencyCell(result, node, 0.5), latencyCell(result, node, 0.99));
        if (columns.escalations) cells.push(escalationsCell(node));
        return {cells, class : node.escalations > 0 ? "escalated" : null};
    });
}

function treeSection(result) {
    const nodes = result.data.tree || [];
    if (!nodes.length) return null;
    const has = {
        times : result.apartBy("restart.reachable", "path").some((metric) => metric.bins),
        escalations : nodes.some((node) => node.escalations > 0)
    };
    const columns = [
        {title : "Node"}, {title : "how"}, {title : "alive", number : true},
        {title : "restarts", number : true}
    ];
    if (has.times)
        columns.push({title : "p50", number : true, about : "from the fault until reachable"},
                     {title : "p99", number : true, about : "from the fault until reachable"});
    if (has.escalations) columns.push({title : "escalated"});
    const gaveUp = result.value("escalations"), rows = treeRows(result, nodes, has);
    return section("tree", "Supervision tree",
                   gaveUp > 0 ? h("p", {class : "lede bad"},
                                  plural(gaveUp, "supervisor gave up", "supervisors gave up"),
                                  ": more restarts than the intensity allows.")
                              : null,
                   inPart(nodes, NODES_SHOWN,
                          (part) => table("The tree, with restarts of each node", columns,
                                          rows(part), {class : "tree"})));
}
