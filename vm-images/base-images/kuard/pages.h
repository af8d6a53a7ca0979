#ifndef PAGES_H
#define PAGES_H

#include "request.h"

/* What the request asks for. */
void answer_request(const Request *request, Answer *answer);

#endif
