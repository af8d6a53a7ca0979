/* Text that grows, for answers. What comes from outside goes in through text_escaped. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

typedef struct {
  char *bytes;
  size_t length, room;
} Text;

void text_add(Text *text, const char *bytes, size_t length);
void text_format(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Safe in HTML, in attributes too. */
void text_escaped(Text *text, const char *value);
void text_escaped_part(Text *text, const char *value, size_t length);
/* Safe on a terminal. */
void text_printable(Text *text, const char *value);
/* As a JSON string, quotes included. */
void text_json(Text *text, const char *value);
void text_free(Text *text);

#endif
