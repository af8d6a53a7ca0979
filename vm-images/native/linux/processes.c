/* Ending processes, and what became of them. Making them is a list of calls: calls.c. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "values.h"

static JSValue linux_exit(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int code;
  if (to_int(ctx, &code, argv[0])) return JS_EXCEPTION;
  _exit(code);
}

static JSValue linux_kill(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int pid, signal;
  if (to_int(ctx, &pid, argv[0]) || to_int(ctx, &signal, argv[1])) return JS_EXCEPTION;
  return none_or_throw(ctx, kill(pid, signal));
}

/* The raw status, or null while the child runs. */
static JSValue linux_waitpid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int pid, status;
  if (to_int(ctx, &pid, argv[0])) return JS_EXCEPTION;
  pid_t ended = waitpid(pid, &status, WNOHANG | __WALL);
  if (ended < 0) return errno_thrown(ctx);
  return ended == 0 ? JS_NULL : JS_NewInt32(ctx, status);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("exit", 1, linux_exit),
    JS_CFUNC_DEF("kill", 2, linux_kill),
    JS_CFUNC_DEF("waitpid", 1, linux_waitpid),
};
const FunctionGroup process_functions = {functions, COUNT(functions)};
