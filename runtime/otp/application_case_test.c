/* application_case_test.c: the cases of test/application.cases, played as OTP played them. Each
 * must come out word by word: what callbacks run, in which order, and what every order is answered.
 * Source: rules A1-A8.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_controller.h"
#include "runtime/process/test/puppet.h"

#include <stdarg.h>

#define FILE_MAX  65536
#define LINES_MAX 64
#define LINE_MAX  256
#define WORDS_MAX 16
#define APPS_MAX  8
#define NAMES_MAX 8

/* ---------------------------------------------------------------- what is told */

static char told[FILE_MAX];

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...) {
    size_t used = strlen(told), room = sizeof told - used - 1;
    va_list args;
    va_start(args, format);
    size_t length = (size_t)vsnprintf(told + used, room, format, args);
    va_end(args);
    CHECK(length < room);
    strcpy(told + used + length, "\n");
}

static void say_term(const char *before, rs_term term) {
    char text[1024];
    CHECK(rs_term_print(term, text, sizeof text) < sizeof text);
    rs_term_release(term);
    say("%s%s", before, text);
}

/* ---------------------------------------------------------------- the applications of a case */

typedef struct actor {
    char line[LINE_MAX];
    const char *name, *start, *phase, *change;
    bool silent;
    rs_application application;
    const char *applications[NAMES_MAX], *optional[NAMES_MAX];
    const rs_application *included[NAMES_MAX];
    rs_parameter env[NAMES_MAX];
    rs_start_phase phases[NAMES_MAX];
} actor;

static actor actors[APPS_MAX];
static uint32_t actor_count;
static rs_pid judge;

static actor *find_actor(const char *name) {
    for (uint32_t i = 0; i < actor_count; i++)
        if (strcmp(actors[i].name, name) == 0) return &actors[i];
    CHECK(0);
    return NULL;
}

typedef struct cast {
    const actor *who;
    rs_pid director;
} cast;

/* Ends as it is told to: by its parent, or with the reason it is sent. */
static void top(const void *args, uint32_t bytes) {
    (void)bytes;
    const actor *who = ((const cast *)args)->who;
    rs_trap_exit(true);
    send_number(((const cast *)args)->director, 0);
    const rs_message *message = rs_receive(NULL, NULL, RS_FOREVER);
    if (message->kind != RS_MESSAGE_EXIT) rs_exit(term_of((const char *)message->payload));
    if (!who->silent) say("%s top", who->name);
    rs_term reason = rs_message_reason(message);
    rs_term_retain(reason, 1);
    rs_exit(reason);
}

static rs_start_result start(const void *args, rs_pid *pid, rs_term *reason) {
    const actor *who = args;
    say("%s start", who->name);
    switch (*who->start) {
    case 'h':
        send_number(judge, 0);
        wait_ns(RS_FOREVER);
        break;
    case 's': wait_ns(100 * MS); break;
    case 'i': return RS_START_IGNORE;
    case 'n': rs_exit(RS_ATOM(normal));
    case 'e':
        if (strcmp(who->start, "exit") == 0) rs_exit(term_of("no"));
        *reason = term_of("no");
        return RS_START_ERROR;
    default: break;
    }
    const cast one = {who, rs_self()};
    *pid = rs_spawn_link(top, &one, sizeof one);
    wanted ready = {.from = *pid, .kind = RS_MESSAGE};
    CHECK(rs_receive(is_wanted, &ready, LONG_NS));
    return RS_START_OK;
}

static void prep_stop(const void *args) {
    say("%s prep_stop", ((const actor *)args)->name);
}

static void stop(const void *args) {
    say("%s stop", ((const actor *)args)->name);
}

static rs_term start_phase(const char *phase, const void *args, const void *phase_args) {
    const actor *who = args;
    CHECK(phase_args == NULL);
    say("%s start_phase %s", who->name, phase);
    if (strcmp(phase, "q") != 0) return RS_ATOM(ok);
    if (strcmp(who->phase, "error") == 0) return term_of("{error,no}");
    if (strcmp(who->phase, "exit") == 0) rs_exit(term_of("no"));
    return term_of(who->phase);
}

static rs_term config_change(const void *args, rs_term changed, rs_term new, rs_term removed) {
    const actor *who = args;
    char text[3][LINE_MAX];
    const rs_term lists[] = {changed, new, removed};
    for (int i = 0; i < 3; i++) rs_term_print(lists[i], text[i], LINE_MAX);
    say("%s config_change %s %s %s", who->name, text[0], text[1], text[2]);
    return term_of(strcmp(who->change, "error") == 0 ? "{error,no}" : who->change);
}

/* ---------------------------------------------------------------- reading */

/* Cuts `text` at each of `marks` and returns how many words there are. */
static uint32_t cut(char *text, const char *marks, const char **words) {
    uint32_t count = 0;
    for (char *word = strtok(text, marks); word; word = strtok(NULL, marks)) {
        CHECK(count < WORDS_MAX);
        words[count++] = word;
    }
    return count;
}

static void read_env(rs_parameter *env, char *text) {
    const char *words[WORDS_MAX];
    uint32_t count = cut(text, ":;", words);
    for (uint32_t i = 0; i < count / 2; i++)
        env[i] = (rs_parameter){words[2 * i], words[2 * i + 1]};
}

static void read_key(actor *it, char *key) {
    const char *names[WORDS_MAX] = {0};
    char *value = strchr(key, '=');
    if (strcmp(key, "silent") == 0) it->silent = true;
    if (strcmp(key, "library") == 0) it->application.start = NULL;
    if (!value) return;
    *value++ = '\0';
    if (strcmp(key, "start") == 0) it->start = value;
    if (strcmp(key, "phase") == 0) it->phase = value;
    if (strcmp(key, "change") == 0) it->change = value;
    if (strcmp(key, "env") == 0) read_env(it->env, value);
    if (strcmp(key, "applications") == 0) cut(value, ",", it->applications);
    if (strcmp(key, "optional") == 0) cut(value, ",", it->optional);
    if (strcmp(key, "included") == 0) {
        uint32_t count = cut(value, ",", names);
        for (uint32_t i = 0; i < count; i++) it->included[i] = (const void *)names[i];
    }
    if (strcmp(key, "phases") == 0) {
        uint32_t count = cut(value, ",", names);
        for (uint32_t i = 0; i < count; i++) it->phases[i].phase = names[i];
    }
}

static void read_app(const char *line) {
    CHECK(actor_count < APPS_MAX);
    actor *it = &actors[actor_count++];
    const char *words[WORDS_MAX];
    *it = (actor){.start = "ok", .phase = "ok", .change = "ok"};
    strcpy(it->line, line);
    uint32_t count = cut(it->line, " ", words);
    static char descriptions[APPS_MAX][LINE_MAX];
    snprintf(descriptions[actor_count - 1], LINE_MAX, "the %s", words[1]);
    it->name = words[1];
    it->application = (rs_application){
        .name = it->name,
        .start = start,
        .prep_stop = prep_stop,
        .stop = stop,
        .args = it,
        .description = descriptions[actor_count - 1],
        .vsn = "1",
        .applications = it->applications,
        .optional_applications = it->optional,
        .included_applications = it->included,
        .env = it->env,
        .start_phases = it->phases,
        .start_phase = start_phase,
        .config_change = config_change,
    };
    for (uint32_t i = 2; i < count; i++) read_key(it, (char *)(uintptr_t)words[i]);
}

/* Those that were read as names. */
static void find_included(void) {
    for (uint32_t i = 0; i < actor_count; i++)
        for (const rs_application **one = actors[i].included; *one; one++)
            *one = &find_actor((const char *)*one)->application;
}

/* A layer of the configuration: one entry for each value. */
typedef struct layer {
    char lines[NAMES_MAX][LINE_MAX];
    rs_parameter parameters[NAMES_MAX][2];
    rs_config configs[NAMES_MAX + 1];
    uint32_t count;
} layer;

static void add_to_layer(layer *to, const char *const *words) {
    CHECK(to->count < NAMES_MAX);
    uint32_t i = to->count++;
    to->parameters[i][0] = (rs_parameter){words[1], words[2]};
    to->configs[i] = (rs_config){words[0], to->parameters[i]};
}

static void read_layer(layer *to, const char *line) {
    const char *words[WORDS_MAX];
    strcpy(to->lines[to->count], line);
    cut(to->lines[to->count], " ", words);
    add_to_layer(to, words + 1);
}

static layer config, command;
static char orders[LINES_MAX][LINE_MAX];
static uint32_t order_count;
static char expected[FILE_MAX];

static void read_line(const char *line) {
    if (strncmp(line, "app ", 4) == 0)
        read_app(line);
    else if (strncmp(line, "config ", 7) == 0)
        read_layer(&config, line);
    else if (strncmp(line, "command ", 8) == 0)
        read_layer(&command, line);
    else if (*line)
        strcat(strcat(expected, line), "\n");
    if (*line == '>') {
        CHECK(order_count < LINES_MAX);
        strcpy(orders[order_count++], line + 2);
    }
}

/* ---------------------------------------------------------------- orders */

static rs_atom name_of(const char *text) {
    return rs_atom_find(text);
}

static rs_restart type_of(const char *text) {
    return strcmp(text, "permanent") == 0   ? RS_PERMANENT
           : strcmp(text, "transient") == 0 ? RS_TRANSIENT
                                            : RS_TEMPORARY;
}

static const rs_application *application_of(const char *name) {
    return &find_actor(name)->application;
}

static rs_term get(const char *const *words) {
    rs_term value;
    if (!rs_application_get_env(name_of(words[1]), name_of(words[2]), &value))
        return RS_ATOM(undefined);
    rs_term found = rs_term_tuple(2, (const rs_term[]){RS_ATOM(ok), value});
    rs_term_release(value);
    return found;
}

static rs_term set(const char *const *words) {
    rs_term value = term_of(words[3]);
    bool persistent = strcmp(words[0], "keep") == 0;
    rs_term done = rs_application_set_env(name_of(words[1]), name_of(words[2]), value, persistent);
    rs_term_release(value);
    return done;
}

static rs_term change(const char *const *words, uint32_t count) {
    static layer fresh;
    memset(&fresh, 0, sizeof fresh);
    for (uint32_t i = 1; i + 2 < count; i += 3) add_to_layer(&fresh, words + i);
    return rs_application_config_change(fresh.configs);
}

/* Takes the reference to the list. */
static rs_term sorted(rs_term list) {
    rs_term all[APPS_MAX];
    uint32_t count = rs_term_size(list);
    for (uint32_t i = 0; i < count; i++) {
        rs_term one = rs_term_element(list, i);
        uint32_t at = i;
        for (; at > 0 && rs_term_compare(all[at - 1], one) > 0; at--) all[at] = all[at - 1];
        all[at] = one;
    }
    rs_term_release(list);
    list = rs_term_list(count, all);
    for (uint32_t i = 0; i < count; i++) rs_term_release(all[i]);
    return list;
}

/* The answer comes when the controller has dealt with it; a helper's does not, since to ask would
 * start another. */
static rs_term end_top(const char *const *words, uint32_t count) {
    rs_atom name = name_of(words[1]);
    rs_pid its_top = rs_application_top(name);
    wanted this = {.ref = rs_monitor(rs_application_get_master(name)), .kind = RS_MESSAGE_DOWN};
    if (count == 3)
        rs_send(its_top, &any_type, words[2], (uint32_t)strlen(words[2]) + 1);
    else
        rs_exit_signal(its_top, RS_ATOM(kill));
    CHECK(rs_receive(is_wanted, &this, LONG_NS));
    if (rs_self() == judge) rs_term_release(rs_application_which_applications());
    return rs_atom_find("done");
}

/* Does the order in a process of its own. */
static void help(const void *args, uint32_t bytes);

static rs_pid start_helper(const char *const *words, uint32_t count) {
    char line[LINE_MAX] = "";
    for (uint32_t i = 0; i < count; i++) strcat(strcat(line, i ? " " : ""), words[i]);
    return rs_spawn(help, line, (uint32_t)strlen(line) + 1);
}

typedef struct packet {
    char text[LINE_MAX];
} packet;
static const rs_type packet_type = {.name = "packet", .bytes = sizeof(packet)};

static bool is_packet(const rs_message *message, void *context) {
    (void)context;
    return message->type == &packet_type;
}

static rs_term take_answer(void) {
    const rs_message *message = rs_receive(is_packet, NULL, LONG_NS);
    CHECK(message != NULL);
    return term_of(((const packet *)(const void *)message->payload)->text);
}

static rs_term kill_start(const char *const *words) {
    const char *const start_it[] = {"start", words[1], words[2]};
    wanted hangs = {.kind = RS_MESSAGE};
    start_helper(start_it, 3);
    const rs_message *message = rs_receive(is_wanted, &hangs, LONG_NS);
    CHECK(message != NULL);
    rs_exit_signal(message->from, RS_ATOM(kill));
    return take_answer();
}

static rs_term twice(const char *const *words) {
    const char *const start_it[] = {"start", words[1], words[2]};
    start_helper(start_it, 3);
    start_helper(start_it, 3);
    rs_term answers[] = {take_answer(), take_answer()};
    return rs_term_list(2, answers);
}

static rs_term fatal(const char *const *words, uint32_t count) {
    rs_ref ref = rs_monitor(rs_whereis(name_of("application_controller")));
    start_helper(words + 1, count - 1);
    wanted this = {.ref = ref, .kind = RS_MESSAGE_DOWN};
    const rs_message *down = rs_receive(is_wanted, &this, LONG_NS);
    CHECK(down != NULL);
    rs_term reason = rs_message_reason(down);
    rs_term_retain(reason, 1);
    return reason;
}

static rs_term obey_order(const char *const *words, uint32_t count) {
    const char *word = words[0];
    if (strcmp(word, "load") == 0) return rs_application_load(application_of(words[1]));
    if (strcmp(word, "unload") == 0) return rs_application_unload(name_of(words[1]));
    if (strcmp(word, "start") == 0)
        return rs_application_start(application_of(words[1]), type_of(words[2]));
    if (strcmp(word, "all") == 0)
        return rs_application_ensure_all_started(application_of(words[1]), type_of(words[2]));
    if (strcmp(word, "stop") == 0) return rs_application_stop(name_of(words[1]));
    if (strcmp(word, "which") == 0) return rs_application_which_applications();
    if (strcmp(word, "loaded") == 0) return sorted(rs_application_loaded_applications());
    if (strcmp(word, "get") == 0) return get(words);
    if (strcmp(word, "env") == 0) return rs_application_get_all_env(name_of(words[1]));
    if (strcmp(word, "set") == 0 || strcmp(word, "keep") == 0) return set(words);
    if (strcmp(word, "unset") == 0 || strcmp(word, "forget") == 0)
        return rs_application_unset_env(name_of(words[1]), name_of(words[2]), *word == 'f');
    if (strcmp(word, "change") == 0) return change(words, count);
    if (strcmp(word, "end") == 0 || strcmp(word, "kill") == 0) return end_top(words, count);
    if (strcmp(word, "kill_start") == 0) return kill_start(words);
    if (strcmp(word, "twice") == 0) return twice(words);
    CHECK_STR(word, "fatal");
    return fatal(words, count);
}

static void help(const void *args, uint32_t bytes) {
    char line[LINE_MAX];
    const char *words[WORDS_MAX];
    packet out = {0};
    memcpy(line, args, bytes);
    uint32_t count = cut(line, " ", words);
    rs_term term = obey_order(words, count);
    rs_term_print(term, out.text, sizeof out.text);
    rs_term_release(term);
    rs_send(judge, &packet_type, &out, sizeof out);
}

/* ---------------------------------------------------------------- cases */

static void play_orders(void) {
    for (uint32_t i = 0; i < order_count; i++) {
        char line[LINE_MAX];
        const char *words[WORDS_MAX];
        say("> %s", orders[i]);
        strcpy(line, orders[i]);
        uint32_t count = cut(line, " ", words);
        say_term("= ", obey_order(words, count));
    }
}

static void play(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = 0;
    const rs_controller_options options = {config.configs, command.configs};
    memcpy(told, expected, strcspn(expected, "\n") + 1); /* the case's name */
    told[strcspn(expected, "\n") + 1] = '\0';
    judge = rs_self();
    CHECK_INT(rs_application_controller_start(&options, NULL, &pid, NULL), RS_START_OK);
    play_orders();
    CHECK_STR(told, expected);
    rs_gen_server_stop(pid, RS_ATOM(normal), RS_FOREVER);
}

/* What a case leaves behind goes with the controller, to the last byte. */
static void play_and_look(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {play};
    each_returns_memory(all, 1);
}

static void play_case(void) {
    if (order_count == 0) return; /* before the first */
    find_included();
    everywhere(play_and_look);
    actor_count = order_count = 0;
    memset(&config, 0, sizeof config);
    memset(&command, 0, sizeof command);
    expected[0] = '\0';
}

TEST(every_case_comes_out_as_in_OTP) {
    static char line[LINE_MAX];
    uint32_t count = 0;
    FILE *file = fopen("runtime/otp/test/application.cases", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#') continue;
        bool begins = strncmp(line, "case ", 5) == 0;
        if (begins) play_case();
        count += begins;
        read_line(line);
    }
    play_case();
    fclose(file);
    CHECK(count > 40);
}

TEST_MAIN()
