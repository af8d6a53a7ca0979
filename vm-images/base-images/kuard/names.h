/* Host names: /etc/hosts first, then the name servers of /etc/resolv.conf. */
#ifndef NAMES_H
#define NAMES_H

#include "text.h"

/* Says in plain text what the name is, and who said so. */
void look_up(const char *name, Text *answer);

#endif
