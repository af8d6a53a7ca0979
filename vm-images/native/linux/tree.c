/* Names, nodes and attributes of the file tree. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "values.h"

static void set_number(JSContext *ctx, JSValue object, const char *name, double value) {
  JS_DefinePropertyValueStr(ctx, object, name, JS_NewFloat64(ctx, value), JS_PROP_C_W_E);
}

static JSValue new_time(JSContext *ctx, const struct timespec *time) {
  JSValue result = JS_NewObject(ctx);
  set_number(ctx, result, "seconds", time->tv_sec);
  set_number(ctx, result, "nanoseconds", time->tv_nsec);
  return result;
}

enum { STAT, LSTAT };

static JSValue linux_stat(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int call) {
  struct stat found;
  int at;
  if (to_directory(ctx, &at, argv[1])) return JS_EXCEPTION;
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  int failed = fstatat(at, path, &found, call == STAT ? 0 : AT_SYMLINK_NOFOLLOW);
  JS_FreeCString(ctx, path);
  if (failed) return errno_thrown(ctx);
  JSValue result = JS_NewObject(ctx);
  set_number(ctx, result, "mode", found.st_mode);
  set_number(ctx, result, "uid", found.st_uid);
  set_number(ctx, result, "gid", found.st_gid);
  set_number(ctx, result, "size", found.st_size);
  set_number(ctx, result, "blocks", found.st_blocks);
  JS_DefinePropertyValueStr(ctx, result, "mtime", new_time(ctx, &found.st_mtim), JS_PROP_C_W_E);
  set_number(ctx, result, "ino", found.st_ino);
  set_number(ctx, result, "nlink", found.st_nlink);
  set_number(ctx, result, "dev", found.st_dev);
  set_number(ctx, result, "major", major(found.st_rdev));
  set_number(ctx, result, "minor", minor(found.st_rdev));
  return result;
}

/* Only the mode, or null where nothing is: a question that is often answered by no, and then costs no error. */
static JSValue linux_mode_of(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  struct stat found;
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  int failed = stat(path, &found);
  JS_FreeCString(ctx, path);
  if (!failed) return JS_NewInt32(ctx, found.st_mode);
  return errno == ENOENT || errno == ENOTDIR ? JS_NULL : errno_thrown(ctx);
}

static JSValue linux_readlink(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  char target[4096];
  int at;
  if (to_directory(ctx, &at, argv[1])) return JS_EXCEPTION;
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  ssize_t length = readlinkat(at, path, target, sizeof(target));
  JS_FreeCString(ctx, path);
  return length < 0 ? errno_thrown(ctx) : new_name(ctx, target, length);
}

static int is_self_or_parent(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static JSValue linux_readdir(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int at;
  if (to_directory(ctx, &at, argv[1])) return JS_EXCEPTION;
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  JS_FreeCString(ctx, path);
  if (fd < 0) return errno_thrown(ctx);
  DIR *directory = fdopendir(fd);
  JSValue names = JS_NewArray(ctx);
  uint32_t count = 0;
  struct dirent *entry;
  while (errno = 0, (entry = readdir(directory)))
    if (!is_self_or_parent(entry->d_name))
      JS_SetPropertyUint32(ctx, names, count++, new_name(ctx, entry->d_name, strlen(entry->d_name)));
  int number = errno;
  closedir(directory);
  if (number == 0) return names;
  JS_FreeValue(ctx, names);
  return errno_throw(ctx, number);
}

enum { RMDIR, UNLINK };

static JSValue linux_remove(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int call) {
  int at;
  if (to_directory(ctx, &at, argv[1])) return JS_EXCEPTION;
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, unlinkat(at, path, call == RMDIR ? AT_REMOVEDIR : 0));
  JS_FreeCString(ctx, path);
  return result;
}

enum { RENAME, SYMLINK, LINK };

static int call_with_two(int call, const char *first, const char *second) {
  if (call == RENAME) return rename(first, second);
  if (call == SYMLINK) return symlink(first, second);
  return link(first, second);
}

static JSValue linux_two_paths(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int call) {
  const char *first = to_path(ctx, argv[0]);
  const char *second = first ? to_path(ctx, argv[1]) : NULL;
  JSValue result = second ? none_or_throw(ctx, call_with_two(call, first, second)) : JS_EXCEPTION;
  JS_FreeCString(ctx, second);
  JS_FreeCString(ctx, first);
  return result;
}

enum { MKDIR, CHMOD };

static JSValue linux_with_mode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int call) {
  int mode;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_int(ctx, &mode, argv[1]))
    result = none_or_throw(ctx, call == MKDIR ? mkdir(path, mode) : chmod(path, mode));
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_mknod(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int mode, upper, lower;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_int(ctx, &mode, argv[1]) && !to_int(ctx, &upper, argv[2]) && !to_int(ctx, &lower, argv[3]))
    result = none_or_throw(ctx, mknod(path, mode, makedev(upper, lower)));
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_lchown(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double uid, gid;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_number(ctx, &uid, argv[1]) && !to_number(ctx, &gid, argv[2]))
    result = none_or_throw(ctx, lchown(path, (uid_t)(int64_t)uid, (gid_t)(int64_t)gid));
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_utimens(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double seconds;
  int nanoseconds;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_number(ctx, &seconds, argv[1]) && !to_int(ctx, &nanoseconds, argv[2])) {
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = nanoseconds};
    struct timespec times[2] = {time, time};
    result = none_or_throw(ctx, utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
  }
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue names_of(JSContext *ctx, const char *list, ssize_t size) {
  JSValue names = JS_NewArray(ctx);
  uint32_t count = 0;
  for (const char *name = list; name < list + size; name += strlen(name) + 1)
    JS_SetPropertyUint32(ctx, names, count++, new_name(ctx, name, strlen(name)));
  return names;
}

static JSValue linux_listxattr(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  static char list[65536];
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  ssize_t size = llistxattr(path, list, sizeof(list));
  JS_FreeCString(ctx, path);
  return size < 0 ? errno_thrown(ctx) : names_of(ctx, list, size);
}

static JSValue linux_getxattr(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  static uint8_t value[65536];
  const char *path = to_path(ctx, argv[0]);
  const char *name = path ? to_path(ctx, argv[1]) : NULL;
  JSValue result = JS_EXCEPTION;
  if (name) {
    ssize_t size = lgetxattr(path, name, value, sizeof(value));
    result = size < 0 ? errno_thrown(ctx) : new_bytes(ctx, value, size);
  }
  JS_FreeCString(ctx, name);
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_setxattr(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t size;
  const char *path = to_path(ctx, argv[0]);
  const char *name = path ? to_path(ctx, argv[1]) : NULL;
  uint8_t *value = name ? to_bytes(ctx, &size, argv[2]) : NULL;
  JSValue result = value ? none_or_throw(ctx, lsetxattr(path, name, value, size, 0)) : JS_EXCEPTION;
  JS_FreeCString(ctx, name);
  JS_FreeCString(ctx, path);
  return result;
}

static int sync_file_system(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = syncfs(fd);
  close(fd);
  return result;
}

static JSValue linux_syncfs(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, sync_file_system(path));
  JS_FreeCString(ctx, path);
  return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_MAGIC_DEF("stat", 2, linux_stat, STAT),
    JS_CFUNC_MAGIC_DEF("lstat", 2, linux_stat, LSTAT),
    JS_CFUNC_DEF("modeOf", 1, linux_mode_of),
    JS_CFUNC_DEF("readlink", 2, linux_readlink),
    JS_CFUNC_DEF("readdir", 2, linux_readdir),
    JS_CFUNC_MAGIC_DEF("rmdir", 2, linux_remove, RMDIR),
    JS_CFUNC_MAGIC_DEF("unlink", 2, linux_remove, UNLINK),
    JS_CFUNC_MAGIC_DEF("rename", 2, linux_two_paths, RENAME),
    JS_CFUNC_MAGIC_DEF("symlink", 2, linux_two_paths, SYMLINK),
    JS_CFUNC_MAGIC_DEF("link", 2, linux_two_paths, LINK),
    JS_CFUNC_MAGIC_DEF("mkdir", 2, linux_with_mode, MKDIR),
    JS_CFUNC_MAGIC_DEF("chmod", 2, linux_with_mode, CHMOD),
    JS_CFUNC_DEF("mknod", 4, linux_mknod),
    JS_CFUNC_DEF("lchown", 3, linux_lchown),
    JS_CFUNC_DEF("utimens", 3, linux_utimens),
    JS_CFUNC_DEF("listxattr", 1, linux_listxattr),
    JS_CFUNC_DEF("getxattr", 2, linux_getxattr),
    JS_CFUNC_DEF("setxattr", 3, linux_setxattr),
    JS_CFUNC_DEF("syncfs", 1, linux_syncfs),
};
const FunctionGroup tree_functions = {functions, COUNT(functions)};
