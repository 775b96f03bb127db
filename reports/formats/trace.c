/* trace.c: a trace in the Trace Event Format.
 * Source: "Trace Event Format", Google, and the readers of Perfetto and Catapult.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/trace.h"

#include "reports/formats/escape.h"

#include <inttypes.h>
#include <string.h>

/* Groups are processes to the readers, and tracks their threads; a thread whose number is that of
 * its process would be taken for its main one. */
enum { GROUP_RUN = 1, GROUP_CORES = 2, GROUP_LIVES = 3 };
enum { TRACK_RUN = 10, TRACK_CORES = 101 };

/* Longer ones are cut. */
#define TEXT_MAX 1000u

/* ------------------------------------------------------------------ pieces */

static void put_text(FILE *stream, const char *text) {
    char safe[6 * TEXT_MAX + 1];
    rs_escape_json(text, safe, sizeof safe);
    fprintf(stream, "\"%s\"", safe);
}

static void put_key_text(FILE *stream, const char *key, const char *text) {
    fprintf(stream, ",\"%s\":", key);
    put_text(stream, text);
}

static void put_time(FILE *stream, const char *key, uint64_t ns) {
    fprintf(stream, ",\"%s\":%" PRIu64 ".%03u", key, ns / 1000, (unsigned)(ns % 1000));
}

/* Each event has a line of its own. */
static void begin_event(rs_trace *trace, char kind, uint32_t group, uint32_t track) {
    fprintf(trace->stream, "%s{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u", trace->begun ? ",\n" : "",
            kind, group, track);
    trace->begun = true;
}

static void put_name(FILE *stream, const char *category, const char *name) {
    fprintf(stream, ",\"cat\":\"%s\"", category);
    put_key_text(stream, "name", name);
}

/* put_arg writes one, and returns what stands before the next. */
static const char *put_arg(FILE *stream, const char *before, const char *key, const char *text) {
    if (!text || !*text) return before;
    fprintf(stream, "%s\"%s\":", before, key);
    put_text(stream, text);
    return ",";
}

static void put_args(FILE *stream, const rs_trace_args *args) {
    const char *before = ",\"args\":{", *first = before;
    before = put_arg(stream, before, "role", args->role);
    if (args->incarnation) {
        fprintf(stream, "%s\"incarnation\":%" PRIu64, before, args->incarnation);
        before = ",";
    }
    before = put_arg(stream, before, "reason", args->reason);
    before = put_arg(stream, before, "fault", args->fault);
    before = put_arg(stream, before, "how", args->how);
    before = put_arg(stream, before, "outcome", args->outcome);
    before = put_arg(stream, before, "end", args->end);
    before = put_arg(stream, before, "note", args->note);
    if (before != first) fputc('}', stream);
}

static void end_event(rs_trace *trace, const rs_trace_args *args) {
    if (args) put_args(trace->stream, args);
    fputc('}', trace->stream);
}

/* ------------------------------------------------------------------ the head */

static void put_share(FILE *stream, const char *key, const rs_trace_share *share) {
    fprintf(stream, ",\"%s\":{\"told\":%" PRIu64 ",\"dropped\":%" PRIu64 "}", key, share->told,
            share->dropped);
}

static void put_header(FILE *stream, const rs_trace_header *header) {
    fprintf(stream, "{\"otherData\":{\"format\":\"%s\",\"version\":\"%s\"", RS_TRACE_FORMAT,
            RESPAWN_VERSION);
    put_key_text(stream, "scenario", header->scenario);
    fprintf(stream, ",\"seed\":\"0x%" PRIx64 "\"", header->seed);
    put_key_text(stream, "clock", header->clock);
    put_key_text(stream, "scheduler", header->scheduler);
    fprintf(stream, ",\"cores\":%u,\"end_ns\":%" PRIu64, header->cores, header->end_ns);
    put_share(stream, "slices", &header->slices);
    put_share(stream, "events", &header->events);
    put_share(stream, "faults", &header->faults);
    put_share(stream, "lives", &header->lives);
    fputs("},\n\"traceEvents\":[\n", stream);
}

static void name_group(rs_trace *trace, uint32_t group, const char *name) {
    begin_event(trace, 'M', group, group);
    fputs(",\"name\":\"process_name\",\"args\":{\"name\":", trace->stream);
    put_text(trace->stream, name);
    fputs("}}", trace->stream);
    begin_event(trace, 'M', group, group);
    fprintf(trace->stream, ",\"name\":\"process_sort_index\",\"args\":{\"sort_index\":%u}}", group);
}

static void name_track(rs_trace *trace, uint32_t group, uint32_t track, const char *name) {
    begin_event(trace, 'M', group, track);
    fputs(",\"name\":\"thread_name\",\"args\":{\"name\":", trace->stream);
    put_text(trace->stream, name);
    fputs("}}", trace->stream);
    begin_event(trace, 'M', group, track);
    fprintf(trace->stream, ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%u}}", track);
}

bool rs_trace_print_drops(const rs_trace_header *header, char text[RS_TRACE_DROPS_BYTES]) {
    const struct {
        const char *one, *many;
        uint64_t dropped;
    } all[] = {{"slice", "slices", header->slices.dropped},
               {"event", "events", header->events.dropped},
               {"fault", "faults", header->faults.dropped},
               {"life", "lives", header->lives.dropped}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].dropped)
            used += (size_t)snprintf(text + used, RS_TRACE_DROPS_BYTES - used, "%s%" PRIu64 " %s",
                                     used ? ", " : "", all[i].dropped,
                                     all[i].dropped == 1 ? all[i].one : all[i].many);
    return used > 0;
}

/* So that whoever only looks at the picture reads that it is not whole. */
static void label_drops(rs_trace *trace, const rs_trace_header *header) {
    char drops[RS_TRACE_DROPS_BYTES];
    if (!rs_trace_print_drops(header, drops)) return;
    begin_event(trace, 'M', GROUP_CORES, GROUP_CORES);
    fprintf(trace->stream, ",\"name\":\"process_labels\",\"args\":{\"labels\":\"no room for %s\"}}",
            drops);
}

void rs_trace_begin(rs_trace *trace, FILE *stream, const rs_trace_header *header) {
    *trace = (rs_trace){.stream = stream};
    put_header(stream, header);
    name_group(trace, GROUP_RUN, header->scenario);
    name_track(trace, GROUP_RUN, TRACK_RUN + RS_TRACE_PHASES, "phases");
    name_track(trace, GROUP_RUN, TRACK_RUN + RS_TRACE_FAULTS, "faults");
    name_group(trace, GROUP_CORES, "cores");
    for (uint32_t i = 0; i < header->cores; i++) {
        char name[24];
        snprintf(name, sizeof name, "core %u", i + 1);
        name_track(trace, GROUP_CORES, TRACK_CORES + i, name);
    }
    name_group(trace, GROUP_LIVES, "lives");
    label_drops(trace, header);
}

rs_err rs_trace_end(rs_trace *trace) {
    fputs("\n]}\n", trace->stream);
    return ferror(trace->stream) ? RS_EIO : RS_OK;
}

/* ------------------------------------------------------------------ events */

static void put_span(rs_trace *trace, uint32_t group, uint32_t track, uint64_t from_ns,
                     uint64_t to_ns) {
    begin_event(trace, 'X', group, track);
    put_time(trace->stream, "ts", from_ns);
    put_time(trace->stream, "dur", to_ns > from_ns ? to_ns - from_ns : 0);
}

void rs_trace_span(rs_trace *trace, rs_trace_track track, uint64_t from_ns, uint64_t to_ns,
                   const char *name) {
    put_span(trace, GROUP_RUN, TRACK_RUN + track, from_ns, to_ns);
    put_name(trace->stream, "phase", name);
    end_event(trace, NULL);
}

void rs_trace_slice(rs_trace *trace, uint32_t core, uint64_t from_ns, uint64_t to_ns,
                    const char *name, const rs_trace_args *args) {
    put_span(trace, GROUP_CORES, TRACK_CORES + core, from_ns, to_ns);
    put_name(trace->stream, "turn", name);
    end_event(trace, args);
}

void rs_trace_mark(rs_trace *trace, uint32_t core, uint64_t time_ns, const char *name,
                   const rs_trace_args *args) {
    put_span(trace, GROUP_CORES, TRACK_CORES + core, time_ns, time_ns);
    put_name(trace->stream, "event", name);
    end_event(trace, args);
}

void rs_trace_instant(rs_trace *trace, rs_trace_track track, uint64_t time_ns, const char *name,
                      const rs_trace_args *args) {
    begin_event(trace, 'i', GROUP_RUN, TRACK_RUN + track);
    put_time(trace->stream, "ts", time_ns);
    fputs(",\"s\":\"t\"", trace->stream);
    put_name(trace->stream, "fault", name);
    end_event(trace, args);
}

/* bp: it ends in the slice that was there, not in the next one. */
void rs_trace_flow(rs_trace *trace, uint32_t core, uint64_t time_ns, uint64_t number,
                   rs_trace_step step) {
    begin_event(trace, "stf"[step], GROUP_CORES, TRACK_CORES + core);
    put_time(trace->stream, "ts", time_ns);
    fprintf(trace->stream, ",\"id\":%" PRIu64, number);
    if (step == RS_TRACE_LAST) fputs(",\"bp\":\"e\"", trace->stream);
    put_name(trace->stream, "event", "restart");
    end_event(trace, NULL);
}

static void put_life(rs_trace *trace, char kind, uint64_t number, uint64_t time_ns,
                     const char *name, const rs_trace_args *args) {
    begin_event(trace, kind, GROUP_LIVES, GROUP_LIVES);
    put_time(trace->stream, "ts", time_ns);
    fprintf(trace->stream, ",\"id\":\"0x%" PRIx64 "\"", number);
    put_name(trace->stream, "life", name);
    end_event(trace, args);
}

void rs_trace_life(rs_trace *trace, uint64_t number, uint64_t from_ns, uint64_t to_ns,
                   const char *name, const rs_trace_args *args) {
    put_life(trace, 'b', number, from_ns, name, args);
    put_life(trace, 'e', number, to_ns > from_ns ? to_ns : from_ns, name, NULL);
}
