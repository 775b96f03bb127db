/* html_test.c: the page holds the result as json.c writes it, whatever its texts are.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/verdict.h"
#include "reports/web/test/data.h"

extern const rs_format rs_format_json, rs_format_html;

static json_t *json_in(char *page) {
    json_t *json = json_loads(data_in(page), JSON_REJECT_DUPLICATES, NULL);
    CHECK(json != NULL);
    return json;
}

static void check_same(const rs_result *result) {
    char *page = text_of_result(&rs_format_html, result, NULL);
    char *text = text_of_result(&rs_format_json, result, NULL);
    json_t *told = json_in(page), *json = json_loads(text, 0, NULL);
    CHECK(json_equal(told, json));
    json_decref(told), json_decref(json);
    free(page), free(text);
}

TEST(the_page_holds_the_result) {
    rs_result *result = sample_result();
    check_same(result);
    rs_result_destroy(result);
}

TEST(hostile_texts_stay_texts) {
    rs_result *result = sample_result();
    result->scenario = "</script><img src=x onerror=alert(1)>";
    result->about = "<!--<script>\xff\xe2\x80\xa8&lt;";
    rs_result_add_note(result, "</SCRIPT ><svg onload=alert(1)>");
    check_same(result);
    rs_result_destroy(result);
}

TEST(a_verdict_is_a_page_too) {
    rs_verdict verdict = {.scenario = "</script>",
                          .a = {"A", "a"},
                          .b = {"B", "b"},
                          .threshold = 0.05,
                          .word = "inconclusive",
                          .status = 4,
                          .why = "<b>",
                          .how = ""};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_verdict_html(&verdict, stream), RS_OK);
    fclose(stream);
    json_t *told = json_in(text);
    CHECK_STR(json_string_value(json_object_get(told, "scenario")), "</script>");
    CHECK_STR(json_string_value(json_object_get(told, "why")), "<b>");
    json_decref(told), free(text);
}

TEST_MAIN()
