#include "names.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PORT 53
#define WAIT_SECONDS 2
enum { TYPE_A = 1, CLASS_IN = 1 };

static int in_hosts(const char *name, Text *answer) {
  char line[1024];
  int found = 0;
  FILE *hosts = fopen("/etc/hosts", "r");
  if (!hosts) return 0;
  while (fgets(line, sizeof(line), hosts)) {
    line[strcspn(line, "#\n")] = 0;
    char *rest, *address = strtok_r(line, " \t", &rest);
    for (char *alias; address && (alias = strtok_r(NULL, " \t", &rest));) {
      if (strcasecmp(alias, name) != 0) continue;
      text_format(answer, "%s\t%s\t(/etc/hosts)\n", name, address);
      found = 1;
    }
  }
  fclose(hosts);
  return found;
}

/* A question for the name's addresses (RFC 1035, 4.1); 0 when it is no name. */
static size_t question(const char *name, unsigned char *packet, size_t room) {
  static const unsigned char head[12] = {0x44, 0x44, 1, 0, 0, 1};
  size_t used = sizeof(head);
  memcpy(packet, head, used);
  while (*name) {
    size_t length = strcspn(name, ".");
    if (length == 0 || length > 63 || used + length + 6 > room) return 0;
    packet[used++] = length;
    memcpy(packet + used, name, length);
    used += length;
    name += length;
    if (*name == '.') name++;
  }
  static const unsigned char tail[5] = {0, 0, TYPE_A, 0, CLASS_IN};
  memcpy(packet + used, tail, sizeof(tail));
  return used + sizeof(tail);
}

static size_t after_name(const unsigned char *packet, size_t at, size_t length) {
  while (at < length && packet[at]) {
    if (packet[at] >= 0xc0) return at + 2;
    at += packet[at] + 1;
  }
  return at + 1;
}

static void read_answers(const unsigned char *packet, size_t length, size_t at, const char *name, const char *server,
                         Text *answer) {
  int code = packet[3] & 15, count = packet[6] << 8 | packet[7];
  if (code || count == 0) text_format(answer, "%s says that there is no address of this name (code %d)\n", server, code);
  for (; count > 0 && at < length; count--) {
    at = after_name(packet, at, length);
    if (at + 10 > length) return;
    int type = packet[at] << 8 | packet[at + 1], size = packet[at + 8] << 8 | packet[at + 9];
    at += 10;
    if (type == TYPE_A && size == 4 && at + 4 <= length)
      text_format(answer, "%s\t%d.%d.%d.%d\t(%s)\n", name, packet[at], packet[at + 1], packet[at + 2], packet[at + 3],
                  server);
    at += size;
  }
}

/* 1 when the server answered. */
static int ask(const char *server, const char *name, Text *answer) {
  unsigned char packet[512];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  size_t length = question(name, packet, sizeof(packet));
  if (length == 0 || inet_pton(AF_INET, server, &address.sin_addr) != 1) return 0;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct timeval wait = {WAIT_SECONDS, 0};
  ssize_t got = -1;
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0 &&
      connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && send(fd, packet, length, 0) >= 0)
    got = recv(fd, packet, sizeof(packet), 0);
  if (fd >= 0) close(fd);
  if (got < 12) return 0;
  read_answers(packet, got, length, name, server, answer);
  return 1;
}

void look_up(const char *name, Text *answer) {
  char line[256], server[64];
  if (in_hosts(name, answer)) return;
  FILE *settings = fopen("/etc/resolv.conf", "r");
  int asked = 0;
  while (settings && fgets(line, sizeof(line), settings)) {
    if (sscanf(line, "nameserver %63s", server) != 1) continue;
    asked = 1;
    if (!ask(server, name, answer)) text_format(answer, "%s does not answer\n", server);
    if (answer->length > 0) break;
  }
  if (settings) fclose(settings);
  if (!asked) text_format(answer, "%s is not in /etc/hosts, and /etc/resolv.conf names no server\n", name);
}
