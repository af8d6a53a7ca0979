/*
 * Our own stand-in for gcr.io/kuar-demo/kuard-amd64, which is not for this machine's processor: a program to be looked
 * at over HTTP, given load and broken. A thread serves each connection, so that a slow reader holds up nobody.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pages.h"

#define PORT 8080
#define STACK_BYTES 131072
/* Of silence, after which a connection is given up. */
#define WAIT_SECONDS 30

static void log_request(const Request *request, int status) {
  Text line = {0};
  text_format(&line, "%s ", request->client);
  text_printable(&line, request->method);
  text_format(&line, " ");
  text_printable(&line, request->path);
  printf("%.*s %d\n", (int)line.length, line.bytes, status);
  text_free(&line);
}

static void *serve(void *argument) {
  int connection = (int)(long)argument;
  Request *request = calloc(1, sizeof(Request));
  Answer answer = {0};
  struct sockaddr_in client;
  socklen_t length = sizeof(client);
  if (request && getpeername(connection, (struct sockaddr *)&client, &length) == 0) {
    inet_ntop(AF_INET, &client.sin_addr, request->client, sizeof(request->client));
    int wrong = read_request(connection, request);
    if (wrong > 0)
      answer = (Answer){.status = wrong};
    else if (wrong == 0)
      answer_request(request, &answer);
    if (answer.status) {
      log_request(request, answer.status);
      send_answer(connection, &answer);
    }
  }
  text_free(&answer.body);
  free(request);
  close(connection);
  return NULL;
}

static void stop(int signal) {
  (void)signal;
  _exit(0);
}

static int listening(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 256) == 0)
    return fd;
  perror("kuard: port 8080");
  exit(1);
}

int main(void) {
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  setvbuf(stdout, NULL, _IOLBF, 0);
  int server = listening();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  printf("kuard (Drydock's stand-in) serves on port %d\n", PORT);
  for (;;) {
    int connection = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) continue;
    struct timeval wait = {WAIT_SECONDS, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    pthread_t thread;
    if (pthread_create(&thread, &attributes, serve, (void *)(long)connection) != 0) close(connection);
  }
}
