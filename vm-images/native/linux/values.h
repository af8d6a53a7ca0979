/*
 * JavaScript values to C and back for the functions of the `linux` module. A failed call throws an Error whose
 * `errno` is the error's name, such as "ENOENT".
 */
#ifndef LINUX_VALUES_H
#define LINUX_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* One group of functions; linux_module() in module.c exports all groups. */
typedef struct {
  const JSCFunctionListEntry *functions;
  int count;
} FunctionGroup;

extern const FunctionGroup process_functions, file_functions, tree_functions, socket_functions,
    terminal_functions, clock_functions, text_functions, loop_functions, call_functions;

JSModuleDef *linux_module(JSContext *ctx, int argc, char **argv);

/* Throws the error `number`; errno_thrown() the current one. */
JSValue errno_throw(JSContext *ctx, int number);
JSValue errno_thrown(JSContext *ctx);
/* undefined, or the current error thrown when `result` is negative. */
JSValue none_or_throw(JSContext *ctx, long result);
/* The number, or the current error thrown when it is negative. */
JSValue number_or_throw(JSContext *ctx, double result);

/* 0, or -1 with an exception pending. */
int to_int(JSContext *ctx, int *out, JSValueConst value);
int to_number(JSContext *ctx, double *out, JSValueConst value);
/*
 * A name's bytes: the escapes that new_name makes are bytes again. Free with JS_FreeCString. Refuses a NUL inside: NULL
 * with an exception pending.
 */
const char *to_path(JSContext *ctx, JSValueConst value);
/* The descriptor of a directory that relative paths are taken from; AT_FDCWD for undefined. */
int to_directory(JSContext *ctx, int *out, JSValueConst value);
/* The bytes of a Uint8Array, valid as long as the array is; NULL with an exception pending. */
uint8_t *to_bytes(JSContext *ctx, size_t *length, JSValueConst value);
/* A new array of the ints, of `*count` members; free with js_free. */
int *to_ints(JSContext *ctx, int *count, JSValueConst value);

/* A string of any bytes: those that are not UTF-8 become U+DC80 to U+DCFF, as src/shared/text/path-bytes.ts has it. */
JSValue new_name(JSContext *ctx, const char *name, size_t length);
JSValue new_bytes(JSContext *ctx, const void *bytes, size_t length);
/* Takes over memory of js_malloc. */
JSValue adopt_bytes(JSContext *ctx, uint8_t *bytes, size_t length);

#endif
