/* run_tree.js: the supervision tree with what befell each node.
 * SPDX-License-Identifier: MIT
 */

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

function meter(portion, ink) {
    if (!(portion > 0)) return h("span", {class : "meter", "aria-hidden" : "true"});
    return h("span", {
        class : `meter fill-${ink}`,
        "aria-hidden" : "true",
        vars : {"--long" : `${Math.max(1, 100 * portion)}%`}
    });
}

function escalationsCell(node) {
    return node.escalations > 0 ? {
        content : `▲ gave up ${node.escalations > 1 ? `${count(node.escalations)}×` : ""}`,
        class : "bad"
    }
                                : "";
}

function latencyCell(result, node, portion) {
    const distribution = result.distribution("restart.reachable", {path : node.path});
    const value = distribution ? distribution.at(portion) : null;
    return value === Infinity ? {content : NEVER, class : "bad"} : duration(value);
}

function treeRows(result, nodes, columns) {
    const lines = branches(nodes), most = Math.max(1, ...nodes.map((node) => node.restarts || 0));
    return nodes.map((node, i) => {
        const cells = [
            nodeName(node, lines[i]), [ node.kind, node.detail ].filter(Boolean).join(", "),
            aliveCell(node), restartsCell(node, most)
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
    const gaveUp = result.value("escalations");
    return section("tree", "Supervision tree",
                   gaveUp > 0 ? h("p", {class : "lede bad"},
                                  plural(gaveUp, "supervisor gave up", "supervisors gave up"),
                                  ": more restarts than the intensity allows.")
                              : null,
                   table("The tree, with restarts of each node", columns,
                         treeRows(result, nodes, has), {class : "tree"}));
}
