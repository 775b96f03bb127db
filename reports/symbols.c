/* symbols.c: program counters as names. An ELF file is checked as it is read: it may have been
 * replaced since it was loaded.
 * SPDX-License-Identifier: MIT
 */
#include "reports/symbols.h"

#include "reports/rows.h"

#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Relative to where the module was loaded. */
typedef struct symbol {
    uint64_t from, to;
    const char *name; /* in the mapped file */
} symbol;

typedef struct module {
    uint64_t base, from, to; /* from, to: its code */
    char path[512];
    bool is_program, read;
    const unsigned char *file;
    size_t bytes;
    RS_ROWS(symbol) functions; /* by address */
} module;

struct rs_symbols {
    RS_ROWS(module) modules;
};

/* ------------------------------------------------------------------ what is loaded */

/* The program comes first, and has no name. What it has loaded from memory is as good as its own:
 * only the number of a descriptor would tell where it came from. */
static bool is_own(const rs_symbols *symbols, const char *path) {
    return symbols->modules.count == 1 || strncmp(path, "/proc/self/fd/", 14) == 0;
}

static void add_module(rs_symbols *symbols, const struct dl_phdr_info *info,
                       const ElfW(Phdr) * code) {
    module *made = RS_ROWS_ADD(&symbols->modules);
    made->is_program = is_own(symbols, info->dlpi_name);
    made->base = info->dlpi_addr;
    made->from = info->dlpi_addr + code->p_vaddr;
    made->to = made->from + code->p_memsz;
    snprintf(made->path, sizeof made->path, "%s",
             symbols->modules.count == 1 ? "/proc/self/exe" : info->dlpi_name);
}

static int note_module(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && header->p_flags & PF_X) add_module(context, info, header);
    }
    return 0;
}

rs_symbols *rs_symbols_create(void) {
    rs_symbols *symbols = rs_rows_alloc(sizeof *symbols);
    dl_iterate_phdr(note_module, symbols);
    return symbols;
}

void rs_symbols_destroy(rs_symbols *symbols) {
    for (size_t i = 0; symbols && i < symbols->modules.count; i++) {
        module *one = &symbols->modules.at[i];
        if (one->file) munmap((void *)(uintptr_t)one->file, one->bytes);
        free(one->functions.at);
    }
    if (symbols) free(symbols->modules.at);
    free(symbols);
}

/* ------------------------------------------------------------------ reading a file */

static void map_file(module *one) {
    struct stat status;
    int fd = open(one->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (fstat(fd, &status) == 0 && status.st_size > (off_t)sizeof(ElfW(Ehdr))) {
        void *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED) one->file = file, one->bytes = (size_t)status.st_size;
    }
    close(fd);
}

/* The part of the file, or NULL when it is not all there. */
static const void *part(const module *one, uint64_t offset, uint64_t bytes) {
    bool is_there = offset <= one->bytes && bytes <= one->bytes - offset && offset % 8 == 0;
    return is_there ? one->file + offset : NULL;
}

static const ElfW(Shdr) * sections_of(const module *one, uint32_t *count) {
    const ElfW(Ehdr) *header = part(one, 0, sizeof *header);
    if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return NULL;
    if (header->e_shentsize != sizeof(ElfW(Shdr))) return NULL;
    *count = header->e_shnum;
    return part(one, header->e_shoff, (uint64_t)*count * sizeof(ElfW(Shdr)));
}

static void add_function(module *one, const ElfW(Sym) * from, const char *names, uint64_t bytes) {
    bool is_function = ELF64_ST_TYPE(from->st_info) == STT_FUNC && from->st_size;
    if (!is_function || from->st_shndx == SHN_UNDEF || from->st_name >= bytes) return;
    symbol *made = RS_ROWS_ADD(&one->functions);
    *made = (symbol){from->st_value, from->st_value + from->st_size, names + from->st_name};
}

static void add_functions(module *one, const ElfW(Shdr) * table, const ElfW(Shdr) * names) {
    const ElfW(Sym) *at = part(one, table->sh_offset, table->sh_size);
    const char *text =
        names->sh_offset < one->bytes ? (const char *)one->file + names->sh_offset : NULL;
    if (!at || !text || names->sh_size > one->bytes - names->sh_offset) return;
    if (names->sh_size == 0 || text[names->sh_size - 1] != 0) return; /* all names end within */
    for (uint64_t i = 0; i < table->sh_size / sizeof *at; i++)
        add_function(one, &at[i], text, names->sh_size);
}

static void read_tables(module *one, uint32_t type) {
    uint32_t count = 0;
    const ElfW(Shdr) *sections = sections_of(one, &count);
    for (uint32_t i = 0; sections && i < count; i++)
        if (sections[i].sh_type == type && sections[i].sh_link < count)
            add_functions(one, &sections[i], &sections[sections[i].sh_link]);
}

/* Of several names for one place the first in the alphabet, so that it is always the same. */
static int by_address(const void *a, const void *b) {
    const symbol *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* A stripped file has what it exports. */
static void read_module(module *one) {
    one->read = true;
    map_file(one);
    if (!one->file) return;
    read_tables(one, SHT_SYMTAB);
    if (one->functions.count == 0) read_tables(one, SHT_DYNSYM);
    if (one->functions.count)
        qsort(one->functions.at, one->functions.count, sizeof *one->functions.at, by_address);
}

/* ------------------------------------------------------------------ asking */

static module *find_module(rs_symbols *symbols, uint64_t pc) {
    for (size_t i = 0; i < symbols->modules.count; i++) {
        module *one = &symbols->modules.at[i];
        if (pc < one->from || pc >= one->to) continue;
        if (!one->read) read_module(one);
        return one;
    }
    return NULL;
}

/* The first of those that begin last before `at`, if it is in it. */
static const symbol *find_symbol(const module *one, uint64_t at) {
    size_t low = 0, high = one->functions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (one->functions.at[middle].from <= at)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 1 && one->functions.at[low - 2].from == one->functions.at[low - 1].from) low--;
    const symbol *found = low ? &one->functions.at[low - 1] : NULL;
    return found && at < found->to ? found : NULL;
}

bool rs_symbols_print(rs_symbols *symbols, uint64_t pc, bool returns, char *text, size_t bytes) {
    const module *one = find_module(symbols, pc - returns);
    if (!one) {
        snprintf(text, bytes, "?");
        return false;
    }
    const char *slash = strrchr(one->path, '/'), *file = slash ? slash + 1 : one->path;
    const symbol *found = find_symbol(one, pc - returns - one->base);
    uint64_t offset = pc - one->base - (found ? found->from : 0);
    /* What compilers add to a name begins with a dot. */
    const char *name = found ? found->name : "";
    int length = (int)strcspn(name, ".");
    snprintf(text, bytes, "%s%s%.*s+0x%" PRIx64, one->is_program && found ? "" : file,
             one->is_program || !found ? "" : ":", length, name, offset);
    return one->is_program;
}
