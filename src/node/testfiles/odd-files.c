/*
 * Files that are hard to keep, for names.kernel.test.ts; run in the guest, in containers and on the caller's machine.
 *
 *     odd-files make DIR     makes them in a new directory
 *     odd-files forget DIR   removes the two whose names are longest
 *     odd-files sink DIR     makes a path of 300 directories and 18,000 bytes in DIR
 *     odd-files list DIR     a line for each, without DIR itself, in no order:
 *                            path type mode uid gid size mtime target xattrs data, what is any bytes in hexadecimal
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define GIGABYTE (1024LL * 1024 * 1024)
#define LARGE_BYTES (10 * GIGABYTE)

static char every_byte[256], longest[256];

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void name_them(void) {
  char *to = every_byte;
  for (int byte = 1; byte < 256; byte++)
    if (byte != '/') *to++ = byte;
  memset(longest, 0xff, 255);
}

/* Each file has nanoseconds of its own. */
static void stamp(int at, const char *name) {
  static long nanoseconds = 123456789;
  struct timespec times[2] = {{1700000000, 0}, {1700000000, nanoseconds++}};
  check(utimensat(at, name, times, AT_SYMLINK_NOFOLLOW), name);
}

static int create(int at, const char *name, const char *text) {
  int fd = openat(at, name, O_CREAT | O_EXCL | O_WRONLY, 0640);
  check(fd, name);
  check(write(fd, text, strlen(text)), name);
  return fd;
}

/* Linux's version 2 of file capabilities: CAP_NET_BIND_SERVICE, permitted and effective. */
static const unsigned char capability[20] = {1, 0, 0, 2, 0, 4};

static void add_xattrs(int fd) {
  check(fsetxattr(fd, "user.note", "\0\xff\n", 3, 0), "user.note");
  check(fsetxattr(fd, "user.\xfe", "odd", 3, 0), "user.\\xfe");
}

static void make_large(int at) {
  static char block[4096];
  int fd = create(at, "large", "");
  check(ftruncate(fd, LARGE_BYTES), "large");
  for (int i = 0; i < 256; i++) {
    memset(block, i + 1, sizeof(block));
    off_t place = i < 128 ? 2 * GIGABYTE * (i / 32) + (i % 32) * 4096 : LARGE_BYTES - (256 - i) * 4096 - 7;
    check(pwrite(fd, block, sizeof(block), place), "large");
  }
  close(fd);
  stamp(at, "large");
}

/* Nineteen names of 199 bytes and one of 200, with their slashes: 4,000 bytes. */
static void make_deep(int top) {
  char name[201] = {0};
  int at[21] = {dup(top)};
  for (int depth = 0; depth < 19; depth++) {
    memset(name, 'a' + depth, 199);
    check(mkdirat(at[depth], name, 0750), "deep");
    at[depth + 1] = openat(at[depth], name, O_RDONLY | O_DIRECTORY);
    check(at[depth + 1], "deep");
  }
  memset(name, 0xf0, 200);
  close(create(at[19], name, "deep"));
  for (int depth = 19; depth >= 0; depth--) {
    if (depth < 19) memset(name, 'a' + depth, 199);
    name[depth < 19 ? 199 : 200] = 0;
    stamp(at[depth], name);
    close(at[depth]);
  }
}

static void make(const char *directory) {
  check(mkdir(directory, 0755), directory);
  int at = open(directory, O_RDONLY | O_DIRECTORY);
  check(at, directory);
  int fd = create(at, every_byte, "every byte");
  add_xattrs(fd);
  check(fchown(fd, 1001, 70000), "chown");
  close(fd);
  stamp(at, every_byte);
  close(create(at, longest, "longest"));
  stamp(at, longest);
  fd = create(at, "capable", "");
  check(fchmod(fd, 04755), "chmod");
  if (fsetxattr(fd, "security.capability", capability, sizeof(capability), 0) < 0) perror("security.capability");
  close(fd);
  stamp(at, "capable");
  check(symlinkat(every_byte, at, "link\xc3"), "link");
  stamp(at, "link\xc3");
  make_large(at);
  make_deep(at);
  check(mkdirat(at, "directory", 01777), "directory");
  fd = openat(at, "directory", O_RDONLY);
  add_xattrs(fd);
  close(fd);
  check(fchmodat(at, "directory", 01777, 0), "directory");
  stamp(at, "directory");
  stamp(AT_FDCWD, directory);
}

static void sink(int at) {
  static const char name[] = "a name of fifty-nine bytes, so that a path is soon too long";
  for (int depth = 0; depth < 300; depth++) {
    check(mkdirat(at, name, 0755), name);
    at = openat(at, name, O_RDONLY | O_DIRECTORY);
    check(at, name);
  }
  close(create(at, "at the end", "deep"));
}

static void print_hex(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) printf("%02x", (unsigned char)bytes[i]);
}

static int in_order(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_xattrs(int at, const char *name) {
  char path[512], list[4096], value[4096], *names[64];
  int count = 0;
  snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", at, name);
  ssize_t size = llistxattr(path, list, sizeof(list));
  for (char *each = list; each < list + size; each += strlen(each) + 1)
    if (strncmp(each, "trusted.", 8) != 0 && strcmp(each, "security.selinux") != 0) names[count++] = each;
  qsort(names, count, sizeof(char *), in_order);
  for (int i = 0; i < count; i++) {
    ssize_t length = lgetxattr(path, names[i], value, sizeof(value));
    putchar(i ? ',' : ' ');
    print_hex(names[i], strlen(names[i]));
    putchar('=');
    if (length < 0) printf("%s", strerrorname_np(errno));
    else print_hex(value, length);
  }
  if (count == 0) printf(" -");
}

/* FNV-1a of the bytes around every 2 GB, and of the last. */
static void print_data(int at, const char *name, off_t size) {
  static unsigned char block[1 << 18];
  int fd = openat(at, name, O_RDONLY);
  unsigned long long hash = 0xcbf29ce484222325ULL;
  check(fd, name);
  for (off_t place = 0; place < size; place += 2 * GIGABYTE) {
    ssize_t length = pread(fd, block, sizeof(block), place);
    for (ssize_t i = 0; i < length; i++) hash = (hash ^ block[i]) * 0x100000001b3ULL;
  }
  off_t tail = size > 1 << 20 ? size - (1 << 20) : 0;
  for (ssize_t length; (length = pread(fd, block, sizeof(block), tail)) > 0; tail += length)
    for (ssize_t i = 0; i < length; i++) hash = (hash ^ block[i]) * 0x100000001b3ULL;
  close(fd);
  printf(" %016llx", hash);
}

static void list(int fd, const char *prefix, size_t prefix_length) {
  static char path[8192];
  DIR *directory = fdopendir(fd);
  for (struct dirent *entry; (entry = readdir(directory));) {
    const char *name = entry->d_name;
    struct stat found;
    char target[4096];
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    check(fstatat(fd, name, &found, AT_SYMLINK_NOFOLLOW), name);
    print_hex(prefix, prefix_length);
    print_hex(name, strlen(name));
    printf(" %o %o %d %d", found.st_mode >> 12, found.st_mode & 07777, found.st_uid, found.st_gid);
    printf(" %lld", S_ISREG(found.st_mode) ? (long long)found.st_size : 0);
    printf(" %lld.%09ld ", (long long)found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
    ssize_t length = readlinkat(fd, name, target, sizeof(target));
    if (length >= 0) print_hex(target, length);
    else putchar('-');
    print_xattrs(fd, name);
    if (S_ISREG(found.st_mode)) print_data(fd, name, found.st_size);
    putchar('\n');
    if (!S_ISDIR(found.st_mode)) continue;
    memcpy(path + prefix_length, name, strlen(name));
    path[prefix_length + strlen(name)] = '/';
    list(openat(fd, name, O_RDONLY | O_DIRECTORY), path, prefix_length + strlen(name) + 1);
  }
  closedir(directory);
}

int main(int argc, char **argv) {
  name_them();
  if (argc != 3) return 2;
  if (strcmp(argv[1], "make") == 0) {
    make(argv[2]);
    return 0;
  }
  int at = open(argv[2], O_RDONLY | O_DIRECTORY);
  check(at, argv[2]);
  if (strcmp(argv[1], "list") == 0) list(at, "", 0);
  else if (strcmp(argv[1], "sink") == 0) sink(at);
  else {
    check(unlinkat(at, every_byte, 0), "every byte");
    check(unlinkat(at, longest, 0), "longest");
  }
  return 0;
}
