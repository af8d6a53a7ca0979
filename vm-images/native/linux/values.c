#include "values.h"

#include <errno.h>
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

const char *to_path(JSContext *ctx, JSValueConst value) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (!text || strlen(text) == length) return text;
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

char **to_strings(JSContext *ctx, JSValueConst value) {
  int length = array_length(ctx, value);
  char **strings = length < 0 ? NULL : js_mallocz(ctx, (length + 1) * sizeof(char *));
  if (!strings) return NULL;
  for (int i = 0; i < length; i++) {
    JSValue member = JS_GetPropertyUint32(ctx, value, i);
    strings[i] = JS_IsException(member) ? NULL : (char *)to_path(ctx, member);
    JS_FreeValue(ctx, member);
    if (!strings[i]) {
      free_strings(ctx, strings);
      return NULL;
    }
  }
  return strings;
}

void free_strings(JSContext *ctx, char **strings) {
  if (!strings) return;
  for (char **each = strings; *each; each++) JS_FreeCString(ctx, *each);
  js_free(ctx, strings);
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
