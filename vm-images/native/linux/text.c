/* UTF-8, names and base64, which the interpreter lacks. */
#include <string.h>

#include "values.h"

/* A lone surrogate comes as three bytes ED A0..BF xx; U+FFFD has as many. */
static void replace_surrogates(uint8_t *bytes, size_t length) {
  for (size_t i = 0; i + 2 < length; i++)
    if (bytes[i] == 0xed && bytes[i + 1] >= 0xa0) memcpy(bytes + i, "\xef\xbf\xbd", 3);
}

static JSValue linux_utf8_encode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
  if (!text) return JS_EXCEPTION;
  uint8_t *bytes = js_malloc(ctx, length > 0 ? length : 1);
  if (bytes) memcpy(bytes, text, length);
  JS_FreeCString(ctx, text);
  if (!bytes) return JS_EXCEPTION;
  replace_surrogates(bytes, length);
  return adopt_bytes(ctx, bytes, length);
}

static JSValue linux_utf8_decode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  uint8_t *bytes = to_bytes(ctx, &length, argv[0]);
  if (!bytes) return JS_EXCEPTION;
  return JS_NewStringLen(ctx, (const char *)bytes, length);
}

static JSValue linux_decode_path(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  uint8_t *bytes = to_bytes(ctx, &length, argv[0]);
  if (!bytes) return JS_EXCEPTION;
  return new_name(ctx, (const char *)bytes, length);
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four digits for one to three bytes. */
static void encode_group(const uint8_t *bytes, size_t count, char *out) {
  uint32_t bits = bytes[0] << 16 | (count > 1 ? bytes[1] << 8 : 0) | (count > 2 ? bytes[2] : 0);
  for (int i = 0; i < 4; i++) out[i] = i <= (int)count ? digits[bits >> (18 - 6 * i) & 63] : '=';
}

static JSValue linux_base64_encode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  uint8_t *bytes = to_bytes(ctx, &length, argv[0]);
  if (!bytes) return JS_EXCEPTION;
  size_t groups = (length + 2) / 3;
  char *out = js_malloc(ctx, groups * 4 + 1);
  if (!out) return JS_EXCEPTION;
  for (size_t i = 0; i < groups; i++) encode_group(bytes + i * 3, length - i * 3 < 3 ? length - i * 3 : 3, out + i * 4);
  JSValue text = JS_NewStringLen(ctx, out, groups * 4);
  js_free(ctx, out);
  return text;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("utf8Encode", 1, linux_utf8_encode),
    JS_CFUNC_DEF("utf8Decode", 1, linux_utf8_decode),
    JS_CFUNC_DEF("decodePath", 1, linux_decode_path),
    JS_CFUNC_DEF("base64Encode", 1, linux_base64_encode),
};
const FunctionGroup text_functions = {functions, COUNT(functions)};
