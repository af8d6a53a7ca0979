/* One HTTP/1.1 request, and its answer. */
#ifndef REQUEST_H
#define REQUEST_H

#include "text.h"

#define MOST_HEAD_BYTES 16384

typedef struct {
  char method[16];
  /* Decoded; begins with a slash. */
  char path[4096];
  /* As it came, without the question mark. */
  char query[4096];
  /* Request line and headers, as they came. */
  char head[MOST_HEAD_BYTES];
  char client[64];
} Request;

typedef struct {
  int status;
  const char *type;
  /* Where to look instead, with status 303. */
  const char *location;
  Text body;
} Answer;

/* 0, or the status that says what is wrong with it; -1 when the connection ended. */
int read_request(int connection, Request *request);
void send_answer(int connection, const Answer *answer);
/* The value of `name` in the query, decoded, into `value`; 0 when it is not there. */
int query_value(const Request *request, const char *name, char *value, size_t room);

#endif
