/* Descriptors and what is read and written through them; what of a disk is in use. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "values.h"

static JSValue linux_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int flags, mode;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_int(ctx, &flags, argv[1]) && !to_int(ctx, &mode, argv[2]))
    result = number_or_throw(ctx, open(path, flags, mode));
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_close(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  return none_or_throw(ctx, close(fd));
}

static JSValue linux_close_range(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double first, last;
  if (to_number(ctx, &first, argv[0]) || to_number(ctx, &last, argv[1])) return JS_EXCEPTION;
  unsigned int most = last > UINT_MAX ? UINT_MAX : (unsigned int)last;
  return none_or_throw(ctx, syscall(SYS_close_range, (unsigned int)first, most, 0));
}

static JSValue linux_fchown(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  double uid, gid;
  if (to_int(ctx, &fd, argv[0]) || to_number(ctx, &uid, argv[1]) || to_number(ctx, &gid, argv[2]))
    return JS_EXCEPTION;
  return none_or_throw(ctx, fchown(fd, (uid_t)(int64_t)uid, (gid_t)(int64_t)gid));
}

static JSValue linux_read(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd, max;
  if (to_int(ctx, &fd, argv[0]) || to_int(ctx, &max, argv[1])) return JS_EXCEPTION;
  if (max < 0) return errno_throw(ctx, EINVAL);
  uint8_t *bytes = js_malloc(ctx, max > 0 ? max : 1);
  if (!bytes) return JS_EXCEPTION;
  ssize_t taken = read(fd, bytes, max);
  if (taken < 0) {
    js_free(ctx, bytes);
    return errno == EAGAIN ? JS_NULL : errno_thrown(ctx);
  }
  uint8_t *fitted = js_realloc(ctx, bytes, taken > 0 ? taken : 1);
  return adopt_bytes(ctx, fitted ? fitted : bytes, taken);
}

static JSValue linux_write(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  size_t length;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  uint8_t *bytes = to_bytes(ctx, &length, argv[1]);
  if (!bytes) return JS_EXCEPTION;
  ssize_t taken = write(fd, bytes, length);
  if (taken < 0 && errno == EAGAIN) taken = 0;
  return number_or_throw(ctx, taken);
}

static JSValue read_whole(JSContext *ctx, int fd) {
  size_t size = 0, room = 4096;
  uint8_t *bytes = js_malloc(ctx, room);
  while (bytes) {
    ssize_t taken = read(fd, bytes + size, room - size);
    if (taken < 0) {
      js_free(ctx, bytes);
      return errno_thrown(ctx);
    }
    if (taken == 0) return adopt_bytes(ctx, bytes, size);
    size += taken;
    if (size < room) continue;
    uint8_t *grown = js_realloc(ctx, bytes, room *= 2);
    if (!grown) js_free(ctx, bytes);
    bytes = grown;
  }
  return JS_EXCEPTION;
}

static JSValue linux_read_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  JS_FreeCString(ctx, path);
  if (fd < 0) return errno_thrown(ctx);
  JSValue result = read_whole(ctx, fd);
  close(fd);
  return result;
}

/* Kernel files take a value in one write. */
static int write_once(const char *path, const char *text, size_t length) {
  int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t taken = write(fd, text, length);
  int number = errno;
  close(fd);
  errno = taken < 0 ? number : EIO;
  return taken == (ssize_t)length ? 0 : -1;
}

static JSValue linux_write_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  const char *path = to_path(ctx, argv[0]);
  const char *text = path ? JS_ToCStringLen(ctx, &length, argv[1]) : NULL;
  JSValue result = text ? none_or_throw(ctx, write_once(path, text, length)) : JS_EXCEPTION;
  JS_FreeCString(ctx, text);
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_sendfile(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int out, from;
  double count;
  if (to_int(ctx, &out, argv[0]) || to_int(ctx, &from, argv[1]) || to_number(ctx, &count, argv[2]))
    return JS_EXCEPTION;
  return number_or_throw(ctx, sendfile(out, from, NULL, (size_t)count));
}

static JSValue linux_dup2(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int from, to;
  if (to_int(ctx, &from, argv[0]) || to_int(ctx, &to, argv[1])) return JS_EXCEPTION;
  return none_or_throw(ctx, dup2(from, to));
}

static int with_flag(int flags, int flag, int on) {
  return on ? flags | flag : flags & ~flag;
}

static JSValue linux_set_close_on_exec(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  return none_or_throw(ctx, fcntl(fd, F_SETFD, JS_ToBool(ctx, argv[1]) ? FD_CLOEXEC : 0));
}

static JSValue linux_set_non_blocking(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return errno_thrown(ctx);
  return none_or_throw(ctx, fcntl(fd, F_SETFL, with_flag(flags, O_NONBLOCK, JS_ToBool(ctx, argv[1]))));
}

static JSValue linux_pipe(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return errno_thrown(ctx);
  JSValue result = JS_NewObject(ctx);
  JS_SetPropertyStr(ctx, result, "read", JS_NewInt32(ctx, ends[0]));
  JS_SetPropertyStr(ctx, result, "write", JS_NewInt32(ctx, ends[1]));
  return result;
}

static JSValue linux_trim(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double least;
  const char *path = to_path(ctx, argv[0]);
  if (!path || to_number(ctx, &least, argv[1])) return JS_EXCEPTION;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  JS_FreeCString(ctx, path);
  if (fd < 0) return errno_thrown(ctx);
  struct fstrim_range range = {.len = UINT64_MAX, .minlen = (uint64_t)least};
  int result = ioctl(fd, FITRIM, &range);
  int number = errno;
  close(fd);
  errno = number;
  return result < 0 ? errno_thrown(ctx) : JS_NewFloat64(ctx, (double)range.len);
}

static JSValue linux_swapon_discarding(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *path = to_path(ctx, argv[0]);
  if (!path) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, swapon(path, SWAP_FLAG_DISCARD));
  JS_FreeCString(ctx, path);
  return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("open", 3, linux_open),
    JS_CFUNC_DEF("close", 1, linux_close),
    JS_CFUNC_DEF("closeRange", 2, linux_close_range),
    JS_CFUNC_DEF("fchown", 3, linux_fchown),
    JS_CFUNC_DEF("read", 2, linux_read),
    JS_CFUNC_DEF("write", 2, linux_write),
    JS_CFUNC_DEF("readFile", 1, linux_read_file),
    JS_CFUNC_DEF("writeFile", 2, linux_write_file),
    JS_CFUNC_DEF("sendfile", 3, linux_sendfile),
    JS_CFUNC_DEF("dup2", 2, linux_dup2),
    JS_CFUNC_DEF("setCloseOnExec", 2, linux_set_close_on_exec),
    JS_CFUNC_DEF("setNonBlocking", 2, linux_set_non_blocking),
    JS_CFUNC_DEF("pipe", 0, linux_pipe),
    JS_CFUNC_DEF("trim", 2, linux_trim),
    JS_CFUNC_DEF("swaponDiscarding", 1, linux_swapon_discarding),
};
const FunctionGroup file_functions = {functions, COUNT(functions)};
