#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/* 0 when it does not fit, or holds a NUL. A percent sign that nothing follows is one. */
static int decode(const char *from, size_t length, char *to, size_t room, int plus_is_space) {
  size_t used = 0;
  for (size_t at = 0; at < length; at++) {
    char byte = from[at];
    if (byte == '+' && plus_is_space) byte = ' ';
    if (byte == '%' && at + 2 < length && hex(from[at + 1]) >= 0 && hex(from[at + 2]) >= 0) {
      byte = hex(from[at + 1]) * 16 + hex(from[at + 2]);
      at += 2;
    }
    if (!byte || used + 1 >= room) return 0;
    to[used++] = byte;
  }
  to[used] = 0;
  return 1;
}

static long read_head(int connection, char *head) {
  size_t used = 0;
  while (used < MOST_HEAD_BYTES - 1) {
    ssize_t taken = recv(connection, head + used, MOST_HEAD_BYTES - 1 - used, 0);
    if (taken <= 0) return -1;
    used += taken;
    head[used] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (end) {
      end[2] = 0;
      return used;
    }
  }
  return 0;
}

int read_request(int connection, Request *request) {
  long length = read_head(connection, request->head);
  if (length <= 0) return length == 0 ? 431 : -1;
  const char *target = strchr(request->head, ' ');
  const char *line_end = strstr(request->head, "\r\n");
  const char *target_end = target ? strchr(target + 1, ' ') : NULL;
  if (!target || !target_end || target_end > line_end || target[1] != '/') return 400;
  size_t method_length = target - request->head;
  if (method_length >= sizeof(request->method)) return 400;
  memcpy(request->method, request->head, method_length);
  request->method[method_length] = 0;
  target++;
  const char *question = memchr(target, '?', target_end - target);
  const char *path_end = question ? question : target_end;
  if (!decode(target, path_end - target, request->path, sizeof(request->path), 0)) return 400;
  size_t query_length = question ? target_end - question - 1 : 0;
  if (query_length >= sizeof(request->query)) return 400;
  if (question) memcpy(request->query, question + 1, query_length);
  request->query[query_length] = 0;
  return 0;
}

int query_value(const Request *request, const char *name, char *value, size_t room) {
  size_t name_length = strlen(name);
  for (const char *part = request->query; part; part = strchr(part, '&') ? strchr(part, '&') + 1 : NULL) {
    if (strncmp(part, name, name_length) != 0 || part[name_length] != '=') continue;
    const char *start = part + name_length + 1;
    return decode(start, strcspn(start, "&"), value, room, 1);
  }
  return 0;
}

static const char *reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    default: return "Error";
  }
}

static void send_all(int connection, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t taken = send(connection, bytes, length, MSG_NOSIGNAL);
    if (taken <= 0) return;
    bytes += taken;
    length -= taken;
  }
}

void send_answer(int connection, const Answer *answer) {
  Text head = {0};
  text_format(&head, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\nConnection: close\r\n", answer->status,
              reason(answer->status), answer->body.length);
  text_format(&head, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n",
              answer->type ? answer->type : "text/plain; charset=utf-8");
  if (answer->location) text_format(&head, "Location: %s\r\n", answer->location);
  text_add(&head, "\r\n", 2);
  send_all(connection, head.bytes, head.length);
  send_all(connection, answer->body.bytes, answer->body.length);
  text_free(&head);
}
