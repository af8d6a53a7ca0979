#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_room(Text *text, size_t more) {
  if (text->length + more <= text->room) return;
  text->room = (text->length + more) * 2;
  text->bytes = realloc(text->bytes, text->room);
  if (!text->bytes) abort();
}

void text_add(Text *text, const char *bytes, size_t length) {
  make_room(text, length);
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

void text_format(Text *text, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  make_room(text, length + 1);
  vsnprintf(text->bytes + text->length, length + 1, format, again);
  text->length += length;
  va_end(again);
  va_end(arguments);
}

void text_escaped_part(Text *text, const char *value, size_t length) {
  for (const char *end = value + length; value < end; value++) {
    if (strchr("&<>\"'", *value))
      text_format(text, "&#%d;", *value);
    else
      text_add(text, value, 1);
  }
}

void text_escaped(Text *text, const char *value) {
  text_escaped_part(text, value, strlen(value));
}

void text_printable(Text *text, const char *value) {
  for (; *value; value++) {
    unsigned char byte = *value;
    if (byte < 0x20 || byte >= 0x7f)
      text_format(text, "%%%02x", byte);
    else
      text_add(text, value, 1);
  }
}

void text_json(Text *text, const char *value) {
  text_add(text, "\"", 1);
  for (; *value; value++) {
    if ((unsigned char)*value < 0x20 || *value == '"' || *value == '\\')
      text_format(text, "\\u%04x", *value);
    else
      text_add(text, value, 1);
  }
  text_add(text, "\"", 1);
}

void text_free(Text *text) {
  free(text->bytes);
  *text = (Text){0};
}
