#include "pages.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"
#include "names.h"

/* Given by the build: blue, green. */
#ifndef COLOUR
#define COLOUR "blue"
#endif
#define MIB (1024.0 * 1024.0)
#define MOST_FILE_BYTES (1 << 20)
#define MOST_BURN_SECONDS 600

extern char **environ;

static const char *const STYLE =
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#17212b;background:#f4f6f8}"
    "header{color:#fff;padding:1.5rem max(1rem,calc(50vw - 28rem));background:linear-gradient(120deg,var(--deep),var(--bright))}"
    "header svg{float:right;width:5rem;height:5rem}h1{margin:0;font-size:1.6rem}header p{margin:.2rem 0 0;opacity:.9}"
    "main{max-width:56rem;margin:0 auto;padding:1rem;display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr))}"
    "section{background:#fff;border:1px solid #d6dde4;border-radius:8px;padding:1rem;overflow:auto}"
    "h2{font-size:1.05rem;margin:0 0 .5rem}pre,table{font-size:.85rem;margin:.5rem 0 0}pre{white-space:pre-wrap;word-break:break-word}"
    "td{padding:.1rem .6rem .1rem 0;vertical-align:top;word-break:break-word}td:first-child{color:#51606e}"
    "form{display:inline}button,input{font:inherit;padding:.2rem .7rem;border-radius:6px;border:1px solid #9aa8b5;background:#fff}"
    "button{cursor:pointer;color:#fff;background:var(--deep);border-color:var(--deep)}meter{width:100%;height:1.2rem}"
    ":focus-visible{outline:3px solid #e0a100;outline-offset:2px}"
    "@media(prefers-color-scheme:dark){body{background:#10161c;color:#e4eaf0}section{background:#19222b;border-color:#2d3a46}"
    "td:first-child{color:#9fb0bf}input{background:#10161c;color:inherit}}";

static const char *colours(void) {
  if (strcmp(COLOUR, "green") == 0) return "--deep:#1d6b3a;--bright:#3fae6a";
  return "--deep:#1b4f9c;--bright:#4a90e2";
}

static void begin_page(Text *page, const char *title) {
  text_format(page,
              "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
              "<title>%s</title><style>:root{color-scheme:light dark;%s}%s</style>",
              title, colours(), STYLE);
}

static void button(Text *page, const char *action, const char *label) {
  text_format(page, "<form method=post action='%s'><button>%s</button></form> ", action, label);
}

static void about_request(Text *page, const Request *request) {
  text_format(page, "<section><h2>This request</h2>From %s<pre>", request->client);
  text_escaped(page, request->head);
  text_format(page, "</pre></section>");
}

static void about_memory(Text *page) {
  unsigned long long resident, swapped;
  memory_used(&resident, &swapped);
  text_format(page,
              "<section><h2>Memory</h2><table><tr><td>taken here<td>%.0f MiB<tr><td>in memory<td>%.1f MiB"
              "<tr><td>in swap<td>%.1f MiB</table><p>",
              memory_taken() / MIB, resident / MIB, swapped / MIB);
  button(page, "/mem/api/alloc?size=52428800", "Take 50 MiB");
  button(page, "/mem/api/alloc?size=524288000", "Take 500 MiB");
  button(page, "/mem/api/clear", "Give back");
  text_format(page, "</section>");
}

static void about_processor(Text *page) {
  text_format(page, "<section><h2>Processor</h2>%d thread%s busy<p>", burning(), burning() == 1 ? " is" : "s are");
  button(page, "/cpu?seconds=10", "Be busy for 10 s");
  button(page, "/cpu?seconds=60", "for 60 s");
  text_format(page, "</section>");
}

static void about_probe(Text *page, enum probe probe, const char *name, const char *path) {
  int fails = probe_failing(probe);
  text_format(page, "<section><h2>%s</h2><a href='%s'>%s</a> answers %s<p>", name, path, path,
              fails ? "500, failing" : "200, ok");
  text_format(page, "<form method=post action='%s?fail=%d'><button>%s</button></form></section>", path, !fails,
              fails ? "Succeed" : "Fail");
}

static void about_environment(Text *page) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  text_format(page, "<section><h2>Environment</h2><table><tr><td>host name<td>");
  text_escaped(page, host);
  text_format(page, "<tr><td>process<td>%d, as user %d", getpid(), getuid());
  for (char **variable = environ; *variable; variable++) {
    char *equals = strchr(*variable, '=');
    if (!equals) continue;
    text_format(page, "<tr><td>");
    text_escaped_part(page, *variable, equals - *variable);
    text_format(page, "<td>");
    text_escaped(page, equals + 1);
  }
  text_format(page, "</table></section>");
}

static void home(const Request *request, Answer *answer) {
  Text *page = &answer->body;
  answer->type = "text/html; charset=utf-8";
  begin_page(page, "kuard " COLOUR);
  text_format(page,
              "<header><svg viewBox='0 0 24 24' fill=none stroke='#fff' stroke-width=1.6 stroke-linejoin=round>"
              "<path d='M2 4v15.500h20V4M5.500 5.500h13c0 5.600-2.400 9.300-6.500 11-4.100-1.700-6.500-5.400-6.500-11Z'/></svg>"
              "<h1>kuard, " COLOUR "</h1><p>Drydock's stand-in for the demo of that name, for linux/386: a program to be "
              "looked at, loaded and broken.</header><main>");
  about_probe(page, HEALTHY, "Liveness", "/healthy");
  about_probe(page, READY, "Readiness", "/ready");
  about_memory(page);
  about_processor(page);
  text_format(page,
              "<section><h2>Names</h2><form action='/dns'><input name=name aria-label='Host name' value=localhost> "
              "<button>Look up</button></form></section>"
              "<section><h2>Files</h2><a href='/fs/'>Browse the container's file system</a></section>");
  about_environment(page);
  about_request(page, request);
  text_format(page, "</main>");
}

static void back_home(Answer *answer) {
  answer->status = 303;
  answer->location = "/";
}

static void refuse(Answer *answer, int status, const char *reason) {
  answer->status = status;
  text_format(&answer->body, "%s\n", reason);
}

static void probe_page(const Request *request, Answer *answer, enum probe probe) {
  char value[8];
  if (query_value(request, "fail", value, sizeof(value))) {
    probe_fail(probe, value[0] == '1');
    back_home(answer);
    return;
  }
  answer->status = probe_failing(probe) ? 500 : 200;
  text_format(&answer->body, "%s\n", probe_failing(probe) ? "fail" : "ok");
}

static void take_memory(const Request *request, Answer *answer) {
  char value[24], *end;
  if (!query_value(request, "size", value, sizeof(value))) return refuse(answer, 400, "size is missing, in bytes");
  unsigned long long bytes = strtoull(value, &end, 10);
  if (*end || value[0] == '-' || bytes == 0) return refuse(answer, 400, "size is no number of bytes");
  if (!memory_take(bytes)) return refuse(answer, 500, "the kernel gives no memory of that size");
  back_home(answer);
}

static void memory_figures(Answer *answer) {
  unsigned long long resident, swapped;
  memory_used(&resident, &swapped);
  answer->type = "application/json";
  text_format(&answer->body, "{\"taken\":%llu,\"resident\":%llu,\"swapped\":%llu}\n", memory_taken(), resident, swapped);
}

static void be_busy(const Request *request, Answer *answer) {
  char value[8];
  int seconds = query_value(request, "seconds", value, sizeof(value)) ? atoi(value) : 10;
  if (seconds < 1 || seconds > MOST_BURN_SECONDS) return refuse(answer, 400, "seconds must be 1 to 600");
  burn(seconds);
  back_home(answer);
}

static void environment(Answer *answer) {
  answer->type = "application/json";
  text_format(&answer->body, "[");
  for (char **variable = environ; *variable; variable++) {
    if (variable != environ) text_format(&answer->body, ",");
    text_json(&answer->body, *variable);
  }
  text_format(&answer->body, "]\n");
}

static void directory(const char *path, Answer *answer) {
  Text *page = &answer->body;
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, alphasort);
  if (count < 0) return refuse(answer, 403, "this directory cannot be read");
  answer->type = "text/html; charset=utf-8";
  begin_page(page, "Files");
  text_format(page, "<main><section><h2>");
  text_escaped(page, path);
  text_format(page, "</h2><a href='/'>Home</a>");
  for (int at = 0; at < count; at++) {
    const char *name = entries[at]->d_name;
    if (strcmp(name, ".") != 0) {
      const char *end = entries[at]->d_type == DT_DIR ? "/" : "";
      text_format(page, "<br><a href='");
      for (const char *byte = name; *byte; byte++) text_format(page, "%%%02x", (unsigned char)*byte);
      text_format(page, "%s'>", end);
      text_escaped(page, name);
      text_format(page, "%s</a>", end);
    }
    free(entries[at]);
  }
  free(entries);
  text_format(page, "</section></main>");
}

static void files(const char *path, Answer *answer) {
  struct stat found;
  if (stat(path, &found) != 0) return refuse(answer, 404, "there is no such file");
  if (S_ISDIR(found.st_mode)) return directory(path, answer);
  /* A pipe or a device might never end. */
  int fd = S_ISREG(found.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return refuse(answer, 403, "this file cannot be read");
  char bytes[16384];
  ssize_t taken;
  while (answer->body.length < MOST_FILE_BYTES && (taken = read(fd, bytes, sizeof(bytes))) > 0)
    text_add(&answer->body, bytes, taken);
  close(fd);
}

static void names(const Request *request, Answer *answer) {
  char name[256];
  if (!query_value(request, "name", name, sizeof(name)) || !*name) return refuse(answer, 400, "name is missing");
  look_up(name, &answer->body);
}

void answer_request(const Request *request, Answer *answer) {
  const char *path = request->path;
  answer->status = 200;
  if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
    refuse(answer, 405, "only GET and POST are known");
  else if (strcmp(path, "/") == 0)
    home(request, answer);
  else if (strcmp(path, "/healthy") == 0)
    probe_page(request, answer, HEALTHY);
  else if (strcmp(path, "/ready") == 0)
    probe_page(request, answer, READY);
  else if (strcmp(path, "/mem/api") == 0)
    memory_figures(answer);
  else if (strcmp(path, "/mem/api/alloc") == 0)
    take_memory(request, answer);
  else if (strcmp(path, "/mem/api/clear") == 0)
    memory_give_back(), back_home(answer);
  else if (strcmp(path, "/cpu") == 0)
    be_busy(request, answer);
  else if (strcmp(path, "/env/api") == 0)
    environment(answer);
  else if (strcmp(path, "/dns") == 0)
    names(request, answer);
  else if (strncmp(path, "/fs/", 4) == 0)
    files(path + 3, answer);
  else
    refuse(answer, 404, "there is nothing of this name");
}
