/* What the C tests share: checks that are counted, a callback that watches, text in a document. */
#ifndef WIMWRIGHT_TEST_H
#define WIMWRIGHT_TEST_H

#include "wimwright.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                                                \
    do {                                                                                \
        if (!(condition)) {                                                             \
            fprintf(stderr, "line %d: %s does not hold\n", __LINE__, #condition);       \
            failures++;                                                                 \
        }                                                                               \
    } while (0)

/* A call that must succeed. */
static void ok(int line, uint32_t status, ww_error *error) {
    if (status != WW_STATUS_OK || error) {
        fprintf(stderr, "line %d: status %u: %s\n", line, status, error ? ww_error_message(error) : "no error object");
        failures++;
    }
    ww_error_free(error);
}
#define OK(call) do { ww_error *e = NULL; uint32_t s = (call); ok(__LINE__, s, e); } while (0)

/* A call that must fail with `expected`, and say so in the error object too. */
static void fails(int line, uint32_t expected, uint32_t status, ww_error *error) {
    if (status != expected || ww_error_status(error) != expected || !ww_error_message(error)
        || !strlen(ww_error_message(error)) || !ww_error_hresult(error)) {
        fprintf(stderr, "line %d: status %u where %u was expected: %s\n", line, status, expected,
                error ? ww_error_message(error) : "no error object");
        failures++;
    } else {
        printf("refused as it should be: %s\n", ww_error_message(error));
    }
    ww_error_free(error);
}
#define FAILS(expected, call) do { ww_error *e = NULL; uint32_t s = (call); fails(__LINE__, expected, s, e); } while (0)

/* What a callback saw, and when it is to cancel: after so many reports, or at a phase. */
struct seen { unsigned reports, stop_after; uint32_t phases, stop_at; };

static int report(const ww_event *event, void *user) {
    struct seen *seen = user;
    CHECK(event->struct_size >= sizeof *event);
    CHECK(event->phase >= 1 && event->phase < 32);
    CHECK(event->files_total == 0 || event->files_done <= event->files_total);
    CHECK(!event->item || strlen(event->item) < 4096);
    seen->reports++;
    seen->phases |= 1u << event->phase;
    return (seen->stop_after && seen->reports >= seen->stop_after) || seen->stop_at == event->phase;
}

static void json_has(const char *json, const char *text) {
    if (!json || !strstr(json, text)) {
        fprintf(stderr, "'%s' is not in %.400s\n", text, json ? json : "(null)");
        failures++;
    }
}

#endif
