/* vocabulary.c: see vocabulary.h. Everything is checked before the first word is added.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/vocabulary.h"

#include "scenarios/language/key_words.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SYMBOL "rs_vocabulary_here"

/* Who is being looked at, and what is wrong with it. */
typedef struct look {
    rs_code_object *object;
    const char *path;
} look;

/* Returns false. */
__attribute__((format(printf, 2, 3))) static bool refuse(const look *this, const char *format,
                                                         ...) {
    char *why = this->object->why;
    int used = snprintf(why, RS_CODE_WHY_BYTES, "%.200s ", this->path);
    va_list args;
    va_start(args, format);
    vsnprintf(why + used, RS_CODE_WHY_BYTES - (size_t)used, format, args);
    va_end(args);
    this->object->err = RS_EINVAL;
    return false;
}

/* ------------------------------------------------------------------ built from the same headers */

static bool check_sizes(const look *this, const rs_vocabulary *given) {
    static const struct {
        const char *name;
        uint32_t size;
    } ours[] = {
#define X(NAME, SIZE) {NAME, (uint32_t)(SIZE)},
        RS_VOCABULARY_SIZES(X)
#undef X
    };
    _Static_assert(sizeof ours / sizeof *ours <= RS_VOCABULARY_SIZES_MAX, "they fit");
    if (given->version != RS_VOCABULARY_VERSION)
        return refuse(this,
                      "was built for version %u of the plugins' interface, and this respawn has "
                      "version %u: build it from this one's headers",
                      given->version, RS_VOCABULARY_VERSION);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (given->sizes[i] != ours[i].size)
            return refuse(this,
                          "was built for another respawn (%s is %u there and %u here): build it "
                          "from this one's headers",
                          ours[i].name, given->sizes[i], ours[i].size);
    return true;
}

/* ------------------------------------------------------------------ names */

static bool is_word(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz", more[] = "0123456789_";
    if (!name || !*name || !strchr(letters, *name)) return false;
    for (; *name; name++)
        if (!strchr(letters, *name) && !strchr(more, *name)) return false;
    return true;
}

static bool check_name(const look *this, const char *kind, const char *name, const char *about,
                       bool is_taken) {
    if (!is_word(name))
        return refuse(this, "has a %s '%.60s': a name is lower-case letters, digits and _", kind,
                      name ? name : "");
    if (!about) return refuse(this, "does not say what its %s '%.60s' is about", kind, name);
    if (!is_taken) return true;
    return refuse(this, "brings a %s '%.60s', and respawn has one already: give it another name",
                  kind, name);
}

/* ------------------------------------------------------------------ workers */

static bool is_inside(const rs_option *option, uint32_t bytes) {
    return option->offset < bytes && bytes - option->offset >= sizeof(bool);
}

static bool check_options(const look *this, const char *owner, const char *const *taken,
                          const rs_option *options, uint32_t count, uint32_t bytes) {
    for (uint32_t i = 0; i < count; i++) {
        const rs_option *option = &options[i];
        if (!is_word(option->key))
            return refuse(this,
                          "has an option '%.60s' of '%.60s': a key is lower-case letters, "
                          "digits and _",
                          option->key ? option->key : "", owner);
        if (rs_word_index(option->key, taken) >= 0)
            return refuse(this,
                          "has an option '%.60s' of '%.60s', which is a key of every child: "
                          "give it another name",
                          option->key, owner);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(options[k].key, option->key) == 0)
                return refuse(this, "has two options '%.60s' of '%.60s'", option->key, owner);
        if (option->type > RS_OPTION_TYPE_LAST || !is_inside(option, bytes) || option->min < 0)
            return refuse(this,
                          "has an option '%.60s' of '%.60s' whose type, offset or least value "
                          "makes no sense",
                          option->key, owner);
        if (option->type == RS_OPTION_WORD && !option->words)
            return refuse(this, "has an option '%.60s' of '%.60s' without words", option->key,
                          owner);
    }
    return true;
}

static bool check_actions(const look *this, const rs_worker *worker) {
    static const char *const none[] = {NULL};
    for (uint32_t i = 0; i < worker->operation_count; i++) {
        const rs_operation *operation = &worker->operations[i];
        if (!is_word(operation->name) || !operation->about || !operation->perform)
            return refuse(this, "has an operation of '%.60s' that has no name, or does nothing",
                          worker->name);
    }
    for (uint32_t i = 0; i < worker->setup_action_count; i++) {
        const rs_setup_action *action = &worker->setup_actions[i];
        if (!is_word(action->name) || !action->about || !action->run)
            return refuse(this, "has a setup of '%.60s' that has no name, or does nothing",
                          worker->name);
        if (!check_options(this, action->name, none, action->options, action->option_count,
                           action->config_bytes))
            return false;
    }
    return true;
}

static bool check_worker(const look *this, const rs_worker *worker) {
    const rs_gen_server *server = worker->server;
    if (!check_name(this, "worker", worker->name, worker->about,
                    is_word(worker->name) && rs_worker_find(worker->name)))
        return false;
    if (!server || !server->name || strcmp(server->name, worker->name) != 0)
        return refuse(this, "has a worker '%.60s' without a server of that name", worker->name);
    return check_options(this, worker->name, rs_key_words_worker, worker->options,
                         worker->option_count, worker->config_bytes) &&
           check_actions(this, worker);
}

static bool check_workers(const look *this, const rs_vocabulary *given) {
    for (uint32_t i = 0; given->workers && given->workers[i]; i++) {
        if (!check_worker(this, given->workers[i])) return false;
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(given->workers[k]->name, given->workers[i]->name) == 0)
                return refuse(this, "has two workers '%.60s'", given->workers[i]->name);
    }
    return true;
}

/* ------------------------------------------------------------------ faults, schedulers */

static bool check_fault(const look *this, const rs_fault_kind *fault) {
    bool strikes = fault->aim == RS_AIM_MAIL || fault->aim == RS_AIM_RUNTIME || fault->strike;
    if (!check_name(this, "fault", fault->name, fault->about,
                    is_word(fault->name) && rs_fault_find(fault->name)))
        return false;
    return strikes || refuse(this, "has a fault '%.60s' that does not strike", fault->name);
}

static bool check_scheduler(const look *this, const rs_sched_kind *kind) {
    bool is_whole = kind->bytes && kind->init && kind->ready && kind->next && kind->detach &&
                    kind->attach && kind->counts;
    if (!check_name(this, "scheduler", kind->name, kind->about,
                    is_word(kind->name) && rs_sched_name(kind->name)))
        return false;
    return is_whole || refuse(this,
                              "has a scheduler '%.60s' that lacks one of bytes, init, ready, "
                              "next, detach, attach, counts",
                              kind->name);
}

static bool check_others(const look *this, const rs_vocabulary *given) {
    for (uint32_t i = 0; given->faults && given->faults[i]; i++)
        if (!check_fault(this, given->faults[i])) return false;
    for (uint32_t i = 0; given->schedulers && given->schedulers[i]; i++)
        if (!check_scheduler(this, given->schedulers[i])) return false;
    return true;
}

/* ------------------------------------------------------------------ adding */

static rs_err add_all(const rs_vocabulary *given) {
    rs_err err = RS_OK;
    for (uint32_t i = 0; err == RS_OK && given->workers && given->workers[i]; i++)
        err = rs_worker_add(given->workers[i]);
    for (uint32_t i = 0; err == RS_OK && given->faults && given->faults[i]; i++)
        err = rs_fault_add(given->faults[i]);
    for (uint32_t i = 0; err == RS_OK && given->schedulers && given->schedulers[i]; i++)
        err = rs_sched_add(given->schedulers[i]);
    return err;
}

static bool has_words(const rs_vocabulary *given) {
    return (given->workers && *given->workers) || (given->faults && *given->faults) ||
           (given->schedulers && *given->schedulers);
}

bool rs_vocabulary_is_in(const rs_code_object *object) {
    return rs_code_object_find(object, SYMBOL) != NULL;
}

rs_err rs_vocabulary_add(rs_code_object *object, const char *path) {
    const rs_vocabulary *given = rs_code_object_find(object, SYMBOL);
    const look this = {object, path};
    if (!check_sizes(&this, given) || !check_workers(&this, given) || !check_others(&this, given))
        return object->err;
    if (!has_words(given)) {
        refuse(&this, "has an empty RS_VOCABULARY: name its workers, faults or schedulers");
    } else if (add_all(given) != RS_OK) {
        refuse(&this,
               "brings more words than there is room for: at most %u workers, %u faults, %u "
               "schedulers in all",
               RS_WORKERS_MAX, RS_FAULTS_MAX, RS_SCHEDS_MAX);
        object->err = RS_ELIMIT;
    }
    return object->err;
}
