/* story.c: what the file of a failure tells.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/story.h"

#include "reports/rows.h"
#include "scenarios/explore/proof.h"
#include "scenarios/language/plan_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What nobody had the time to make small has a story all the same. */
#define FILE_BYTES (1u << 20)
/* What was made small has a few KiB; what could not be made so is no reading. */
#define CASE_BYTES 65536u

/* NULL: it is not there, or too large. Owner: free() it. */
static char *read_case(const char *path) {
    char *text = rs_rows_alloc(FILE_BYTES + 1);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, FILE_BYTES + 1, file) : 0;
    if (file) fclose(file);
    if (length > 0 && length <= FILE_BYTES) {
        text[length] = 0;
        return text;
    }
    free(text);
    return NULL;
}

static const rs_document_node *story_in(const rs_document_node *document) {
    const rs_document_entry *failure = document ? rs_document_find(document, "failure") : NULL;
    const rs_document_entry *story = failure ? rs_document_find(failure->value, "story") : NULL;
    return story ? story->value : NULL;
}

void rs_story_add(json_t *object, const char *path) {
    char *text = read_case(path);
    if (!text) return;
    rs_plan_memory *memory = rs_plan_memory_create();
    const rs_document_node *story = story_in(rs_proof_parse(text, memory));
    json_t *events = json_array();
    for (uint32_t i = 0; story && i < story->count; i++)
        if (story->entries[i].value->text)
            json_array_append_new(events, json_string(story->entries[i].value->text));
    json_object_set_new(object, "story", events);
    if (strlen(text) <= CASE_BYTES) json_object_set_new(object, "case", json_string(text));
    rs_plan_memory_destroy(memory);
    free(text);
}
