/* code_object.c: see code_object.h. Every load is a private copy, so that the file may be written
 * over, and the linker, which knows objects by name and inode, takes none for another. Refusals
 * return false: what was begun is undone by the callers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"

#include "runtime/base/atomic.h"
#include "runtime/otp/code_file.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static rs_atomic_u32 opened;

/* ---------------------------------------------------------------- where it lies */

typedef struct place {
    uintptr_t base;
    rs_code_object *object;
    bool has_thread_locals;
} place;

static void stretch(uintptr_t *from, uintptr_t *to, uintptr_t low, uintptr_t high) {
    if (!*to || low < *from) *from = low;
    if (high > *to) *to = high;
}

static int note_segments(struct dl_phdr_info *info, size_t size, void *context) {
    place *this = context;
    (void)size;
    if (info->dlpi_addr != this->base) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + header->p_vaddr, high = low + header->p_memsz;
        this->has_thread_locals |= header->p_type == PT_TLS;
        if (header->p_type != PT_LOAD) continue;
        rs_code_object *object = this->object;
        stretch(&object->from, &object->to, low, high);
        if (header->p_flags & PF_X) stretch(&object->text_from, &object->text_to, low, high);
    }
    return 1;
}

static bool check_place(void *handle, const char *path, rs_code_object *object) {
    struct link_map *map;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return rs_code_refuse(object, RS_ESYNTAX, "%.200s: %s", path, dlerror());
    place this = {.base = map->l_addr, .object = object};
    dl_iterate_phdr(note_segments, &this);
    if (!this.has_thread_locals) return true;
    return rs_code_refuse(
        object, RS_EINVAL,
        "%.200s has thread-local variables: a process may be on another thread by its "
        "next instruction; keep them in its state",
        path);
}

/* ---------------------------------------------------------------- what it has */

const void *rs_code_object_find(const rs_code_object *object, const char *symbol) {
    return dlsym(object->handle, symbol);
}

static bool check_module(rs_code_object *object, const char *path) {
    const rs_code_module *module = rs_code_object_find(object, "rs_code_module_here");
    if (!module)
        return rs_code_refuse(object, RS_EINVAL,
                              "%.200s says not what it is: write RS_CODE_MODULE(&server); in it "
                              "(runtime/otp/code_object.h)",
                              path);
    if (module->abi != RS_CODE_ABI)
        return rs_code_refuse(
            object, RS_EINVAL,
            "%.200s was built for another respawn (%016lx, this one is %016lx): build it "
            "from this one's headers",
            path, (unsigned long)module->abi, (unsigned long)RS_CODE_ABI);
    object->server = module->server;
    if (object->server && object->server->name) return true;
    return rs_code_refuse(object, RS_EINVAL,
                          "%.200s has a server without a name: give it the worker's", path);
}

rs_err rs_code_object_module(rs_code_object *object, const char *path) {
    check_module(object, path);
    return object->err;
}

/* ---------------------------------------------------------------- linking */

/* The linker begins its messages with the copy's name. */
static const char *linker_error(const char *name) {
    const char *text = dlerror();
    if (!text) return "the linker does not say why";
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 ? text + length + strspn(text + length, ": ") : text;
}

static bool link_copy(rs_code_object *object, const char *path) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", object->fd);
    object->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (object->handle) return check_place(object->handle, path, object);
    return rs_code_refuse(object, RS_ESYNTAX, "%.200s cannot be linked: %.200s", path,
                          linker_error(name));
}

void rs_code_object_close(rs_code_object *object) {
    if (object->handle) dlclose(object->handle);
    if (object->fd >= 0) close(object->fd);
    object->handle = NULL;
    object->fd = -1;
    rs_sub(&opened, 1, rs_relaxed);
}

/* The descriptor stays, or its number would be another object's name. */
rs_err rs_code_object_link(const char *path, rs_code_object *object) {
    *object = (rs_code_object){.err = RS_OK, .fd = -1};
    if (rs_add(&opened, 1, rs_relaxed) >= RS_CODE_OBJECTS_MAX)
        rs_code_refuse(object, RS_ELIMIT,
                       "%u shared objects have been loaded: start the program again",
                       RS_CODE_OBJECTS_MAX);
    else if ((object->fd = rs_code_file_copy(path, object)) >= 0)
        link_copy(object, path);
    if (object->err != RS_OK) rs_code_object_close(object);
    return object->err;
}

rs_err rs_code_object_open(const char *path, rs_code_object *object) {
    if (rs_code_object_link(path, object) != RS_OK) return object->err;
    if (rs_code_object_module(object, path) != RS_OK) rs_code_object_close(object);
    return object->err;
}
