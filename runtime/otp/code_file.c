/* code_file.c: see code_file.h. What is checked is what a file that was cut off, or was written
 * over at its start, breaks; code that is itself damaged looks like code.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

bool rs_code_refuse(rs_code_object *object, rs_err err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(object->why, sizeof object->why, format, args);
    va_end(args);
    object->err = err;
    return false;
}

/* ---------------------------------------------------------------- the headers */

typedef struct image {
    const uint8_t *at;
    size_t bytes;
    const Elf64_Phdr *segments;
    uint32_t count;
} image;

static bool has(const image *this, uint64_t offset, uint64_t bytes) {
    return offset <= this->bytes && bytes <= this->bytes - offset;
}

static bool is_object(const image *this) {
    const Elf64_Ehdr *head = (const void *)this->at;
    return has(this, 0, sizeof *head) && memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 &&
           head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_machine == EM_X86_64 &&
           head->e_type == ET_DYN;
}

/* The sections are of no use to the linker, but they come last: without them the file was cut. */
static bool has_tables(image *this) {
    const Elf64_Ehdr *head = (const void *)this->at;
    this->count = head->e_phnum;
    if (!head->e_phnum || head->e_phentsize != sizeof *this->segments || head->e_phoff % 8 ||
        !has(this, head->e_phoff, (uint64_t)head->e_phnum * head->e_phentsize))
        return false;
    this->segments = (const void *)(this->at + head->e_phoff);
    return !head->e_shoff || has(this, head->e_shoff, (uint64_t)head->e_shnum * head->e_shentsize);
}

static bool is_segment(const image *this, const Elf64_Phdr *segment) {
    if (segment->p_type > PT_HIPROC || !has(this, segment->p_offset, segment->p_filesz))
        return false;
    if (segment->p_type != PT_LOAD) return true;
    return segment->p_memsz >= segment->p_filesz &&
           segment->p_vaddr + segment->p_memsz >= segment->p_vaddr;
}

/* Whether `bytes` at the address `from` are loaded from the file. */
static bool is_loaded(const image *this, uint64_t from, uint64_t bytes) {
    for (uint32_t i = 0; i < this->count; i++) {
        const Elf64_Phdr *it = &this->segments[i];
        if (it->p_type != PT_LOAD || from < it->p_vaddr) continue;
        uint64_t into = from - it->p_vaddr;
        if (into <= it->p_filesz && bytes <= it->p_filesz - into) return true;
    }
    return false;
}

/* What the linker reads by these tags. */
static bool is_entry(const image *this, const Elf64_Dyn *entry) {
    switch (entry->d_tag) {
    case DT_STRTAB:
    case DT_SYMTAB:
    case DT_GNU_HASH:
    case DT_HASH:
    case DT_RELA:
    case DT_JMPREL:
    case DT_VERSYM:
    case DT_VERNEED: return is_loaded(this, entry->d_un.d_ptr, sizeof(uint64_t));
    default: return true;
    }
}

static bool is_dynamic(const image *this, const Elf64_Phdr *segment) {
    if (segment->p_offset % 8 || !is_loaded(this, segment->p_vaddr, segment->p_filesz))
        return false;
    const Elf64_Dyn *entries = (const void *)(this->at + segment->p_offset);
    for (uint64_t i = 0; i < segment->p_filesz / sizeof *entries; i++) {
        if (entries[i].d_tag == DT_NULL) return true;
        if (!is_entry(this, &entries[i])) return false;
    }
    return false;
}

static bool is_whole(image *this) {
    uint32_t dynamics = 0;
    if (!has_tables(this)) return false;
    for (uint32_t i = 0; i < this->count; i++)
        if (!is_segment(this, &this->segments[i])) return false;
    for (uint32_t i = 0; i < this->count; i++) {
        if (this->segments[i].p_type != PT_DYNAMIC) continue;
        if (dynamics++ || !is_dynamic(this, &this->segments[i])) return false;
    }
    return dynamics == 1;
}

/* ---------------------------------------------------------------- the copy */

static bool check_image(image *this, const char *path, rs_code_object *object) {
    if (!is_object(this))
        return rs_code_refuse(object, RS_ESYNTAX,
                              "%.200s is no shared object for x86-64: build one with -shared -fPIC",
                              path);
    if (is_whole(this)) return true;
    return rs_code_refuse(object, RS_ESYNTAX,
                          "%.200s is damaged or was cut off: its headers tell of more than its "
                          "%zu bytes hold; build or copy it again",
                          path, this->bytes);
}

static bool check_copy(int fd, size_t bytes, const char *path, rs_code_object *object) {
    image this = {.bytes = bytes};
    void *at = bytes ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (at == MAP_FAILED)
        return rs_code_refuse(object, RS_EIO, "%.200s cannot be looked into: %s", path,
                              strerror(errno));
    this.at = at;
    bool good = check_image(&this, path, object);
    if (at) munmap(at, bytes);
    return good;
}

static bool copy_all(int to, int from, size_t bytes) {
    while (bytes > 0) {
        errno = 0;
        ssize_t done = sendfile(to, from, NULL, bytes);
        if (done <= 0) return false;
        bytes -= (size_t)done;
    }
    return true;
}

static int copy_checked(int from, size_t bytes, const char *path, rs_code_object *object) {
    int to = memfd_create("respawn-code", MFD_CLOEXEC);
    if (to < 0 || !copy_all(to, from, bytes))
        rs_code_refuse(object, RS_EIO, "%.200s cannot be copied: %s", path,
                       errno ? strerror(errno) : "it became shorter meanwhile");
    else if (check_copy(to, bytes, path, object))
        return to;
    if (to >= 0) close(to);
    return -1;
}

static bool check_kind(int fd, const char *path, rs_code_object *object, size_t *bytes) {
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return rs_code_refuse(object, RS_EIO, "%.200s is no regular file", path);
    if (about.st_size > RS_CODE_BYTES_MAX)
        return rs_code_refuse(object, RS_ELIMIT, "%.200s is larger than %u MiB", path,
                              RS_CODE_BYTES_MAX >> 20);
    *bytes = (size_t)about.st_size;
    return true;
}

/* Not blocking: a fifo without a writer is opened, too, and then seen to be one. */
int rs_code_file_copy(const char *path, rs_code_object *object) {
    size_t bytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), copy = -1;
    if (fd < 0) {
        rs_code_refuse(object, RS_EIO, "%.200s: %s", path, strerror(errno));
        return -1;
    }
    if (check_kind(fd, path, object, &bytes)) copy = copy_checked(fd, bytes, path, object);
    close(fd);
    return copy;
}
