#include "values.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

JSValue errno_throw(JSContext *ctx, int number) {
  const char *name = strerrorname_np(number);
  JSValue error = JS_NewError(ctx);
  if (JS_IsException(error)) return error;
  JS_DefinePropertyValueStr(ctx, error, "message", JS_NewString(ctx, strerror(number)), JS_PROP_C_W_E);
  JS_DefinePropertyValueStr(ctx, error, "errno", JS_NewString(ctx, name ? name : "EUNKNOWN"), JS_PROP_C_W_E);
  return JS_Throw(ctx, error);
}

JSValue errno_thrown(JSContext *ctx) {
  return errno_throw(ctx, errno);
}

JSValue none_or_throw(JSContext *ctx, long result) {
  return result < 0 ? errno_thrown(ctx) : JS_UNDEFINED;
}

JSValue number_or_throw(JSContext *ctx, double result) {
  return result < 0 ? errno_thrown(ctx) : JS_NewFloat64(ctx, result);
}

int to_int(JSContext *ctx, int *out, JSValueConst value) {
  return JS_ToInt32(ctx, out, value);
}

int to_number(JSContext *ctx, double *out, JSValueConst value) {
  return JS_ToFloat64(ctx, out, value);
}

int to_directory(JSContext *ctx, int *out, JSValueConst value) {
  *out = AT_FDCWD;
  return JS_IsUndefined(value) ? 0 : to_int(ctx, out, value);
}

/*
 * The interpreter writes a lone surrogate as three bytes; ED B2 80 to ED B3 BF stand for one byte 80 to FF. In place:
 * only plain ASCII is the string's own memory, and that has no ED.
 */
static size_t unescape(char *text, size_t length) {
  uint8_t *from = (uint8_t *)text, *end = from + length, *to = from;
  while (from < end) {
    if (end - from >= 3 && from[0] == 0xed && (from[1] == 0xb2 || from[1] == 0xb3)) {
      *to++ = from[1] << 6 | (from[2] & 0x3f);
      from += 3;
    } else
      *to++ = *from++;
  }
  *to = 0;
  return (char *)to - text;
}

const char *to_path(JSContext *ctx, JSValueConst value) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (!text) return NULL;
  if (memchr(text, 0xed, length)) length = unescape((char *)text, length);
  if (strlen(text) == length) return text;
  JS_FreeCString(ctx, text);
  errno_throw(ctx, EINVAL);
  return NULL;
}

uint8_t *to_bytes(JSContext *ctx, size_t *length, JSValueConst value) {
  static uint8_t nothing[1];
  size_t offset, size, whole;
  JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &size, NULL);
  if (JS_IsException(buffer)) return NULL;
  uint8_t *start = JS_GetArrayBuffer(ctx, &whole, buffer);
  JS_FreeValue(ctx, buffer);
  *length = size;
  if (start) return start + offset;
  /* An empty buffer may have no memory of its own. */
  return size == 0 && !JS_HasException(ctx) ? nothing : NULL;
}

static int array_length(JSContext *ctx, JSValueConst array) {
  int length = -1;
  JSValue value = JS_GetPropertyStr(ctx, array, "length");
  if (!JS_IsException(value)) JS_ToInt32(ctx, &length, value);
  JS_FreeValue(ctx, value);
  return length;
}

int *to_ints(JSContext *ctx, int *count, JSValueConst value) {
  int length = array_length(ctx, value);
  int *numbers = length < 0 ? NULL : js_malloc(ctx, (length + 1) * sizeof(int));
  if (!numbers) return NULL;
  for (int i = 0; i < length; i++) {
    JSValue member = JS_GetPropertyUint32(ctx, value, i);
    int failed = JS_IsException(member) || JS_ToInt32(ctx, &numbers[i], member);
    JS_FreeValue(ctx, member);
    if (failed) {
      js_free(ctx, numbers);
      return NULL;
    }
  }
  *count = length;
  return numbers;
}

/* Length of the UTF-8 sequence that `text` begins with, 0 if there is none (Unicode, table 3-7). */
static size_t sequence_length(const uint8_t *text, size_t rest) {
  uint8_t lead = text[0];
  size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length > rest) return 0;
  for (size_t i = 1; i < length; i++)
    if ((text[i] & 0xc0) != 0x80) return 0;
  if (lead == 0xe0 && text[1] < 0xa0) return 0;
  if (lead == 0xed && text[1] > 0x9f) return 0;
  if (lead == 0xf0 && text[1] < 0x90) return 0;
  if (lead == 0xf4 && text[1] > 0x8f) return 0;
  return length;
}

static JSValue new_escaped(JSContext *ctx, const uint8_t *name, size_t length) {
  uint8_t *text = js_malloc(ctx, length * 3);
  if (!text) return JS_EXCEPTION;
  uint8_t *to = text;
  for (const uint8_t *from = name, *end = name + length; from < end;) {
    size_t sequence = sequence_length(from, end - from);
    for (size_t i = 0; i < sequence; i++) *to++ = *from++;
    if (sequence > 0) continue;
    *to++ = 0xed;
    *to++ = 0xb0 | *from >> 6;
    *to++ = 0x80 | (*from++ & 0x3f);
  }
  JSValue result = JS_NewStringLen(ctx, (char *)text, to - text);
  js_free(ctx, text);
  return result;
}

JSValue new_name(JSContext *ctx, const char *name, size_t length) {
  const uint8_t *bytes = (const uint8_t *)name;
  for (size_t at = 0; at < length;) {
    size_t sequence = sequence_length(bytes + at, length - at);
    if (sequence == 0) return new_escaped(ctx, bytes, length);
    at += sequence;
  }
  return JS_NewStringLen(ctx, name, length);
}

static JSValue view_of(JSContext *ctx, JSValue buffer) {
  if (JS_IsException(buffer)) return buffer;
  JSValueConst arguments[3] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
  JSValue view = JS_NewTypedArray(ctx, 3, arguments, JS_TYPED_ARRAY_UINT8);
  JS_FreeValue(ctx, buffer);
  return view;
}

JSValue new_bytes(JSContext *ctx, const void *bytes, size_t length) {
  return view_of(ctx, JS_NewArrayBufferCopy(ctx, bytes, length));
}

static void free_adopted(JSRuntime *rt, void *opaque, void *bytes) {
  js_free_rt(rt, bytes);
}

JSValue adopt_bytes(JSContext *ctx, uint8_t *bytes, size_t length) {
  return view_of(ctx, JS_NewArrayBuffer(ctx, bytes, length, free_adopted, NULL, 0));
}
