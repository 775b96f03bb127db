/* house_test.c: keeps the rules of the house by reading the source tree. Each rule is a function
 * over one file; each is first shown a sinner that it must catch and a saint that it must not.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/source.h"

#include "runtime/base/test/test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define COLUMNS 100

static int findings;

static void find(const rs_source *source, int line, const char *rule, const char *what) {
    fprintf(stderr, "%s:%d: %s: %s\n", source->path, line, rule, what);
    findings++;
}

static bool begins(const char *text, const char *head) {
    return strncmp(text, head, strlen(head)) == 0;
}

static bool ends(const char *text, const char *tail) {
    size_t length = strlen(text), tail_length = strlen(tail);
    return length >= tail_length && strcmp(text + length - tail_length, tail) == 0;
}

/* Beside the tests themselves: what a room's tests share lies in its folder `test`. */
static bool is_test(const rs_source *source) {
    return ends(source->path, "_test.c") || ends(source->path, "_relacy.cc") ||
           strstr(source->path, "/test/") || begins(source->path, "fuzz/");
}

/* ------------------------------------------------------------------ text */

static void rule_spdx(const rs_source *source) {
    const char *tag = strstr(source->text, "SPDX-License-Identifier: MIT");
    if (!tag || rs_source_line(source->text, tag) > 12)
        find(source, 1, "spdx", "a file opens with its purpose and an SPDX tag");
}

static int columns(const char *line, size_t length) {
    int count = 0;
    for (size_t i = 0; i < length; i++) count += (line[i] & 0xC0) != 0x80; /* UTF-8 */
    return count;
}

static void rule_lines(const rs_source *source) {
    int number = 1;
    for (const char *line = source->text; *line; number++) {
        size_t length = strcspn(line, "\n");
        if (columns(line, length) > COLUMNS) find(source, number, "lines", "over 100 columns");
        if (memchr(line, '\t', length)) find(source, number, "lines", "a tab");
        if (length && line[length - 1] == ' ') find(source, number, "lines", "space at the end");
        line += length + (line[length] == '\n');
    }
}

/* ------------------------------------------------------------------ includes */

/* Rooms by rank: a room may include itself and what ranks lower. Rank 10: everything. */
typedef struct rank {
    const char *path;
    int number;
} rank;

static const rank ranks[] = {
    {"runtime/base/", 0},
    {"runtime/sched/", 1},
    {"runtime/process/", 2},
    {"runtime/respawn.h", 2}, /* the front door declares what the processes' room defines */
    {"runtime/threads/", 3},
    {"runtime/store/", 4},
    {"runtime/otp/", 5},
    {"reports/formats/", 8},
    {"reports/verdict/", 7},
    {"reports/", 6},
    {"scenarios/", 9},
    {"bench/", 10},
    {"fuzz/", 10},
};

static int rank_of(const char *path) {
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        if (begins(path, ranks[i].path)) return ranks[i].number;
    return -1;
}

static bool may_include(const char *path, const char *included) {
    if (begins(included, "runtime/base/test/")) return true;
    if (begins(path, "reports/"))
        return begins(included, "runtime/base/") ||
               (begins(included, "reports/") && rank_of(included) <= rank_of(path));
    return rank_of(included) >= 0 && rank_of(included) <= rank_of(path);
}

/* Paths stand in strings, which `code` blanks: the text is searched, line by line. */
static void rule_includes(const rs_source *source) {
    for (const char *at = source->text; (at = strstr(at, "#include \"")); at++) {
        if (at != source->text && at[-1] != '\n') continue;
        char included[256];
        int line = rs_source_line(source->text, at);
        if (sscanf(at, "#include \"%255[^\"\n]", included) != 1) continue;
        if (rank_of(included) < 0)
            find(source, line, "includes", "is not written from the root");
        else if (!may_include(source->path, included))
            find(source, line, "includes", "points up; includes point down only");
        if (strstr(included, "/test/") && !is_test(source))
            find(source, line, "includes", "what tests share is for tests");
    }
}

/* A header without any directive is a list, made to be included more than once. */
static void rule_guard(const rs_source *source) {
    if (!ends(source->path, ".h") || !strchr(source->code, '#')) return;
    char name[128] = "", defined[128] = "";
    const char *guard = strstr(source->code, "#ifndef ");
    if (!guard || sscanf(guard, "#ifndef %127s #define %127s", name, defined) != 2 ||
        strcmp(name, defined) != 0 || !ends(name, "_H"))
        find(source, 1, "guard", "a header begins with #ifndef RS_…_H and #define");
}

/* ------------------------------------------------------------------ doors */

/* Words that may stand in certain files alone, each exception with its reason. */
typedef struct exception {
    const char *path, *reason;
} exception;

static const char *const clock_words[] = {
    /* what tells the time, or how long something took */
    "clock_gettime", "clock_getres", "gettimeofday", "time", "ftime", "times", "clock",
    "timespec_get", "getrusage", "__rdtsc", "_rdtsc", "__rdtscp", "__builtin_ia32_rdtsc",
    "__builtin_ia32_rdtscp", "__builtin_readcyclecounter",
    /* what waits for a time */
    "nanosleep", "clock_nanosleep", "usleep", "sleep", "alarm", "ualarm", "setitimer",
    "timer_create", "timer_settime", "timerfd_create",
    /* chance */
    "rand", "srand", "rand_r", "random", "srandom", "random_r", "initstate", "drand48", "erand48",
    "lrand48", "nrand48", "mrand48", "jrand48", "srand48", "arc4random", "arc4random_buf",
    "arc4random_uniform", "getrandom", "getentropy", "__builtin_ia32_rdrand32_step",
    "__builtin_ia32_rdrand64_step", "__builtin_ia32_rdseed_di_step", "_rdrand32_step",
    "_rdrand64_step", "_rdseed64_step", "rdrand", NULL};

/* Files of chance, which are named in strings. */
static const char *const chance_files[] = {"/dev/urandom", "/dev/random", "/dev/hwrng", NULL};

static const exception clock_doors[] = {
    {"runtime/process/clock.c", "the door of time"},
    {"runtime/process/machine_", "the counter of ticks, for the door of time alone"},
    {"runtime/threads/", "parks threads and watches overrunners, in real time by nature"},
    {"scenarios/cli/", "the parent process: outside every run"},
    {"scenarios/engine/ring.c", "the parent's end of the story waits outside every run"},
    {"scenarios/engine/watch.c", "the parent process: outside every run"},
    {"scenarios/engine/story.c", "the wall time at which a story began, told before the run"},
    {"scenarios/engine/surroundings.c",
     "compares the machine's clocks; never under the virtual one"},
    {"scenarios/engine/tally_state.c", "measures what reading the clock costs"},
    {"reports/result.c", "the wall time at which a result was made"},
    {"reports/machine.c", "measures what reading the clock costs"},
    {"bench/", "measures"},
    {NULL, NULL},
};

static const char *const heap_words[] = {"malloc",  "calloc",  "realloc", "free",  "strdup",
                                         "printf",  "fprintf", "puts",    "fputs", "fopen",
                                         "putchar", "perror",  "fwrite",  NULL};

static const exception heap_doors[] = {
    {"runtime/base/", "not the running runtime"},
    {"runtime/process/term.c", "terms made before a run come from the C heap"},
    {"reports/", "runs outside processes"},
    {"scenarios/", "plans and results are made outside processes"},
    {"bench/", "not the running runtime"},
    {NULL, NULL},
};

static const char *const atomic_words[] = {
    "_Atomic",          "__sync_synchronize",  "__atomic_load_n",
    "__atomic_store_n", "atomic_thread_fence", NULL};
static const exception atomic_doors[] = {
    {"runtime/base/atomic.h", "the door itself"},
    {NULL, NULL},
};

static const char *const machine_words[] = {"asm", "__asm__", "__asm", NULL};
static const exception machine_doors[] = {
    {"runtime/process/machine_", "the one machine file of each processor"},
    {"runtime/process/table.c", "an empty statement that keeps a call from being merged"},
    {NULL, NULL},
};

static bool is_excepted(const rs_source *source, const exception *doors) {
    for (const exception *door = doors; door->path; door++)
        if (begins(source->path, door->path)) return true;
    return is_test(source);
}

/* A word counts when it is called, or, being no function, wherever it stands. */
static void find_words(const rs_source *source, const char *const *words, bool called,
                       const char *rule, const char *what) {
    for (const char *const *word = words; *word; word++)
        for (const char *at = source->code; (at = rs_source_find(at, *word)); at++) {
            const char *next = at + strlen(*word);
            if (called && *next != '(') continue;
            bool is_member = at > source->code && (at[-1] == '.' || at[-1] == '>');
            if (!is_member) find(source, rs_source_line(source->code, at), rule, what);
        }
}

static void rule_clock(const rs_source *source) {
    static const char what[] = "time and chance enter by their doors only";
    if (is_excepted(source, clock_doors)) return;
    find_words(source, clock_words, true, "clock", what);
    for (const char *const *file = chance_files; *file; file++) {
        const char *at = strstr(source->text, *file);
        if (at) find(source, rs_source_line(source->text, at), "clock", what);
    }
}

static void rule_heap(const rs_source *source) {
    if (!is_excepted(source, heap_doors))
        find_words(source, heap_words, true, "heap", "the runtime uses neither malloc nor stdio");
}

static void rule_atomic(const rs_source *source) {
    if (!is_excepted(source, atomic_doors))
        find_words(source, atomic_words, false, "atomic", "atomics go through base/atomic.h");
}

static void rule_machine(const rs_source *source) {
    if (!is_excepted(source, machine_doors))
        find_words(source, machine_words, false, "machine", "machine code lives in one file");
}

/* ------------------------------------------------------------------ languages */

/* The house is written in C, but for what meets a C++ library face to face. */
static const exception cpp_doors[] = {
    /* and every X_relacy.cc: the Relacy race detector */
    {"bench/shim/", "Google Benchmark"},
    {NULL, NULL},
};

static void rule_language(const rs_source *source) {
    if (!ends(source->path, ".cc") || ends(source->path, "_relacy.cc")) return;
    for (const exception *door = cpp_doors; door->path; door++)
        if (begins(source->path, door->path)) return;
    find(source, 1, "language", "is C++, which is for Relacy and the shim");
}

/* ------------------------------------------------------------------ headers */

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* A prototype begins at the margin and reaches its semicolon without a brace. */
static bool is_prototype(const char *line) {
    if (!islower((unsigned char)*line) && *line != '_') return false;
    if (begins(line, "typedef") || begins(line, "extern") || begins(line, "static")) return false;
    size_t length = strcspn(line, ";{=");
    return line[length] == ';' && memchr(line, '(', length);
}

/* Prototypes that follow one another without a blank line share a comment. */
static void rule_documented(const rs_source *source) {
    if (!ends(source->path, ".h")) return;
    bool is_documented = false;
    int number = 1;
    const char *text = source->text;
    for (const char *line = source->code; *line; number++) {
        size_t length = strcspn(line, "\n");
        const char *raw = text + (line - source->code);
        if (is_prototype(line) && !is_documented)
            find(source, number, "documented", "a prototype without its comment");
        is_documented =
            length && *raw != '#' &&
            (is_documented || strstr(raw, "*/") == NULL || strstr(raw, "*/") < raw + length);
        line += length + (line[length] == '\n');
    }
}

/* The name of the function that is declared or defined at `line`, "" when none of ours is. */
static void take_function(const char *line, char name[128]) {
    const char *end = line + strcspn(line, ";{"), *at = line;
    *name = 0;
    for (; (at = strstr(at, "rs_")) && at < end; at += strspn(at, NAME_LETTERS)) {
        size_t length = strspn(at, NAME_LETTERS);
        if (at[length] != '(' || (at > line && at[-1] != ' ' && at[-1] != '*')) continue;
        snprintf(name, 128, "%.*s", (int)length, at);
        return;
    }
}

/* A comment and the functions right below it. */
typedef struct described {
    const char *comment; /* its first word; NULL: there is none */
    int line, functions;
    bool is_named;
} described;

/* One that begins with a name begins with one of theirs. One of a single function does. */
static void check_described(const rs_source *source, const described *this) {
    if (!this->comment || this->functions == 0 || this->is_named) return;
    if (begins(this->comment, "rs_"))
        find(source, this->line, "documented", "a comment that begins with another's name");
    else if (this->functions == 1)
        find(source, this->line, "documented", "a comment that does not begin with the name");
}

/* One comment may speak of a pair, such as enter and leave. */
static bool is_mentioned(const rs_source *source, const char *name) {
    for (const char *at = source->text; (at = rs_source_find(at, name)); at++)
        if (source->code[at - source->text] == ' ') return true;
    return false;
}

static void describe(const rs_source *source, described *this, const char *line, int number) {
    char name[128];
    const char *raw = source->text + (line - source->code);
    bool is_inline = begins(line, "static inline ");
    if (begins(raw, "/*")) {
        check_described(source, this);
        *this = (described){.comment = raw + strspn(raw, "/* "), .line = number};
        return;
    }
    if (*raw == '\n' || *raw == '#') {
        check_described(source, this);
        *this = (described){NULL, 0, 0, false};
    }
    if (!is_inline && !is_prototype(line)) return;
    take_function(line, name);
    if (!*name) return;
    if (is_inline && !this->comment && !is_mentioned(source, name))
        find(source, number, "documented", "a function without its comment");
    this->functions++;
    size_t length = strlen(name);
    this->is_named |= this->comment && strncmp(this->comment, name, length) == 0 &&
                      !strchr(NAME_LETTERS, this->comment[length]);
}

static void rule_named(const rs_source *source) {
    if (!ends(source->path, ".h") || is_test(source)) return;
    described this = {NULL, 0, 0, false};
    int number = 1;
    for (const char *line = source->code; *line; number++) {
        size_t length = strcspn(line, "\n");
        describe(source, &this, line, number);
        line += length + (line[length] == '\n');
    }
    check_described(source, &this);
}

/* ------------------------------------------------------------------ catalogues */

typedef struct catalogue {
    const char *room, *prefix;
} catalogue;

static const catalogue catalogues[] = {
    {"scenarios/workers/", "rs_worker_"}, {"scenarios/faults/", "rs_fault_"},
    {"scenarios/loads/", "rs_load_"},     {"scenarios/checks/", "rs_check_"},
    {"reports/formats/", "rs_format_"},   {"runtime/sched/", "rs_sched_"},
};

/* The name that `at`, behind the prefix, begins with. */
static void take_name(const char *at, char name[64]) {
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
    snprintf(name, 64, "%.*s", (int)length, at);
}

static const rs_source *find_source(const rs_sources *sources, const char *room, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s%s", room, name);
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->items[i].path, path) == 0) return &sources->items[i];
    return NULL;
}

/* How often `&prefix_name,` stands in the list. */
static int count_entries(const rs_source *list, const char *prefix, const char *name) {
    char entry[160];
    int count = 0;
    snprintf(entry, sizeof entry, "&%s%s,", prefix, name);
    for (const char *at = list->code; (at = strstr(at, entry)); at++) count++;
    return count;
}

/* The definition that begins at `at` says `.name = "NAME"` first: the word that users write is told
 * by the file's name, so that no two entries have the same. A flag has dashes where a name in C has
 * underscores. */
static bool has_word(const rs_source *source, const char *at, const char *name) {
    static const char member[] = ".name = ";
    const char *word = strstr(at, member), *end = strstr(at, "};");
    if (!word || !end || word > end) return false;
    const char *text = source->text + (word - source->code) + sizeof member - 1;
    if (*text++ != '"') return false;
    for (; *name; name++, text++)
        if (*text != *name && !(*name == '_' && *text == '-')) return false;
    return *text == '"';
}

/* What a file defines as `const rs_KIND prefix_name = {` is in the list once, and the file is named
 * after it. Returns how many it defines. */
static int check_definitions(const rs_source *source, const rs_source *list,
                             const catalogue *kind) {
    int count = 0;
    for (const char *at = source->code; (at = strstr(at, kind->prefix)); at++) {
        char name[64], file[160];
        take_name(at + strlen(kind->prefix), name);
        if (!*name || !begins(at + strlen(kind->prefix) + strlen(name), " = {")) continue;
        snprintf(file, sizeof file, "%s%s.c", kind->room, name);
        int line = rs_source_line(source->code, at);
        if (count_entries(list, kind->prefix, name) != 1)
            find(source, line, "catalogue", "is not in catalogue.c exactly once");
        if (strcmp(file, source->path) != 0)
            find(source, line, "catalogue", "is not in a file of its name");
        if (!has_word(source, at, name))
            find(source, line, "catalogue", "has another word than its file has a name");
        count++;
    }
    return count;
}

static void check_catalogue(const rs_sources *sources, const catalogue *kind) {
    const rs_source *list = find_source(sources, kind->room, "catalogue.c");
    if (!list) return; /* a room that is still empty */
    int defined = 0, listed = 0;
    char entry[64];
    for (size_t i = 0; i < sources->count; i++)
        if (begins(sources->items[i].path, kind->room))
            defined += check_definitions(&sources->items[i], list, kind);
    snprintf(entry, sizeof entry, "&%s", kind->prefix);
    for (const char *at = list->code; (at = strstr(at, entry)); at++) listed++;
    if (!defined || listed != defined)
        find(list, 1, "catalogue", "lists another number of entries than its room defines");
}

/* ------------------------------------------------------------------ the house */

static const char *root(void) {
    const char *path = getenv("RESPAWN_SOURCE");
    return path ? path : ".";
}

static void check_house(void (*rule)(const rs_source *source)) {
    rs_sources sources;
    CHECK(rs_sources_load(&sources, root()));
    CHECK(sources.count > 20); /* an empty house keeps every rule */
    for (size_t i = 0; i < sources.count; i++) rule(&sources.items[i]);
    rs_sources_free(&sources);
    CHECK_INT(findings, 0);
}

TEST(every_file_opens_with_its_licence) {
    check_house(rule_spdx);
}
TEST(lines_fit) {
    check_house(rule_lines);
}
TEST(includes_point_down) {
    check_house(rule_includes);
}
TEST(headers_have_guards) {
    check_house(rule_guard);
}
TEST(time_and_chance_have_doors) {
    check_house(rule_clock);
}
TEST(the_runtime_has_no_heap) {
    check_house(rule_heap);
}
TEST(atomics_have_one_door) {
    check_house(rule_atomic);
}
TEST(machine_code_has_one_file) {
    check_house(rule_machine);
}
TEST(the_language_is_c) {
    check_house(rule_language);
}
TEST(prototypes_are_documented) {
    check_house(rule_documented);
}
TEST(documentation_begins_with_the_name) {
    check_house(rule_named);
}

TEST(catalogues_are_complete) {
    rs_sources sources;
    CHECK(rs_sources_load(&sources, root()));
    for (size_t i = 0; i < sizeof catalogues / sizeof *catalogues; i++)
        check_catalogue(&sources, &catalogues[i]);
    rs_sources_free(&sources);
    CHECK_INT(findings, 0);
}

static bool guard_of(const rs_source *source, char name[128]) {
    const char *guard = strstr(source->code, "#ifndef ");
    return ends(source->path, ".h") && guard && sscanf(guard, "#ifndef %127s", name) == 1;
}

/* Two headers with one guard hide each other from whoever includes both. */
TEST(guards_are_unique) {
    rs_sources sources;
    char left[128], right[128];
    CHECK(rs_sources_load(&sources, root()));
    for (size_t i = 0; i < sources.count; i++)
        for (size_t j = 0; guard_of(&sources.items[i], left) && j < i; j++)
            if (guard_of(&sources.items[j], right) && strcmp(left, right) == 0)
                find(&sources.items[i], 1, "guard", sources.items[j].path);
    rs_sources_free(&sources);
    CHECK_INT(findings, 0);
}

static bool exists(const char *folder, const char *name) {
    char path[4096];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s/%s", root(), folder, name);
    return stat(path, &info) == 0;
}

/* The folder of a path, "" in the root. */
static void folder_of(const char *path, char folder[256]) {
    const char *slash = strrchr(path, '/');
    snprintf(folder, 256, "%.*s", slash ? (int)(slash - path) : 0, path);
}

TEST(every_room_has_its_page) {
    rs_sources sources;
    char folder[256], before[256] = "";
    CHECK(rs_sources_load(&sources, root()));
    for (size_t i = 0; i < sources.count; i++) {
        folder_of(sources.items[i].path, folder);
        bool is_room = !ends(folder, "/test") && strcmp(folder, "bench/shim") != 0;
        if (is_room && strcmp(folder, before) != 0 && !exists(folder, "README.md"))
            find(&sources.items[i], 1, "page", "its room has no README.md");
        memcpy(before, folder, sizeof before);
    }
    rs_sources_free(&sources);
    CHECK_INT(findings, 0);
}

static bool may_stand_in_root(const char *name) {
    static const char *const names[] = {
        "README.md", "CMakeLists.txt", "CMakePresets.json", "Makefile", "LICENSE", "CHANGELOG.md",
        "runtime",   "reports",        "scenarios",         "bench",    "fuzz",    "build",
        NULL};
    if (*name == '.') return true;
    if (begins(name, "packages") && ends(name, ".txt")) return true;
    for (const char *const *known = names; *known; known++)
        if (strcmp(*known, name) == 0) return true;
    return false;
}

TEST(the_root_is_tidy) {
    DIR *folder = opendir(root());
    CHECK(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (!may_stand_in_root(entry->d_name)) {
            fprintf(stderr, "%s does not belong into the root\n", entry->d_name);
            findings++;
        }
    closedir(folder);
    CHECK_INT(findings, 0);
}

/* ------------------------------------------------------------------ sinners and saints */

typedef struct sample {
    void (*rule)(const rs_source *source);
    const char *path, *sinner, *saint;
} sample;

static const sample samples[] = {
    {rule_spdx, "runtime/base/a.c", "/* a.c */\n",
     "/* a.c\n * SPDX-License-Identifier: MIT\n */\n"},
    {rule_lines, "runtime/base/a.c", "int a; \n", "int a;\n"},
    {rule_lines, "runtime/base/a.c", "\tint a;\n", "    int a;\n"},
    {rule_lines, "runtime/base/a.c",
     "/* 01234567890123456789012345678901234567890123456789012345678901234567890123456789"
     "123456789012345 */\n",
     "/* ä01234567890123456789012345678901234567890123456789012345678901234567890123456789"
     "1234567890123 */\n"},
    {rule_includes, "runtime/base/a.c", "#include \"runtime/sched/sched.h\"\n",
     "#include \"runtime/base/list.h\"\n"},
    {rule_includes, "runtime/process/a.c", "#include \"runtime/otp/gen_server.h\"\n",
     "#include \"runtime/respawn.h\"\n"},
    {rule_includes, "runtime/otp/a.c", "#include \"reports/result.h\"\n",
     "#include \"runtime/store/a.h\"\n"},
    {rule_includes, "reports/a.c", "#include \"runtime/process/term.h\"\n",
     "#include \"runtime/base/units.h\"\n"},
    {rule_includes, "reports/a.c", "#include \"reports/formats/format.h\"\n",
     "#include \"reports/result.h\"\n"},
    {rule_includes, "scenarios/cli/a.c", "#include \"bench/a.h\"\n",
     "#include \"runtime/otp/gen_server.h\"\n"},
    {rule_includes, "runtime/base/a.c", "#include \"list.h\"\n", "#include <stdio.h>\n"},
    {rule_includes, "runtime/base/a.c", "#include \"runtime/base/test/test.h\"\n", ""},
    {rule_includes, "runtime/process/test/a.h", "#include \"runtime/otp/test/a.h\"\n",
     "#include \"runtime/base/test/test.h\"\n"},
    {rule_includes, "runtime/process/a.c", "#include \"runtime/process/test/a.h\"\n", ""},
    {rule_guard, "runtime/base/a.h", "#include <a.h>\n",

     "#ifndef RS_A_H\n#define RS_A_H\n#endif\n"},
    {rule_clock, "runtime/otp/a.c", "a = time(NULL);\n",
     "/* time(NULL) */ a.time(b); rs_time(c);\n"},
    {rule_clock, "scenarios/engine/a.c", "nanosleep(&t, 0);\n", "char *a = \"rand()\";\n"},
    {rule_heap, "runtime/sched/a.c", "a = malloc(1);\n", "a = rs_malloc(1); /* malloc(1) */\n"},
    {rule_heap, "runtime/otp/a.c", "printf(\"a\");\n", "int printf;\n"},
    {rule_atomic, "runtime/sched/a.c", "_Atomic int a;\n", "rs_atomic_u32 a;\n"},
    {rule_machine, "runtime/sched/a.c", "asm(\"nop\");\n", "int plasma;\n"},
    {rule_documented, "runtime/base/a.h", "#define A 1\n\nint rs_a(void);\n",
     "/* rs_a does. */\nint rs_a(int b,\n         int c);\nint rs_b(void);\n"},
    {rule_clock, "runtime/otp/a.c", "a = __builtin_ia32_rdtsc();\n",
     "a = rs_machine_ticks(); /* __builtin_ia32_rdtsc() */\n"},
    {rule_clock, "scenarios/faults/a.c", "arc4random_buf(&a, 4);\n", "rs_prng_next(&random);\n"},
    {rule_clock, "runtime/base/a.c", "open(\"/dev/urandom\", 0);\n", "open(\"/dev/null\", 0);\n"},
    {rule_named, "runtime/base/a.h", "/* rs_b does. */\nint rs_a(void);\n",
     "/* rs_a does. */\nint rs_a(void);\n\n/* rs_b *c. */\nint *rs_b(void);\n"},
    {rule_named, "runtime/base/a.h", "/* Does a lot. */\nint rs_a(void);\n",
     "/* Both. */\nint rs_a(void);\nint rs_b(rs_c d,\n         int rs_e);\n"},
    {rule_named, "runtime/base/a.h", "static inline int rs_a(void) {\n}\n",
     "/* rs_a begins, rs_b ends. */\nstatic inline int rs_a(void) {\n}\n\n"
     "static inline int rs_b(void) {\n}\n"},
    {rule_named, "runtime/base/a.h", "/* rs_ab. */\nint rs_a(void);\n",
     "static inline int a(void) {\n}\n/* A type. */\ntypedef int rs_a;\n"},
    {rule_documented, "runtime/base/a.h", "/* a. */\n\nint rs_a(void);\n",
     "static int a(void) {}\n"},
};

static int count_findings(void (*rule)(const rs_source *source), const char *path,
                          const char *text) {
    rs_source source = rs_source_make(path, text);
    findings = 0;
    rule(&source);
    rs_source_free(&source);
    int count = findings;
    findings = 0;
    return count;
}

/* What made-up files are found guilty of is no news. */
static void be_quiet(void) {
    CHECK(freopen("/dev/null", "w", stderr));
}

TEST(every_rule_catches_its_sinner) {
    be_quiet();
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *pair = &samples[i];
        int sins = count_findings(pair->rule, pair->path, pair->sinner);
        int slips = count_findings(pair->rule, pair->path, pair->saint);
        if (sins == 0) printf("sample %zu: the sinner went free\n", i);
        if (slips != 0) printf("sample %zu: the saint was accused\n", i);
        CHECK(sins > 0 && slips == 0);
    }
}

/* A matter of the name alone. */
TEST(the_language_is_told_by_the_name) {
    be_quiet();
    CHECK(count_findings(rule_language, "runtime/sched/a.cc", "") > 0);
    CHECK(count_findings(rule_language, "runtime/sched/a.c", "") == 0);
    CHECK(count_findings(rule_language, "runtime/sched/a_relacy.cc", "") == 0);
    CHECK(count_findings(rule_language, "bench/shim/a.cc", "") == 0);
}

/* check_loads returns what is found of a room with two loads and this list. */
static int check_loads(const char *load, const char *list) {
    rs_source items[] = {
        rs_source_make("scenarios/loads/a.c",
                       "const rs_load_kind rs_load_a = {\n.name = \"a\",\n};\n"),
        rs_source_make("scenarios/loads/b.c", load),
        rs_source_make("scenarios/loads/catalogue.c", list),
    };
    rs_sources sources = {items, 3};
    const catalogue loads = {"scenarios/loads/", "rs_load_"};
    findings = 0;
    check_catalogue(&sources, &loads);
    for (size_t i = 0; i < 3; i++) rs_source_free(&items[i]);
    int count = findings;
    findings = 0;
    return count;
}

TEST(catalogues_catch_what_is_missing_twice_or_misnamed) {
    static const char load[] = "const rs_load_kind rs_load_b = {\n.name = \"b\",\n};\n";
    static const char other[] = "const rs_load_kind rs_load_b = {\n.name = \"a\",\n};\n";
    static const char both[] = "&rs_load_a,\n&rs_load_b,\n";
    be_quiet();
    CHECK_INT(check_loads(load, both), 0);
    CHECK(check_loads(load, "&rs_load_a,\n") > 0);
    CHECK(check_loads(load, "&rs_load_a,\n&rs_load_b,\n&rs_load_b,\n") > 0);
    CHECK(check_loads(load, "&rs_load_a,\n&rs_load_b,\n&rs_load_c,\n") > 0);
    CHECK(check_loads(other, both) > 0);
}

/* ------------------------------------------------------------------ fuzz targets */

/* How often the build file names the target, alone or with libraries. */
static int count_targets(const char *build, const char *name) {
    static const char *const kinds[] = {"\nfuzz_target(", "\nfuzz_program("};
    int count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (const char *at = build; (at = strstr(at, kinds[i]));) {
            at += strlen(kinds[i]);
            size_t length = strlen(name);
            count += strncmp(at, name, length) == 0 && at[length] == ' ';
        }
    return count;
}

static bool has_file(const char *path) {
    DIR *folder = opendir(path);
    bool found = false;
    for (const struct dirent *entry; folder && (entry = readdir(folder));)
        found |= entry->d_name[0] != '.';
    if (folder) closedir(folder);
    return found;
}

static void check_target(const rs_source *source, const char *build) {
    const char *file = source->path + strlen("fuzz/");
    if (!begins(source->path, "fuzz/") || !ends(file, "_fuzz.c")) return;
    char name[64], corpus[4096];
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen("_fuzz.c")), file);
    snprintf(corpus, sizeof corpus, "%s/fuzz/corpus/%s", root(), name);
    if (count_targets(build, name) != 1) find(source, 1, "target", "is not built exactly once");
    if (!has_file(corpus)) find(source, 1, "target", "has no corpus");
}

TEST(every_fuzz_target_is_built_and_has_a_corpus) {
    rs_sources sources;
    char path[4096];
    snprintf(path, sizeof path, "%s/fuzz/CMakeLists.txt", root());
    char *build = rs_source_read(path);
    CHECK(build && rs_sources_load(&sources, root()));
    for (size_t i = 0; i < sources.count; i++) check_target(&sources.items[i], build);
    rs_sources_free(&sources);
    free(build);
    CHECK_INT(findings, 0);
}

TEST(targets_without_corpus_or_line_are_caught) {
    be_quiet();
    rs_source unknown = rs_source_make("fuzz/no_such_fuzz.c", "");
    check_target(&unknown, "\nfuzz_target(no_such rs_base)\n");
    CHECK_INT(findings, 1);
    check_target(&unknown, "\nfuzz_target(no_such_thing rs_base)\n");
    CHECK_INT(findings, 3);
    rs_source_free(&unknown);
    rs_source term = rs_source_make("fuzz/term_fuzz.c", "");
    findings = 0;
    check_target(&term, "\nfuzz_target(term rs_otp)\n");
    CHECK_INT(findings, 0);
    rs_source_free(&term);
}

TEST_MAIN()
