/* code_object.c: see code_object.h. Every load is a private copy, so that the file may be written
 * over, and the linker, which knows objects by name and inode, takes none for another.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"

#include "runtime/base/atomic.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static rs_atomic_u32 opened;

/* Refusals return false: what was begun is undone by the callers. */
static __attribute__((format(printf, 3, 4))) bool refuse(rs_code_object *object, rs_err err,
                                                         const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(object->why, sizeof object->why, format, args);
    va_end(args);
    object->err = err;
    return false;
}

/* ---------------------------------------------------------------- the copy */

static bool is_object(int fd) {
    Elf64_Ehdr head;
    if (pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head) return false;
    return memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64 &&
           head.e_machine == EM_X86_64 && head.e_type == ET_DYN;
}

static bool check_file(int fd, const char *path, rs_code_object *object, size_t *bytes) {
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return refuse(object, RS_EIO, "%.200s is no file", path);
    if (!is_object(fd))
        return refuse(object, RS_ESYNTAX,
                      "%.200s is no shared object for x86-64: build one with -shared -fPIC", path);
    if (about.st_size > RS_CODE_BYTES_MAX)
        return refuse(object, RS_ELIMIT, "%.200s is larger than %u MiB", path,
                      RS_CODE_BYTES_MAX >> 20);
    *bytes = (size_t)about.st_size;
    return true;
}

static bool copy_all(int to, int from, size_t bytes) {
    while (bytes > 0) {
        ssize_t done = sendfile(to, from, NULL, bytes);
        if (done <= 0) return false;
        bytes -= (size_t)done;
    }
    return true;
}

/* A descriptor of the copy; -1 after a refusal. */
static int copy(const char *path, rs_code_object *object) {
    size_t bytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC), to = -1;
    if (fd < 0) {
        refuse(object, RS_EIO, "%.200s: %s", path, strerror(errno));
        return -1;
    }
    if (check_file(fd, path, object, &bytes)) {
        to = memfd_create("respawn-code", MFD_CLOEXEC);
        if (to < 0 || !copy_all(to, fd, bytes)) {
            refuse(object, RS_EIO, "%.200s cannot be copied: %s", path, strerror(errno));
            if (to >= 0) close(to);
            to = -1;
        }
    }
    close(fd);
    return to;
}

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
        return refuse(object, RS_ESYNTAX, "%.200s: %s", path, dlerror());
    place this = {.base = map->l_addr, .object = object};
    dl_iterate_phdr(note_segments, &this);
    if (!this.has_thread_locals) return true;
    return refuse(object, RS_EINVAL,
                  "%.200s has thread-local variables: a process may be on another thread by its "
                  "next instruction; keep them in its state",
                  path);
}

/* ---------------------------------------------------------------- what it has */

static bool check_module(void *handle, const char *path, rs_code_object *object) {
    const rs_code_module *module = dlsym(handle, "rs_code_module_here");
    if (!module)
        return refuse(object, RS_EINVAL,
                      "%.200s says not what it is: write RS_CODE_MODULE(&server); in it "
                      "(runtime/otp/code_object.h)",
                      path);
    if (module->abi != RS_CODE_ABI)
        return refuse(object, RS_EINVAL,
                      "%.200s was built for another respawn (%016lx, this one is %016lx): build it "
                      "from this one's headers",
                      path, (unsigned long)module->abi, (unsigned long)RS_CODE_ABI);
    object->server = module->server;
    if (object->server && object->server->name) return true;
    return refuse(object, RS_EINVAL, "%.200s has a server without a name: give it the worker's",
                  path);
}

/* The linker begins its messages with the copy's name. */
static const char *linker_error(const char *name) {
    const char *text = dlerror();
    if (!text) return "the linker does not say why";
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 ? text + length + strspn(text + length, ": ") : text;
}

static bool link_copy(int fd, const char *path, rs_code_object *object) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return refuse(object, RS_ESYNTAX, "%.200s cannot be linked: %.200s", path,
                      linker_error(name));
    if (check_place(handle, path, object) && check_module(handle, path, object)) return true;
    dlclose(handle); /* nothing of it was used */
    return false;
}

/* The descriptor stays, or its number would be another object's name. */
rs_err rs_code_object_open(const char *path, rs_code_object *object) {
    *object = (rs_code_object){.err = RS_OK};
    if (rs_add(&opened, 1, rs_relaxed) >= RS_CODE_OBJECTS_MAX) {
        refuse(object, RS_ELIMIT, "%u shared objects have been loaded: start the program again",
               RS_CODE_OBJECTS_MAX);
    } else {
        int fd = copy(path, object);
        if (fd >= 0 && !link_copy(fd, path, object)) close(fd);
    }
    if (object->err != RS_OK) rs_sub(&opened, 1, rs_relaxed);
    return object->err;
}
