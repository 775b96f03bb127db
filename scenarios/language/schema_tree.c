/* schema_tree.c: supervisors and workers. Each worker has a definition of its own, since its keys
 * are its own; a child is one of them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/form.h"
#include "scenarios/language/schema.h"
#include "scenarios/workers/worker.h"

#include <stdio.h>

#define SIMPLE "simple_one_for_one"

static json_t *property(json_t *mapping, const char *key) {
    return json_object_get(json_object_get(mapping, "properties"), key);
}

/* ------------------------------------------------------------------ supervisors */

/* One with `children`, of any strategy but the simple one, which is what it has by default. */
static json_t *make_usual(const rs_key_section *section) {
    json_t *mapping = rs_schema_mapping(section, (const char *const[]){"child", NULL});
    json_t *simple = json_pack("{s:{s:s}}", "not", "const", SIMPLE);
    json_object_update(property(mapping, "strategy"), simple);
    json_decref(simple);
    rs_schema_need(mapping, "children");
    return mapping;
}

/* One with `child`. */
static json_t *make_simple(const rs_key_section *section) {
    json_t *mapping = rs_schema_mapping(section, (const char *const[]){"children", NULL});
    json_object_set_new(property(mapping, "strategy"), "const", json_string(SIMPLE));
    rs_schema_need(mapping, "strategy");
    rs_schema_need(mapping, "child");
    return mapping;
}

json_t *rs_schema_root(void) {
    const rs_key_section *root = rs_key_section_find("root");
    return json_pack("{s:[o, o]}", "anyOf", make_usual(root), make_simple(root));
}

/* ------------------------------------------------------------------ workers */

static json_t *make_worker(const rs_worker *worker) {
    json_t *mapping = json_pack("{s:s, s:s, s:{}, s:[], s:b}", "type", "object", "description",
                                worker->about, "properties", "required", "additionalProperties", 0);
    rs_schema_add_keys(mapping, rs_key_section_find("worker"), NULL);
    json_object_set_new(json_object_get(mapping, "properties"), "worker",
                        rs_schema_word(worker->name, worker->about));
    json_object_set_new(mapping, "required", json_pack("[s]", "worker")); /* see rs_schema_child */
    rs_schema_add_options(mapping, worker->options, worker->option_count);
    return mapping;
}

/* As a key of the definitions. */
static char *name_of(const rs_worker *worker, char name[96]) {
    snprintf(name, 96, "worker:%.80s", worker->name);
    return name;
}

static json_t *list_workers(void) {
    json_t *list = json_array();
    char name[96];
    for (uint32_t i = 0; rs_workers[i]; i++)
        json_array_append_new(
            list,
            json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", name_of(rs_workers[i], name))));
    return list;
}

/* Templates have no need of an id. */
json_t *rs_schema_template(void) {
    return json_pack("{s:o}", "anyOf", list_workers());
}

json_t *rs_schema_child(void) {
    json_t *list = list_workers();
    json_array_append_new(list, json_pack("{s:s}", "$ref", "#/$defs/supervisor"));
    json_array_append_new(list, json_pack("{s:s}", "$ref", "#/$defs/supervisor:" SIMPLE));
    return json_pack("{s:[s], s:o}", "required", "id", "anyOf", list);
}

void rs_schema_tree(json_t *definitions) {
    const rs_key_section *supervisor = rs_key_section_find("supervisor");
    char name[96];
    json_object_set_new(definitions, "supervisor", make_usual(supervisor));
    json_object_set_new(definitions, "supervisor:" SIMPLE, make_simple(supervisor));
    for (uint32_t i = 0; rs_workers[i]; i++)
        json_object_set_new(definitions, name_of(rs_workers[i], name), make_worker(rs_workers[i]));
}
