/* Names, nodes and attributes of the file tree. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static JSValue linux_rename(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *from = to_path(ctx, argv[0]);
  const char *to = from ? to_path(ctx, argv[1]) : NULL;
  JSValue result = to ? none_or_throw(ctx, rename(from, to)) : JS_EXCEPTION;
  JS_FreeCString(ctx, to);
  JS_FreeCString(ctx, from);
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
    JS_CFUNC_DEF("rename", 2, linux_rename),
    JS_CFUNC_MAGIC_DEF("mkdir", 2, linux_with_mode, MKDIR),
    JS_CFUNC_MAGIC_DEF("chmod", 2, linux_with_mode, CHMOD),
    JS_CFUNC_DEF("listxattr", 1, linux_listxattr),
    JS_CFUNC_DEF("getxattr", 2, linux_getxattr),
    JS_CFUNC_DEF("syncfs", 1, linux_syncfs),
};
const FunctionGroup tree_functions = {functions, COUNT(functions)};
