/* Terminals and their two ends. */
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "values.h"

static JSValue linux_is_terminal(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  return JS_NewBool(ctx, isatty(fd));
}

static JSValue linux_make_raw(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  struct termios before;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  if (tcgetattr(fd, &before) < 0) return errno_thrown(ctx);
  struct termios raw = before;
  cfmakeraw(&raw);
  if (tcsetattr(fd, TCSANOW, &raw) < 0) return errno_thrown(ctx);
  return new_bytes(ctx, &before, sizeof(before));
}

static JSValue linux_set_termios(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  size_t length;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  uint8_t *settings = to_bytes(ctx, &length, argv[1]);
  if (!settings) return JS_EXCEPTION;
  if (length != sizeof(struct termios)) return JS_ThrowRangeError(ctx, "terminal settings of %d bytes", (int)length);
  return none_or_throw(ctx, tcsetattr(fd, TCSANOW, (struct termios *)settings));
}

static JSValue linux_window_size(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  struct winsize size;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return errno_thrown(ctx);
  JSValue result = JS_NewObject(ctx);
  JS_SetPropertyStr(ctx, result, "columns", JS_NewInt32(ctx, size.ws_col));
  JS_SetPropertyStr(ctx, result, "rows", JS_NewInt32(ctx, size.ws_row));
  return result;
}

static JSValue linux_set_window_size(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd, columns, rows;
  if (to_int(ctx, &fd, argv[0]) || to_int(ctx, &columns, argv[1]) || to_int(ctx, &rows, argv[2]))
    return JS_EXCEPTION;
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  return none_or_throw(ctx, ioctl(fd, TIOCSWINSZ, &size));
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("isTerminal", 1, linux_is_terminal),
    JS_CFUNC_DEF("makeRaw", 1, linux_make_raw),
    JS_CFUNC_DEF("setTermios", 2, linux_set_termios),
    JS_CFUNC_DEF("windowSize", 1, linux_window_size),
    JS_CFUNC_DEF("setWindowSize", 3, linux_set_window_size),
};
const FunctionGroup terminal_functions = {functions, COUNT(functions)};
