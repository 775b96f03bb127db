/* verdict_markdown.c: a verdict as a section of a page, as CI summaries show it.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/verdict.h"

static void put_text(const char *text, FILE *out) {
    rs_escape_put(rs_escape_markdown, text, out);
}

static const char *sign_of(int status) {
    switch (status) {
    case 0: return "✅";
    case 4:
    case 7: return "⚠️";
    default: return "❌";
    }
}

static void put_metric(const rs_verdict_metric *metric, FILE *out) {
    char a[64], b[64], middle[32], low[32], high[32];
    rs_verdict_value(metric, metric->a, a, sizeof a);
    rs_verdict_value(metric, metric->b, b, sizeof b);
    rs_verdict_change(metric->interval.middle, middle, sizeof middle);
    rs_verdict_change(metric->interval.low, low, sizeof low);
    rs_verdict_change(metric->interval.high, high, sizeof high);
    fputs("| ", out);
    put_text(metric->name, out);
    fprintf(out, " | %s | %s | ", a, b);
    if (metric->known && rs_verdict_has_ends(&metric->interval))
        fprintf(out, "**%s** | %s … %s | ", middle, low, high);
    else if (metric->known)
        fprintf(out, "**%s** | – | ", middle);
    else
        fputs("– | – | ", out);
    fprintf(out, "%s |\n", rs_experiment_words(metric->word));
}

static void put_side(const rs_verdict_side *side, FILE *out) {
    fprintf(out, "- **%s**: ", side->name);
    put_text(side->what, out);
    fputc('\n', out);
}

rs_err rs_verdict_markdown(const rs_verdict *verdict, FILE *stream) {
    fprintf(stream, "<!-- " RS_VERDICT_FORMAT " -->\n### %s ", sign_of(verdict->status));
    put_text(verdict->scenario, stream);
    fprintf(stream, ": %s\n\n", verdict->word);
    put_text(verdict->why, stream);
    fputs("\n\n", stream);
    if (verdict->metrics.count)
        fprintf(stream,
                "| gate | %s | %s | slower by | sure to lie in | |\n"
                "|---|--:|--:|--:|:-:|---|\n",
                verdict->a.name, verdict->b.name);
    for (size_t i = 0; i < verdict->metrics.count; i++) put_metric(&verdict->metrics.at[i], stream);
    fputc('\n', stream);
    put_side(&verdict->a, stream);
    put_side(&verdict->b, stream);
    fputs("\n<sub>", stream);
    put_text(verdict->how, stream);
    fputs("</sub>\n", stream);
    for (size_t i = 0; i < verdict->notes.count; i++) {
        fputs("\n> ", stream);
        put_text(verdict->notes.at[i], stream);
        fputc('\n', stream);
    }
    return ferror(stream) ? RS_EIO : RS_OK;
}
