/*
 * Runs one JavaScript module of the guest: the interpreter, the module `linux`, and an event loop.
 *
 *     agent-host FILE.js|FILE.qjsc [ARGS…]      runs it until nothing is left to wait for
 *     agent-host --compile FILE.js OUT.qjsc     writes its bytecode, with line numbers, without its source
 *
 * Exit status: 0; 1 when an error was not caught (told on standard error with its stack); 2 for a wrong command
 * line or a file that cannot be read or written. Errors in callbacks do not end the program.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/allocator.h"
#include "linux/loop.h"
#include "linux/values.h"

static void fail(const char *path) {
  fprintf(stderr, "agent-host: %s: %s\n", path, strerror(errno));
  exit(2);
}

/* With a NUL after it, as the parser wants. */
static char *read_source(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  size_t size = 0, room = 65536;
  char *text = malloc(room);
  while (text) {
    size_t taken = fread(text + size, 1, room - size - 1, file);
    size += taken;
    if (taken == 0) break;
    if (size + 1 == room) text = realloc(text, room *= 2);
  }
  if (!text || ferror(file)) fail(path);
  fclose(file);
  text[size] = 0;
  *length = size;
  return text;
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static JSValue print(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  for (int i = 0; i < argc; i++) {
    const char *text = JS_ToCString(ctx, argv[i]);
    if (!text) return JS_EXCEPTION;
    printf("%s%s", i ? " " : "", text);
    JS_FreeCString(ctx, text);
  }
  putchar('\n');
  fflush(stdout);
  return JS_UNDEFINED;
}

static JSContext *new_context(JSRuntime *rt, int argc, char **argv) {
  JSContext *ctx = rt ? JS_NewContext(rt) : NULL;
  if (!ctx || !linux_module(ctx, argc, argv)) abort();
  JSValue global = JS_GetGlobalObject(ctx);
  JS_SetPropertyStr(ctx, global, "print", JS_NewCFunction(ctx, print, "print", 1));
  JS_FreeValue(ctx, global);
  return ctx;
}

/* The module, not yet run. Named without its directory, so that the same source gives the same bytecode. */
static JSValue compile(JSContext *ctx, const char *path) {
  size_t length;
  char *source = read_source(path, &length);
  JSValue module =
      JS_Eval(ctx, source, length, base_name(path), JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  free(source);
  return module;
}

static JSValue load(JSContext *ctx, const char *path) {
  if (!ends_with(path, ".qjsc")) return compile(ctx, path);
  size_t length;
  char *bytecode = read_source(path, &length);
  JSValue module = JS_ReadObject(ctx, (uint8_t *)bytecode, length, JS_READ_OBJ_BYTECODE);
  free(bytecode);
  if (!JS_IsException(module) && JS_ResolveModule(ctx, module) < 0) {
    JS_FreeValue(ctx, module);
    return JS_EXCEPTION;
  }
  return module;
}

static int write_bytecode(JSContext *ctx, const char *source, const char *out) {
  JSValue module = compile(ctx, source);
  size_t length;
  uint8_t *bytecode = JS_IsException(module) ? NULL : JS_WriteObject(ctx, &length, module, JS_WRITE_OBJ_BYTECODE);
  if (!bytecode) {
    loop_report(ctx);
    return 1;
  }
  FILE *file = fopen(out, "wb");
  if (!file || fwrite(bytecode, 1, length, file) != length || fclose(file)) fail(out);
  js_free(ctx, bytecode);
  JS_FreeValue(ctx, module);
  return 0;
}

static int run_module(JSContext *ctx, const char *path) {
  loop_init(ctx);
  JSValue module = load(ctx, path);
  JSValue outcome = JS_IsException(module) ? module : JS_EvalFunction(ctx, module);
  if (JS_IsException(outcome)) {
    loop_report(ctx);
    return 1;
  }
  /* A module that fails before it first waits ends the program, even if it has left callbacks behind. */
  loop_run_jobs(ctx);
  int failed = JS_PromiseState(ctx, outcome) == JS_PROMISE_REJECTED;
  int uncaught = failed ? 1 : loop_run(ctx);
  JS_FreeValue(ctx, outcome);
  return uncaught > 0;
}

int main(int argc, char **argv) {
  JSRuntime *rt = JS_NewRuntime2(&allocator, NULL);
  int compiling = argc == 4 && strcmp(argv[1], "--compile") == 0;
  if (argc < 2 || (argv[1][0] == '-' && !compiling)) {
    fputs("usage: agent-host FILE [ARGS...]\n       agent-host --compile FILE.js OUT.qjsc\n", stderr);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  JS_SetStripInfo(rt, JS_STRIP_SOURCE);
  JSContext *ctx = new_context(rt, argc - 2, argv + 2);
  int status = compiling ? write_bytecode(ctx, argv[2], argv[3]) : run_module(ctx, argv[1]);
  loop_forget(ctx);
  JS_FreeContext(ctx);
  JS_FreeRuntime(rt);
  return status;
}
